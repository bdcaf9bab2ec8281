/**
 * Protobuf bytes: varints, tags, skipping.
 *
 * A 64-bit value is passed as two unsigned 32-bit halves, `lo` and `hi`, without making a bigint.
 *
 * @module
 */

import { ByteBuffer } from "../bytes/buffer.ts";
import { uint32At } from "../bytes/byte_order.ts";
import { joinBytes } from "../bytes/bytes.ts";
import { dataError } from "../errors.ts";

/** Wire types of the protobuf encoding. */
export enum Wire {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  StartGroup = 3,
  EndGroup = 4,
  Fixed32 = 5,
}

/** How deep messages may nest, as in protobuf's own libraries. */
export const MAX_DEPTH = 100;

/** Reads one message's fields from a range of bytes. */
export class WireReader {
  /** Low 32 bits of the value read last. */
  lo = 0;
  /** High 32 bits of the value read last. */
  hi = 0;

  /**
   * @param bytes what to read from
   * @param pos where the next read begins
   * @param end where the message ends
   * @param origin position in `bytes` that errors call byte 0
   */
  constructor(
    readonly bytes: Uint8Array,
    public pos: number,
    public end: number,
    readonly origin: number = pos,
  ) {}

  /** Whether all of the message is read. */
  get done(): boolean {
    return this.pos >= this.end;
  }

  /** Reads a varint of up to 64 bits into `lo` and `hi`; bits beyond 64 are dropped. */
  varint(): void {
    const { bytes, end } = this;
    let pos = this.pos;
    const first = pos < end ? bytes[pos]! : 0x80;
    if (first < 0x80) {
      this.pos = pos + 1;
      this.lo = first;
      this.hi = 0;
      return;
    }
    let lo = 0;
    let hi = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (pos >= end) throw this.#error("a number is cut short");
      const byte = bytes[pos++]!;
      const low = byte & 0x7f;
      if (shift < 28) lo |= low << shift;
      else if (shift === 28) {
        lo |= low << 28;
        hi = low >>> 4;
      } else if (shift < 63) hi |= low << (shift - 32);
      else hi |= low << 31;
      if (byte < 0x80) {
        this.pos = pos;
        this.lo = lo >>> 0;
        this.hi = hi >>> 0;
        return;
      }
    }
    throw this.#error("a number is longer than 10 bytes");
  }

  /** Reads a tag: field number << 3 | wire type. */
  tag(): number {
    const start = this.pos;
    this.varint();
    if (this.hi !== 0 || this.lo >>> 3 === 0) {
      this.pos = start;
      throw this.#error(`there is no field ${this.hi === 0 ? this.lo >>> 3 : "of that number"}`);
    }
    return this.lo;
  }

  /** Reads 4 bytes into `lo`, `hi` becomes 0. */
  fixed32(): void {
    this.#need(4);
    this.lo = uint32At(this.bytes, this.pos);
    this.hi = 0;
    this.pos += 4;
  }

  /** Reads 8 bytes into `lo` and `hi`. */
  fixed64(): void {
    this.#need(8);
    this.lo = uint32At(this.bytes, this.pos);
    this.hi = uint32At(this.bytes, this.pos + 4);
    this.pos += 8;
  }

  /** Reads a length and returns where that many bytes end; `pos` is at their start. */
  length(): number {
    const start = this.pos;
    this.varint();
    if (this.hi !== 0 || this.lo > this.end - this.pos) {
      const length = this.hi * 2 ** 32 + this.lo;
      const remain = this.end - this.pos;
      this.pos = start;
      throw this.#error(`a field is ${length} bytes, ${remain} remain`);
    }
    return this.pos + this.lo;
  }

  /** Reads a number of the given wire type into `lo` and `hi`. */
  number(wire: number): void {
    if (wire === Wire.Varint) this.varint();
    else if (wire === Wire.Fixed64) this.fixed64();
    else this.fixed32();
  }

  /** Reads a packed list of numbers: calls `take` for each, with its value in `lo` and `hi`. */
  packed(wire: number, take: () => void): void {
    const outer = this.end;
    this.end = this.length();
    while (!this.done) {
      this.number(wire);
      take();
    }
    this.end = outer;
  }

  /** Skips the value that follows `tag`, including a whole group. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case Wire.Varint:
        return this.varint();
      case Wire.Fixed64:
        return this.fixed64();
      case Wire.Bytes:
        this.pos = this.length();
        return;
      case Wire.Fixed32:
        return this.fixed32();
      case Wire.StartGroup: {
        if (depth >= MAX_DEPTH) throw this.#error(`groups nest deeper than ${MAX_DEPTH}`);
        for (;;) {
          if (this.done) throw this.#error(`group ${tag >>> 3} does not end`);
          const inner = this.tag();
          if ((inner & 7) !== Wire.EndGroup) this.skip(inner, depth + 1);
          else if (inner >>> 3 === tag >>> 3) return;
          else throw this.#error(`group ${tag >>> 3} ends as ${inner >>> 3}`);
        }
      }
      default:
        throw this.#error(`field ${tag >>> 3} has wire type ${tag & 7}, which does not exist here`);
    }
  }

  #need(count: number): void {
    if (this.end - this.pos < count) throw this.#error("a number is cut short");
  }

  #error(reason: string): Error {
    return dataError(`not a valid message: ${reason}, at byte ${this.pos - this.origin}`);
  }
}

/** A number in two unsigned halves of 32 bits. */
export interface WireNumber {
  readonly lo: number;
  readonly hi: number;
}

