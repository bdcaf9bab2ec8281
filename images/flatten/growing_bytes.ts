/** Bytes that are put together. @module */

import { setUint32At } from "../bytes/buffer.ts";

/** A buffer that grows. */
export class GrowingBytes {
  #buffer = new Uint8Array(1 << 10);
  #length = 0;

  /** All bytes so far. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Adds a little-endian number. */
  fixed32(value: number): void {
    this.#reserve(4);
    setUint32At(this.#buffer, this.#length, value);
    this.#length += 4;
  }

  /** Adds bytes. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#length + count, this.#buffer.length * 2));
    grown.set(this.bytes);
    this.#buffer = grown;
  }
}
