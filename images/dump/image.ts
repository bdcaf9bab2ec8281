/**
 * An image of a dump, read up to the damage if it is damaged.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { feedSync } from "../bytes/io.ts";
import { CritError, dataError } from "../errors.ts";
import { type ExtraRun, overheadOf } from "../image/extra.ts";
import type { Head, ImageVersion } from "../image/head.ts";
import { type Entry, ObjectEvents } from "../image/objects.ts";
import { type ImageEvents, ImageReader } from "../image/reader.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { HeldFile, type ImageFile, ImageFileReader } from "./source.ts";

/** An image that was read, with its entries. */
export interface DumpImage {
  /** Name without directories. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Image type by magic; undefined if the magic could not be read. */
  readonly type: ImageType | undefined;
  /** Image version of the file. */
  readonly version: ImageVersion;
  /** Byte order of the machine that wrote the file. */
  readonly byteOrder: ByteOrder;
  /** The entries, in file order and without their extras. */
  readonly entries: readonly Entry[];
  /** Offset of each entry in the file. */
  readonly offsets: readonly number[];
  /** Size of each entry's extra in bytes; 0 if it has none. */
  readonly extraSizes: readonly number[];
  /** The fault that ended the reading; the entries before it were read. */
  readonly error: CritError | undefined;
}

/** Most entries without a field that are kept: a hole of a file reads as one for every 4 bytes. */
const MOST_EMPTY = 10_000;

/** Reads an image and returns a result. */
export interface ImageCollector<T> extends ImageEvents {
  /** The result; `error` is the fault that ended the reading early. */
  result(name: string, size: number, error: CritError | undefined): T;
}

/** Collects the entries of an image, and counts the bytes of their extras, which may be huge. */
export class EntryReader implements ImageCollector<DumpImage> {
  readonly entries: Entry[] = [];
  readonly offsets: number[] = [];
  readonly extraSizes: number[] = [];
  readonly #objects = new ObjectEvents((entry, offset) => {
    this.entries.push(entry);
    this.offsets.push(offset);
  });
  #extraSize = 0;
  #emptyEntries = 0;

  get head(): Head | undefined {
    return this.#objects.head;
  }

  begin(head: Head): void {
    this.#objects.begin(head);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    if (from === to && ++this.#emptyEntries > MOST_EMPTY) {
      throw dataError(
        `it has more than ${MOST_EMPTY} entries without a field: no real image has so many`,
      );
    }
    this.#objects.payload({ entry: shape.entry }, bytes, from, to, offset);
    this.#extraSize = 0;
  }

  extraBegin(run: ExtraRun): void {
    this.#extraSize += overheadOf(run);
  }

  extraBytes(_bytes: Uint8Array, from: number, to: number): void {
    this.#extraSize += to - from;
  }

  extraEnd(): void {}

  entryEnd(): void {
    this.#objects.entryEnd();
    this.extraSizes.push(this.#extraSize);
  }

  end(): void {}

  result(name: string, size: number, error: CritError | undefined): DumpImage {
    // A list has room for more after its last item; the copies have none.
    const [entries, offsets] = [this.entries.slice(), this.offsets.slice()];
    const extraSizes = this.extraSizes.slice();
    const { type, version = "1.1", byteOrder = "little" } = this.head ?? {};
    return { name, size, type, version, byteOrder, entries, offsets, extraSizes, error };
  }
}

/** Reads the entries of an image as objects; does not throw for faults of the image. */
export function readImage(file: ImageFile): DumpImage {
  return collect(file, new EntryReader());
}

/** Reads an image into a collector; does not throw for faults of the image. */
export function collect<T>(file: ImageFile, collector: ImageCollector<T>): T {
  return collector.result(file.name, file.size, scanImage(file, collector));
}

/** Reads an image into `events`; returns a fault of the image instead of throwing it. */
export function scanImage(file: ImageFile, events: ImageEvents): CritError | undefined {
  const { name, size } = file;
  const reader = new ImageReader(events, { name, size });
  try {
    if (file instanceof HeldFile) reader.readAll(file.bytes);
    else feedSync(new ImageFileReader(file), reader);
    return undefined;
  } catch (error) {
    if (error instanceof CritError) return error.at({ image: name });
    throw error;
  }
}

/** A substitute for a missing image. */
export function missingImage(name: string): DumpImage {
  return new MissingImage(name);
}

const NONE: readonly never[] = [];

/** An image that is not there; its error, which is dear, is made when it is asked for. */
class MissingImage implements DumpImage {
  readonly size = 0;
  readonly type = undefined;
  readonly version = "1.1";
  readonly byteOrder = "little";
  readonly entries = NONE;
  readonly offsets = NONE;
  readonly extraSizes = NONE;
  #error: CritError | undefined;

  constructor(readonly name: string) {}

  get error(): CritError {
    return this.#error ??= dataError("the image is missing", { image: this.name });
  }
}

/**
 * Several readers of one image; each continues if another fails, and has its own error.
 */
export class SeveralReaders implements ImageEvents {
  /** The fault of the image for each reader. */
  readonly errors: Array<CritError | undefined>;
  #index = 0;
  #offset = 0;

  constructor(readonly readers: readonly ImageEvents[]) {
    this.errors = readers.map(() => undefined);
  }

  /** Reads the image and sets {@link SeveralReaders.errors}. */
  scan(file: ImageFile): void {
    const error = scanImage(file, this);
    const { errors } = this;
    errors.forEach((own, index) => errors[index] = own?.at({ image: file.name }) ?? error);
  }

  begin(head: Head): void {
    this.#all((events) => events.begin(head));
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#offset = offset;
    this.#all((events) => events.payload(shape, bytes, from, to, offset));
  }

  extraBegin(run: ExtraRun): void {
    this.#all((events) => events.extraBegin(run));
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#all((events) => events.extraBytes(bytes, from, to));
  }

  extraEnd(run: ExtraRun): void {
    this.#all((events) => events.extraEnd(run));
  }

  padding(bytes: Uint8Array, from: number, to: number): void {
    this.#all((events) => events.padding?.(bytes, from, to));
  }

  entryEnd(): void {
    this.#all((events) => events.entryEnd());
    this.#index++;
  }

  end(): void {
    this.#all((events) => events.end());
  }

  /** Lets the readers that have not failed take an event; fails if all have. */
  #all(take: (events: ImageEvents) => void): void {
    const { readers, errors } = this;
    let isRead = false;
    for (let i = 0; i < readers.length; i++) {
      if (errors[i] === undefined) errors[i] = this.#try(take, readers[i]!);
      isRead ||= errors[i] === undefined;
    }
    if (!isRead) throw errors.at(-1);
  }

  #try(take: (events: ImageEvents) => void, events: ImageEvents): CritError | undefined {
    try {
      take(events);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      return error.at({ entry: this.#index, offset: this.#offset });
    }
  }
}
