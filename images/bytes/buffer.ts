/** A growing buffer. @module */

import { type ByteOrder, setUint32At, swapped32 } from "./byte_order.ts";

/** Bytes that are appended one after the other. */
export class ByteBuffer {
  /** Room for bytes; what was written are the first {@link ByteBuffer.pos} of them. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where the next byte goes. */
  pos = 0;

  /** @param capacity bytes to make room for at first */
  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    const need = this.pos + count;
    if (need <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(need, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.pos));
    this.bytes = grown;
  }

  /** Appends a u32 in a machine's byte order. */
  word(value: number, order: ByteOrder): void {
    this.fixed32(order === "little" ? value : swapped32(value));
  }

  /** Appends a u32, little-endian. */
  fixed32(value: number): void {
    this.ensure(4);
    setUint32At(this.bytes, this.pos, value);
    this.pos += 4;
  }

  /** Appends a u64, little-endian. */
  fixed64(lo: number, hi: number): void {
    this.fixed32(lo);
    this.fixed32(hi);
  }

  /** Appends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** What was written, as a view that the next write may change. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.pos);
  }
}
