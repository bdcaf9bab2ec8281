/** Writes converted images. @module */

import { type ByteOrder, setWordAt } from "../bytes/byte_order.ts";
import type { ImageFile } from "../dump/source.ts";
import { type Head, writeHead } from "../image/head.ts";

/** Receives the images of the converted dump. */
export interface ConversionOutput {
  /** Keeps a file unchanged. */
  keep(name: string): void;
  /** Creates an image. */
  create(name: string): ImageOutput;
}

/** Receives the bytes of one image. */
export interface ImageOutput {
  /** Writes all of the bytes; the caller may overwrite them afterwards. */
  write(bytes: Uint8Array): void;
  /** Writes `length` zeros. */
  skip(length: number): void;
  /** Ends the image, which is complete. */
  end(): void;
}

/** Size of the buffer in bytes. */
const BUFFER = 1 << 18;

/** Writes an image entry by entry. */
export class ImageWriter {
  readonly #buffer = new Uint8Array(BUFFER);
  #filled = 0;
  #order: ByteOrder;

  /** @param order for images without a head */
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

  /** Writes `length` zeros. */
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
