/**
 * Where converted images go, and how they are written.
 *
 * @module
 */

import { type ByteOrder, setWordAt } from "../bytes/byte_order.ts";
import type { ImageFile } from "../dump/source.ts";
import { type Head, writeHead } from "../image/head.ts";

/** Takes the images of the converted dump. */
export interface ConversionOutput {
  /** The file becomes part of the converted dump as it is. */
  keep(name: string): void;
  /** Begins an image of this name. */
  create(name: string): ImageOutput;
}

/** Takes the bytes of one image. */
export interface ImageOutput {
  /** Writes all of the bytes, which may change afterwards. */
  write(bytes: Uint8Array): void;
  /** Writes so many zeros. */
  skip(length: number): void;
  /** Says that the image is whole. */
  end(): void;
}

/** Bytes that are gathered before they are written. */
const BUFFER = 1 << 18;

/** Writes an image entry by entry. */
export class ImageWriter {
  readonly #buffer = new Uint8Array(BUFFER);
  #filled = 0;
  #order: ByteOrder;

  /** @param order of images of which only entries are written, not the head */
  constructor(readonly product: ImageOutput, order: ByteOrder = "little") {
    this.#order = order;
  }

  /** Writes the head. */
  begin(head: Head): void {
    this.#order = head.byteOrder;
    writeHead(this, head);
  }

  /** Writes an entry's size and payload. */
  entry(payload: Uint8Array): void {
    this.word(payload.length, this.#order);
    this.raw(payload);
  }

  /** Writes a u32. */
  word(value: number, order: ByteOrder): void {
    if (this.#filled + 4 > BUFFER) this.#flush();
    setWordAt(this.#buffer, this.#filled, value, order);
    this.#filled += 4;
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > BUFFER) this.#flush();
    if (bytes.length > BUFFER) {
      this.product.write(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  /** Writes so many zeros. */
  zeros(length: number): void {
    this.#flush();
    this.product.skip(length);
  }

  /** Copies a range of a file. */
  copy(file: ImageFile, from: number, to: number): void {
    for (let at = from; at < to;) {
      if (this.#filled === BUFFER) this.#flush();
      const room = this.#buffer.subarray(this.#filled, this.#filled + to - at);
      const count = file.read(at, room);
      if (count === 0) return;
      this.#filled += count;
      at += count;
    }
  }

  /** Ends the image. */
  end(): void {
    this.#flush();
    this.product.end();
  }

  #flush(): void {
    if (this.#filled > 0) this.product.write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
