/**
 * Writes JSON into a growing buffer of ASCII, compact or indented as CRIU's own tool prints it.
 *
 * @module
 */

import { codePointAt, sequenceLength } from "../bytes/utf8.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = new TextEncoder().encode("0123456789abcdef");

/** Four decimal digits of each number below 10,000, as a little-endian word. */
const FOUR_DIGITS = new Uint32Array(10000);
/** How many leading zeros those four digits have (the last digit never counts). */
const LEADING_ZEROS = new Uint8Array(10000);
LEADING_ZEROS.fill(3, 0, 10).fill(2, 10, 100).fill(1, 100, 1000);
for (let upper = 0, i = 0; upper < 100; upper++) {
  const first = 0x30303030 + (upper / 10 | 0) + (upper % 10 << 8);
  for (let tens = 0; tens < 10; tens++) {
    const word = first + (tens << 16);
    for (let ones = 0; ones < 10; ones++) FOUR_DIGITS[i++] = word + (ones << 24);
  }
}

/** The letter after the backslash of each control character that has a short escape. */
const SHORT_ESCAPES = new Uint8Array(0x80);
for (const [code, letter] of [[8, "b"], [9, "t"], [10, "n"], [12, "f"], [13, "r"]] as const) {
  SHORT_ESCAPES[code] = letter.charCodeAt(0);
}
SHORT_ESCAPES[QUOTE] = QUOTE;
SHORT_ESCAPES[BACKSLASH] = BACKSLASH;

/** Characters that stand for themselves in a JSON string: 1. */
const PLAIN = new Uint8Array(0x100);
for (let code = 0x20; code < 0x7f; code++) PLAIN[code] = 1;
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

/** Room kept for one number with its key's punctuation. */
const NUMBER_ROOM = 40;

/** High half of 2^53: numbers from there on are not all doubles. */
const EXACT = 0x200000;

/** A growing buffer of JSON text. */
export class JsonWriter {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  pos = 0;
  /** Whether numbers that a double cannot hold are written as strings. */
  quotesBig = false;

  /**
   * @param indented 4 spaces a level, one item a line; otherwise one line with `, ` and `: `
   * @param capacity bytes to make room for at first
   */
  constructor(readonly indented: boolean, capacity = 1 << 19) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    const need = this.pos + count;
    if (need <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(need, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.pos));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** Returns and clears the text; the next write changes the returned bytes. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.pos);
    this.pos = 0;
    return taken;
  }

  /** Appends ASCII text as it is. */
  ascii(text: string): void {
    this.ensure(text.length);
    const { bytes } = this;
    let { pos } = this;
    for (let i = 0; i < text.length; i++) bytes[pos++] = text.charCodeAt(i);
    this.pos = pos;
  }

  /** Appends ASCII text in quotes; it must need no escaping. */
  quoted(text: string): void {
    this.ensure(text.length + 2);
    this.bytes[this.pos++] = QUOTE;
    this.ascii(text);
    this.ensure(1);
    this.bytes[this.pos++] = QUOTE;
  }

  /** Begins the next item of a list or object at nesting level `depth`. */
  item(first: boolean, depth: number): void {
    if (this.indented) {
      this.ensure(2 + depth * 4);
      if (!first) this.bytes[this.pos++] = 0x2c;
      this.newline(depth);
    } else if (!first) {
      this.ensure(2);
      this.bytes[this.pos++] = 0x2c;
      this.bytes[this.pos++] = 0x20;
    }
  }

  /** Begins a line at nesting level `depth`, in the indented form only. */
  newline(depth: number): void {
    if (!this.indented) return;
    this.ensure(1 + depth * 4);
    this.bytes[this.pos++] = 0x0a;
    this.bytes.fill(0x20, this.pos, this.pos + depth * 4);
    this.pos += depth * 4;
  }

  /** Appends an unsigned 64-bit number in decimal. */
  unsigned(lo: number, hi: number): void {
    this.ensure(NUMBER_ROOM);
    this.pos = hi === 0 ? writeUint32(this.view, this.pos, lo) : this.wide(this.pos, lo, hi);
  }

  /** Writes a u64 in decimal at `pos` and returns the position after it; the room must be there. */
  wide(pos: number, lo: number, hi: number): number {
    if (!this.quotesBig || hi < EXACT) return writeUint64(this.view, pos, lo, hi);
    this.bytes[pos] = QUOTE;
    const end = writeUint64(this.view, pos + 1, lo, hi);
    this.bytes[end] = QUOTE;
    return end + 1;
  }

  /** Appends a signed 64-bit number (two's complement halves) in decimal. */
  signed(lo: number, hi: number): void {
    if (hi < 0x80000000) return this.unsigned(lo, hi);
    this.ensure(NUMBER_ROOM);
    lo = (~lo + 1) >>> 0;
    hi = (~hi + (lo === 0 ? 1 : 0)) >>> 0;
    const isQuoted = this.quotesBig && hi >= EXACT;
    if (isQuoted) this.bytes[this.pos++] = QUOTE;
    this.bytes[this.pos++] = 0x2d;
    this.pos = hi === 0
      ? writeUint32(this.view, this.pos, lo)
      : writeUint64(this.view, this.pos, lo, hi);
    if (isQuoted) this.bytes[this.pos++] = QUOTE;
  }

  /** Appends an unsigned 64-bit number in hexadecimal, without a prefix. */
  hex(lo: number, hi: number): void {
    this.ensure(NUMBER_ROOM);
    const { bytes } = this;
    let { pos } = this;
    let shift = hi === 0 ? 28 - (Math.clz32(lo | 1) & 28) : 60 - (Math.clz32(hi) & 28);
    for (; shift >= 32; shift -= 4) bytes[pos++] = HEX[hi >>> shift - 32 & 15]!;
    for (; shift >= 0; shift -= 4) bytes[pos++] = HEX[lo >>> shift & 15]!;
    this.pos = pos;
  }

  /** Appends UTF-8 bytes as a string, with `\uXXXX` for undecodable bytes and all but ASCII. */
  text(source: Uint8Array, from: number, to: number): void {
    this.ensure((to - from) * 6 + 2);
    const { bytes } = this;
    let { pos } = this;
    bytes[pos++] = QUOTE;
    for (let i = from; i < to;) {
      const byte = source[i]!;
      if (PLAIN[byte] === 1) {
        bytes[pos++] = byte;
        i++;
        continue;
      }
      if (byte < 0x80) {
        const letter = SHORT_ESCAPES[byte]!;
        if (letter !== 0) {
          bytes[pos++] = BACKSLASH;
          bytes[pos++] = letter;
        } else pos = writeEscape(bytes, pos, byte);
        i++;
        continue;
      }
      const length = sequenceLength(source, i, to);
      if (length === 0) pos = writeEscape(bytes, pos, 0xdc00 + byte);
      else pos = writeCodePoint(bytes, pos, codePointAt(source, i, length));
      i += length || 1;
    }
    bytes[pos++] = QUOTE;
    this.pos = pos;
  }
}

