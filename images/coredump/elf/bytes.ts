/**
 * Numbers to bytes, in the width and the byte order of the machine that a core file is for.
 *
 * @module
 */

import type { ByteOrder } from "../../bytes/byte_order.ts";

/** Fills a buffer of a known size from its beginning. What is not written is zero. */
export class StructWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  /** Where the next value goes, in bytes. */
  pos = 0;

  /** @param size in bytes */
  constructor(size: number, order: ByteOrder) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#isLittle = order === "little";
  }

  /**
   * An unsigned integer of 1, 2, 4 or 8 bytes; higher bits of the value are dropped. As a number
   * it must not be negative where there are 8 bytes.
   */
  unsigned(size: number, value: number | bigint): void {
    if (size === 8) {
      if (typeof value === "bigint") this.#view.setBigUint64(this.pos, value, this.#isLittle);
      else this.#halves(value);
    } else {
      const low = typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : value;
      if (size === 4) this.#view.setUint32(this.pos, low, this.#isLittle);
      else if (size === 2) this.#view.setUint16(this.pos, low, this.#isLittle);
      else this.#view.setUint8(this.pos, low);
    }
    this.pos += size;
  }

  /** A whole number in 8 bytes, without the detour over a bigint. */
  #halves(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    const low = value - high * 2 ** 32;
    this.#view.setUint32(this.#isLittle ? this.pos : this.pos + 4, low, this.#isLittle);
    this.#view.setUint32(this.#isLittle ? this.pos + 4 : this.pos, high, this.#isLittle);
  }

  /** Several values of one size. */
  all(size: number, values: Iterable<number | bigint>): void {
    for (const value of values) this.unsigned(size, value);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }
}

/** The next multiple of `unit`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
