/**
 * Rewrites one image: entries that change are written again, everything between them is copied byte
 * for byte, and an image without changes is not written.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { feedSync } from "../bytes/io.ts";
import { type ImageFile, ImageFileReader } from "../dump/source.ts";
import { CritError, dataError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import { type Head, headLength, headOf, type ImageVersion } from "../image/head.ts";
import { type ImageEvents, ImageReader } from "../image/reader.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { type ConversionOutput, ImageWriter } from "./output.ts";

/** Converts an entry: undefined if it does not change, or the payloads that replace it. */
export type ChangeEntry = (
  shape: EntryShape,
  payload: Uint8Array,
  index: number,
) => readonly Uint8Array[] | undefined;

/** The changes to an image. */
export interface Rewritten {
  readonly type: ImageType;
  /** Whether its head magic changed. */
  readonly isHeadChanged: boolean;
  /** Whether anything changed. */
  readonly isChanged: boolean;
}

/**
 * Rewrites an image, or keeps it if nothing changes.
 *
 * @throws {CritError} `data` if the image is damaged
 */
export function rewriteImage(
  file: ImageFile,
  version: ImageVersion,
  products: ConversionOutput,
  change: ChangeEntry,
): Rewritten {
  const { name, size } = file;
  const rewriter = new ImageRewriter(file, version, products, change);
  try {
    feedSync(new ImageFileReader(file), new ImageReader(rewriter, { name, size }));
  } catch (error) {
    if (error === REST_STAYS) return rewriter.finish();
    throw error instanceof CritError ? error.at({ image: name }) : error;
  }
  return rewriter.finish();
}

/** Thrown to stop reading: the rest of the file does not change. */
const REST_STAYS = Symbol("rest stays");

class ImageRewriter implements ImageEvents {
  #writer: ImageWriter | undefined;
  /** Offset in the file of the first byte that is not copied yet. */
  #pending = 0;
  #type: ImageType | undefined;
  #order: ByteOrder = "little";
  #isHeadChanged = false;
  #index = 0;
  /** Whether the entry is dropped, with its extra. */
  #isDropped = false;

  constructor(
    readonly file: ImageFile,
    readonly version: ImageVersion,
    readonly products: ConversionOutput,
    readonly change: ChangeEntry,
  ) {}

  begin(head: Head): void {
    this.#type = head.type;
    this.#order = head.byteOrder;
    const wanted = headOf(head.type, this.version, head.byteOrder);
    if (headLength(head) === headLength(wanted)) return;
    this.#isHeadChanged = true;
    this.#open().begin(wanted);
    this.#pending = headLength(head);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    if (this.#isDropped) this.#pending = offset;
    this.#isDropped = false;
    const payloads = this.change(shape, bytes.subarray(from, to), this.#index);
    if (payloads === undefined) return;
    if (payloads.length !== 1 && shape === this.#type!.head) {
      throw dataError("its head cannot be left out", { entry: this.#index });
    }
    const writer = this.#open();
    writer.copy(this.file, this.#pending, offset);
    for (const payload of payloads) writer.entry(payload);
    this.#pending = offset + 4 + to - from;
    this.#isDropped = payloads.length === 0;
  }

  extraBegin(run: ExtraRun): void {
    if (run.length === Infinity && !this.#isDropped) throw REST_STAYS;
  }

  extraBytes(): void {}
  extraEnd(): void {}

  entryEnd(): void {
    this.#index++;
  }

  end(): void {}

  /** Writes the rest, or keeps the file. */
  finish(): Rewritten {
    const { file } = this;
    const isChanged = this.#writer !== undefined;
    if (this.#writer === undefined) this.products.keep(file.name);
    else {
      if (!this.#isDropped) this.#writer.copy(file, this.#pending, file.size);
      this.#writer.end();
    }
    return { type: this.#type!, isHeadChanged: this.#isHeadChanged, isChanged };
  }

  #open(): ImageWriter {
    return this.#writer ??= new ImageWriter(
      this.products.create(this.file.name),
      this.#order,
    );
  }
}