function writeCodePoint(bytes: Uint8Array, pos: number, code: number): number {
  if (code < 0x10000) return writeEscape(bytes, pos, code);
  const high = 0xd800 + (code - 0x10000 >> 10);
  return writeEscape(bytes, writeEscape(bytes, pos, high), 0xdc00 + (code & 0x3ff));
}

function writeEscape(bytes: Uint8Array, pos: number, unit: number): number {
  bytes[pos] = BACKSLASH;
  bytes[pos + 1] = 0x75;
  bytes[pos + 2] = HEX[unit >> 12]!;
  bytes[pos + 3] = HEX[unit >> 8 & 15]!;
  bytes[pos + 4] = HEX[unit >> 4 & 15]!;
  bytes[pos + 5] = HEX[unit & 15]!;
  return pos + 6;
}

/** Writes a number below 10,000; may touch 4 bytes. */
function writeHead(view: DataView, pos: number, value: number): number {
  const zeros = LEADING_ZEROS[value]!;
  view.setUint32(pos, FOUR_DIGITS[value]! >>> (zeros << 3), true);
  return pos + 4 - zeros;
}

/** Writes exactly eight digits. */
function writeEight(view: DataView, pos: number, value: number): number {
  const upper = value / 10000 >>> 0;
  view.setUint32(pos, FOUR_DIGITS[upper]!, true);
  view.setUint32(pos + 4, FOUR_DIGITS[value - upper * 10000]!, true);
  return pos + 8;
}

/** Writes a u32 in decimal and returns the position after it; may touch 12 bytes. */
export function writeUint32(view: DataView, pos: number, value: number): number {
  if (value < 10000) return writeHead(view, pos, value);
  const upper = value / 10000 >>> 0;
  const lower = value - upper * 10000;
  if (upper < 10000) pos = writeHead(view, pos, upper);
  else {
    const top = upper / 10000 >>> 0;
    pos = writeHead(view, pos, top);
    view.setUint32(pos, FOUR_DIGITS[upper - top * 10000]!, true);
    pos += 4;
  }
  view.setUint32(pos, FOUR_DIGITS[lower]!, true);
  return pos + 4;
}

/** Writes a u64 in decimal and returns the position after it; may touch 24 bytes. */
export function writeUint64(view: DataView, pos: number, lo: number, hi: number): number {
  if (hi < 0x200000) {
    const value = hi * 4294967296 + lo;
    if (value < 4294967296) return writeUint32(view, pos, value);
    const upper = Math.floor(value / 1e8);
    return writeEight(view, writeUpper(view, pos, upper), value - upper * 1e8);
  }
  // Long division of the halves by 1e8, 16 bits at a time: every step is an exact double.
  const quotientHigh = Math.floor(hi / 1e8);
  const first = (hi - quotientHigh * 1e8) * 65536 + (lo >>> 16);
  const quotientMiddle = Math.floor(first / 1e8);
  const second = (first - quotientMiddle * 1e8) * 65536 + (lo & 0xffff);
  const quotientLow = Math.floor(second / 1e8);
  const upper = quotientHigh * 4294967296 + quotientMiddle * 65536 + quotientLow;
  return writeEight(view, writeUpper(view, pos, upper), second - quotientLow * 1e8);
}

/** Writes a number below 2^53 / 1e8 * 2^11, which all quotients above are. */
function writeUpper(view: DataView, pos: number, value: number): number {
  if (value < 4294967296) return writeUint32(view, pos, value);
  const upper = Math.floor(value / 1e8);
  return writeEight(view, writeUint32(view, pos, upper), value - upper * 1e8);
}