/**
 * A singular number field of a message; of several occurrences the last counts. Undefined if there
 * is none.
 *
 * @throws {CritError} `data` when the bytes are no message
 */
export function lastNumber(
  message: Uint8Array,
  field: number,
  wire: number = Wire.Varint,
): WireNumber | undefined {
  const reader = new WireReader(message, 0, message.length);
  let last: WireNumber | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== (field << 3 | wire) >>> 0) reader.skip(tag);
    else {
      reader.number(wire);
      last = { lo: reader.lo, hi: reader.hi };
    }
  }
  return last;
}

/**
 * Merges several occurrences of a message field; in protobuf, joining their bytes does that. The
 * normal form (`normalize.ts`) joins them without a list of them, because there may be millions,
 * and the reader of objects (`codec/objects.ts`) reads them one by one into the same object.
 */
export function mergedMessage(occurrences: readonly Uint8Array[]): Uint8Array {
  return joinBytes(occurrences);
}

/** Number of bytes of a varint below 2^32. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes a varint of up to 64 bits in its shortest form, and returns the position after it. */
export function writeVarint(bytes: Uint8Array, pos: number, lo: number, hi: number): number {
  while (hi !== 0) {
    bytes[pos++] = lo & 0x7f | 0x80;
    lo = (lo >>> 7 | hi << 25) >>> 0;
    hi >>>= 7;
  }
  while (lo > 0x7f) {
    bytes[pos++] = lo & 0x7f | 0x80;
    lo >>>= 7;
  }
  bytes[pos++] = lo;
  return pos;
}

/** A growing buffer of protobuf bytes. */
export class WireWriter extends ByteBuffer {
  /** Appends a varint of up to 64 bits in its shortest form. */
  varint(lo: number, hi = 0): void {
    this.ensure(10);
    this.pos = writeVarint(this.bytes, this.pos, lo, hi);
  }

  /** Begins a length-delimited value; pass the returned position to {@link WireWriter.close}. */
  open(): number {
    this.ensure(1);
    return ++this.pos;
  }

  /**
   * Ends a length-delimited value: writes its length before it, and moves the value if necessary.
   */
  close(start: number): void {
    const length = this.pos - start;
    const extra = varintSize(length) - 1;
    if (extra > 0) {
      this.ensure(extra);
      this.bytes.copyWithin(start + extra, start, this.pos);
    }
    this.pos = start - 1;
    this.varint(length);
    this.pos += length;
  }
}
