/**
 * Summaries of images: their heads and sizes, without decoding entries.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { feed, type SyncReader } from "../bytes/io.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { type ExtraRun, overheadOf } from "./extra.ts";
import type { Head, ImageVersion } from "./head.ts";
import { type ImageEvents, ImageReader, type ImageReaderOptions } from "./reader.ts";

/** A summary of an image; sizes in bytes. */
export interface ImageInfo {
  type: ImageType;
  version: ImageVersion;
  byteOrder: ByteOrder;
  /** Number of entries, without the head of a pagemap. */
  count: number;
  size: number;
  payloadSize: number;
  /** Extras with their padding and inner sizes. */
  extraSize: number;
}

/**
 * Counts entries and bytes of an image: read the image into `reader`, finish it, then call `info`.
 */
export class InfoReader implements ImageEvents {
  readonly reader: ImageReader;
  #head: Head | undefined;
  #payloadSize = 0;
  #extraSize = 0;

  constructor(options: ImageReaderOptions = {}) {
    this.reader = new ImageReader(this, options);
  }

  /** The summary, once the image is finished. */
  info(size: number): ImageInfo {
    const { type, version, byteOrder } = this.#head!;
    const headed = type.head !== undefined && type.head.extra === undefined;
    const count = this.reader.index - (headed && this.reader.index > 0 ? 1 : 0);
    const payloadSize = this.#payloadSize;
    return { type, version, byteOrder, count, size, payloadSize, extraSize: this.#extraSize };
  }

  begin(head: Head): void {
    this.#head = head;
  }

  payload(_shape: EntryShape, _bytes: Uint8Array, from: number, to: number): void {
    this.#payloadSize += to - from;
  }

  extraBegin(run: ExtraRun): void {
    this.#extraSize += overheadOf(run);
  }

  extraBytes(_bytes: Uint8Array, from: number, to: number): void {
    this.#extraSize += to - from;
  }

  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}
}

/**
 * Counts the entries of an image, a pagemap's head included.
 *
 * @param onRead called after each read; a promise that it returns is waited for
 */
export async function countEntries(
  image: SyncReader,
  options: ImageReaderOptions,
  onRead?: (count: number) => Promise<void> | undefined,
): Promise<number> {
  const { reader } = new InfoReader(options);
  await feed(image, reader, onRead);
  return reader.index;
}
