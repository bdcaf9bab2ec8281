/** Writes numbers in the width and the byte order of the machine of a core file. @module */

import type { ByteOrder } from "../../bytes/byte_order.ts";

/** Fills a buffer of a known size from its beginning. The rest remains zero. */
export class StructWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  /** Offset of the next value in bytes. */
  pos = 0;

  /** @param size in bytes */
  constructor(size: number, order: ByteOrder) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#isLittle = order === "little";
  }

  /**
   * Writes an unsigned integer of 1, 2, 4 or 8 bytes; higher bits of the value are dropped. A
   * `number` of 8 bytes must not be negative.
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

  /** Writes a whole number of 8 bytes without a bigint. */
  #halves(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    const low = value - high * 2 ** 32;
    this.#view.setUint32(this.#isLittle ? this.pos : this.pos + 4, low, this.#isLittle);
    this.#view.setUint32(this.#isLittle ? this.pos + 4 : this.pos, high, this.#isLittle);
  }

  /** Writes several values of one size. */
  all(size: number, values: Iterable<number | bigint>): void {
    for (const value of values) this.unsigned(size, value);
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }
}

/** Rounds up to a multiple of `unit`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
