/**
 * A pull lexer for JSON in chunks. Numbers are read as halves of 64 bits, and strings are decoded
 * directly to the bytes of an image.
 *
 * If the buffer ends inside a token, the lexer throws {@link NEED_MORE}. The caller then returns to
 * the start of the entry, and continues when more bytes have arrived.
 *
 * @module
 */

import type { ByteBuffer } from "../bytes/buffer.ts";
import { decodeText, sequenceLength } from "../bytes/utf8.ts";
import { type CritError, dataError, type ErrorCode } from "../errors.ts";

/** Thrown if the buffer ends inside a token, which is not an error. */
export const NEED_MORE: unique symbol = Symbol("need more input");

/** Bytes that are read ahead at a time. */
const CHUNK = 1 << 18;
/** Half of what is read at first. */
const FIRST = 1 << 11;

/** Bytes after the text: the 0 that ends it, and room for reading words. */
const SLACK = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;

/** The byte that each escape letter stands for. */
const ESCAPES: Readonly<Record<number, number>> = {
  0x22: 0x22,
  0x5c: 0x5c,
  0x2f: 0x2f,
  0x62: 0x08,
  0x66: 0x0c,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
};

/** Strings up to this many bytes are copied while they are checked. */
const SHORT_STRING = 256;

/** Deepest nesting of a value that is skipped. */
const MAX_NESTING = 1000;

/** A buffer of JSON text and a position in it. */
export class JsonReader {
  bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes, for reading words; one word past `end` can be read. */
  view: DataView;
  /** Where the next token begins. */
  pos = 0;
  /** End of the text in the buffer; the byte at `end` is always 0. */
  end = 0;
  /** Whether the input is complete. */
  eof = false;
  /** Low and high half of the number read last, sign apart. */
  lo = 0;
  hi = 0;
  negative = false;
  /** How much is asked for at a time: little at first. */
  #ask = FIRST;
  /** Newlines before `bytes[0]`, and bytes of its line before it. */
  #lines = 0;
  #columns = 0;
  /** Newlines that were passed over in the buffer, and where the last of them ends. */
  #newlines = 0;
  #counted = 0;

  /** @param size bytes of the whole text, if known, to allocate less for a short one */
  constructor(size: number = CHUNK) {
    // The byte more lets the end be seen without growing.
    this.bytes = new Uint8Array(Math.min(size + 1, CHUNK) + SLACK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Room for more input. Bytes before `keep` are dropped, and `pos` is moved accordingly. */
  room(keep: number): Uint8Array<ArrayBuffer> {
    if (keep > 0) {
      this.#countLines(keep);
      this.bytes.copyWithin(0, keep, this.end);
      this.pos -= keep;
      this.end -= keep;
      this.bytes[this.end] = 0;
    }
    if (this.end === this.bytes.length - SLACK) {
      const grown = new Uint8Array((this.bytes.length - SLACK) * 2 + SLACK);
      grown.set(this.bytes.subarray(0, this.end));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    this.#ask = Math.min(this.#ask * 2, CHUNK);
    return this.bytes.subarray(this.end, Math.min(this.end + this.#ask, this.bytes.length - SLACK));
  }

  /** Adds `count` bytes that the caller has written into the room. */
  advance(count: number): void {
    this.end += count;
    this.bytes[this.end] = 0;
  }

  /** Takes note of the lines before `upTo`, which is dropped. */
  #countLines(upTo: number): void {
    let dropped = this.#newlines;
    for (let i = upTo; i < this.#counted; i++) if (this.bytes[i] === NEWLINE) dropped--;
    if (dropped > 0) {
      this.#lines += dropped;
      this.#columns = upTo - 1 - this.bytes.lastIndexOf(NEWLINE, upTo - 1);
    } else this.#columns += upTo;
    this.#newlines -= dropped;
    this.#counted = Math.max(0, this.#counted - upTo);
  }

  /** An error at `pos`, with line and column. */
  error(reason: string, pos = this.pos, hint?: string, code?: ErrorCode): CritError {
    let line = this.#lines + 1;
    let column = this.#columns + 1;
    for (let i = 0; i < pos; i++) {
      if (this.bytes[i] === NEWLINE) {
        line++;
        column = 1;
      } else column++;
    }
    return dataError(reason, { line, column }, hint, { code });
  }

  /** The error for a number that is not whole or out of range. */
  numberError(reason: string, pos?: number): CritError {
    return this.error(reason, pos, undefined, "number");
  }

  /** The error for an unexpected token, or {@link NEED_MORE}. */
  unexpected(expected: string, pos = this.pos): unknown {
    if (pos < this.end) {
      return this.error(`expected ${expected}, found ${describe(this.bytes[pos]!)}`, pos);
    }
    return this.eof ? this.error(`expected ${expected}, the text ends here`, pos) : NEED_MORE;
  }

  /** Skips white space and returns the byte after it, 0 at the end of the buffer. */
  peek(): number {
    const { bytes } = this;
    let { pos } = this;
    let byte = bytes[pos]!;
    while (byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09) {
      pos++;
      // An entry that is read again has its lines counted already.
      if (byte === NEWLINE && pos > this.#counted) {
        this.#newlines++;
        this.#counted = pos;
      }
      byte = bytes[pos]!;
    }
    this.pos = pos;
    return byte;
  }

  /** Skips white space and reads one punctuation byte. */
  expect(byte: number): void {
    if (this.peek() !== byte) throw this.unexpected(`"${String.fromCharCode(byte)}"`);
    this.pos++;
  }

  /** Reads the colon after a key, and the white space after it. */
  colon(): void {
    const { bytes, pos } = this;
    // What every writer writes: the colon and one blank.
    if (bytes[pos] === 0x3a && bytes[pos + 1] === 0x20 && bytes[pos + 2]! > 0x20) {
      this.pos = pos + 2;
      return;
    }
    this.expect(0x3a);
    this.peek();
  }

  /** Reads a key and the colon after it. */
  key(): string {
    const text = this.string();
    this.expect(0x3a);
    return text;
  }

  /** Reads a string as text. */
  string(): string {
    if (this.peek() !== QUOTE) throw this.unexpected("a string");
    const [from, to, plain] = this.stringRange();
    if (plain) return decodeText(this.bytes, from, to);
    return JSON.parse(decodeText(this.bytes, from - 1, to + 1));
  }

  /**
   * Reads a string and returns the range of its contents in the buffer, and whether it is ASCII
   * without escapes.
   */
  stringRange(): [from: number, to: number, plain: boolean] {
    const { bytes, end } = this;
    const from = this.pos + 1;
    let plain = true;
    let pos = from;
    for (;;) {
      const byte = bytes[pos]!;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        plain = false;
        pos = this.#checkEscape(pos);
      } else if (byte < 0x20) {
        if (pos >= end) throw this.unexpected("the string's end", pos);
        throw this.error("a control character in a string must be escaped", pos);
      } else if (byte < 0x80) pos++;
      else {
        plain = false;
        const length = sequenceLength(bytes, pos, end);
        if (length === 0) {
          if (end - pos < 4 && !this.eof) throw NEED_MORE;
          throw this.error("not UTF-8", pos);
        }
        pos += length;
      }
    }
    this.pos = pos + 1;
    return [from, pos, plain];
  }

  /**
   * Reads a string whose contents are checked elsewhere (base64), and returns their range.
   */
  rawString(): [from: number, to: number] {
    const from = this.pos + 1;
    const inside = this.bytes.subarray(0, this.end);
    for (let to = from;; to++) {
      to = inside.indexOf(QUOTE, to);
      if (to < 0) throw this.unexpected("the string's end", this.end);
      let backslashes = 0;
      while (to - backslashes > from && inside[to - 1 - backslashes] === BACKSLASH) backslashes++;
      if (backslashes % 2 === 1) continue;
      this.pos = to + 1;
      return [from, to];
    }
  }

  /** Checks the escape at `pos` and returns where it ends. */
  #checkEscape(pos: number): number {
    const letter = this.bytes[pos + 1]!;
    if (pos + 1 >= this.end) throw this.unexpected("an escape", pos + 1);
    if (ESCAPES[letter] !== undefined) return pos + 2;
    if (letter !== 0x75) throw this.error("there is no such escape", pos);
    for (let i = pos + 2; i < pos + 6; i++) {
      if (hexDigit(this.bytes[i]!) < 0) throw this.unexpected("a hex digit", i);
    }
    return pos + 6;
  }

  /**
   * Reads a string and appends its bytes: UTF-8, and for a lone surrogate U+DC80..U+DCFF the byte
   * that it stands for.
   */
  stringBytes(out: ByteBuffer): void {
    if (this.#shortString(out)) return;
    const [from, to] = this.stringRange();
    const { bytes } = this;
    out.ensure(to - from);
    for (let pos = from; pos < to;) {
      if (bytes[pos] !== BACKSLASH) {
        out.bytes[out.pos++] = bytes[pos++]!;
        continue;
      }
      const letter = bytes[pos + 1]!;
      if (letter !== 0x75) {
        out.bytes[out.pos++] = ESCAPES[letter]!;
        pos += 2;
      } else pos = this.#unit(out, pos, to);
    }
  }

  /** Takes a string without escapes, ASCII only and not long; false: it is some other. */
  #shortString(out: ByteBuffer): boolean {
    out.ensure(SHORT_STRING);
    const { bytes } = this;
    const target = out.bytes;
    const from = this.pos + 1;
    const shift = out.pos - from;
    const last = Math.min(from + SHORT_STRING, this.end);
    for (let pos = from; pos < last; pos++) {
      const byte = bytes[pos]!;
      if (byte === QUOTE) {
        this.pos = pos + 1;
        out.pos = pos + shift;
        return true;
      }
      if (byte === BACKSLASH || byte < 0x20 || byte > 0x7f) return false;
      target[pos + shift] = byte;
    }
    return false;
  }

  /** Appends the character of the `\uXXXX` at `pos`, of two if they are a surrogate pair. */
  #unit(out: ByteBuffer, pos: number, to: number): number {
    const unit = this.#unitAt(pos);
    if (unit >= 0xd800 && unit < 0xdc00 && pos + 12 <= to && this.bytes[pos + 7] === 0x75) {
      const low = this.bytes[pos + 6] === BACKSLASH ? this.#unitAt(pos + 6) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        appendUtf8(out, 0x10000 + (unit - 0xd800 << 10) + (low - 0xdc00));
        return pos + 12;
      }
    }
    if (unit >= 0xdc80 && unit <= 0xdcff) out.bytes[out.pos++] = unit - 0xdc00;
    else if (unit >= 0xd800 && unit < 0xe000) {
      throw this.error("a lone surrogate that stands for no byte", pos);
    } else appendUtf8(out, unit);
    return pos + 6;
  }

  #unitAt(pos: number): number {
    let unit = 0;
    for (let i = pos + 2; i < pos + 6; i++) unit = unit << 4 | hexDigit(this.bytes[i]!);
    return unit;
  }

  /**
   * Reads a string such as `"0x1f"` into `lo` and `hi`; false, and nothing read, for other text.
   */
  quotedHex(): boolean {
    const { bytes } = this;
    const start = this.pos + 3;
    if (bytes[start - 2] !== 0x30 || bytes[start - 1] !== 0x78) return false;
    let lo = 0;
    let hi = 0;
    let pos = start;
    for (let digit = hexDigit(bytes[pos]!); digit >= 0; digit = hexDigit(bytes[++pos]!)) {
      hi = hi << 4 | lo >>> 28;
      lo = lo << 4 | digit;
    }
    if (bytes[pos] !== QUOTE || pos === start || pos > start + 16) return false;
    this.lo = lo >>> 0;
    this.hi = hi >>> 0;
    this.pos = pos + 1;
    return true;
  }

  /** Reads an integer into `lo`, `hi` and `negative`. */
  number(): void {
    const { bytes } = this;
    let { pos } = this;
    this.negative = bytes[pos] === 0x2d;
    if (this.negative) pos++;
    const start = pos;
    let value = 0;
    for (let word = this.view.getUint32(pos, true); areDigits(word);) {
      value = value * 10000 + fourDigits(word);
      pos += 4;
      word = this.view.getUint32(pos, true);
    }
    let byte = bytes[pos]!;
    while (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      byte = bytes[++pos]!;
    }
    if (pos >= this.end && !this.eof) throw NEED_MORE;
    const count = pos - start;
    if (count === 0) throw this.unexpected("a whole number", pos);
    if (bytes[start] === 0x30 && count > 1) throw this.error("a number begins with 0");
    if (byte === 0x2e || (byte | 0x20) === 0x65) throw this.numberError("not a whole number");
    if (count <= 15) {
      if (value < 4294967296) {
        this.lo = value;
        this.hi = 0;
      } else {
        this.hi = Math.floor(value / 4294967296);
        this.lo = value - this.hi * 4294967296;
      }
    } else this.#long(start, pos);
    this.pos = pos;
  }

  /** A number of 16 digits or more, in two parts that are exact doubles. */
  #long(start: number, end: number): void {
    const { bytes } = this;
    if (end - start > 20) throw this.numberError("the number is beyond 64 bits");
    const cut = end - 9;
    let upper = 0;
    let lower = 0;
    for (let i = start; i < cut; i++) upper = upper * 10 + (bytes[i]! - 0x30);
    for (let i = cut; i < end; i++) lower = lower * 10 + (bytes[i]! - 0x30);
    const upperHigh = Math.floor(upper / 65536);
    const low = (upper - upperHigh * 65536) * 1e9 + lower;
    const lowest = low % 65536;
    const middle = upperHigh * 1e9 + (low - lowest) / 65536;
    this.lo = (middle % 65536 * 65536 + lowest) >>> 0;
    this.hi = Math.floor(middle / 65536);
    if (this.hi > 0xffffffff) throw this.numberError("the number is beyond 64 bits");
  }

  /** Reads `true` or `false`. */
  boolean(): boolean {
    const value = this.bytes[this.pos] === 0x74;
    this.word(value ? "true" : "false");
    return value;
  }

  /** Reads a bare word. */
  word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[this.pos + i] !== word.charCodeAt(i)) {
        throw this.unexpected(i === 0 ? "a value" : word, this.pos + i);
      }
    }
    this.pos += word.length;
  }

  /** Skips a value of any kind. */
  skip(nesting = 0): void {
    if (nesting > MAX_NESTING) throw this.error(`values nest deeper than ${MAX_NESTING}`);
    const byte = this.peek();
    if (byte === QUOTE) this.rawString();
    else if (byte === 0x7b || byte === 0x5b) {
      const close = byte + 2;
      this.pos++;
      if (this.peek() === close) {
        this.pos++;
        return;
      }
      for (;;) {
        if (byte === 0x7b) {
          if (this.peek() !== QUOTE) throw this.unexpected("a key");
          this.stringRange();
          this.expect(0x3a);
        }
        this.skip(nesting + 1);
        if (!this.more(close)) return;
      }
    } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) this.#skipNumber();
    else if (byte === 0x6e) this.word("null");
    else this.boolean();
  }

  #skipNumber(): void {
    let { pos } = this;
    while (/[-+.0-9eE]/.test(String.fromCharCode(this.bytes[pos]!))) pos++;
    if (pos >= this.end && !this.eof) throw NEED_MORE;
    this.pos = pos;
  }

  /** Reads what follows an item: true for a comma, false for the closing byte. */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte !== 0x2c && byte !== close) {
      throw this.unexpected(`"," or "${String.fromCharCode(close)}"`);
    }
    this.pos++;
    return byte === 0x2c;
  }
}

/** Whether all four bytes of a word are decimal digits: 0x30 to 0x39. */
export function areDigits(word: number): boolean {
  return (word & 0xf0f0f0f0) === (0x30303030 | 0) &&
    (word + 0x06060606 & 0xf0f0f0f0) === (0x30303030 | 0);
}

/** The number that four digits make, the first one in the lowest byte. */
export function fourDigits(word: number): number {
  const pairs = Math.imul(word & 0x0f0f0f0f, 10 << 8 | 1) >>> 8 & 0x00ff00ff;
  return Math.imul(pairs, 100 << 16 | 1) >>> 16;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function appendUtf8(out: ByteBuffer, code: number): void {
  const { bytes } = out;
  if (code < 0x80) bytes[out.pos++] = code;
  else if (code < 0x800) {
    bytes[out.pos++] = 0xc0 | code >> 6;
    bytes[out.pos++] = 0x80 | code & 0x3f;
  } else if (code < 0x10000) {
    bytes[out.pos++] = 0xe0 | code >> 12;
    bytes[out.pos++] = 0x80 | code >> 6 & 0x3f;
    bytes[out.pos++] = 0x80 | code & 0x3f;
  } else {
    bytes[out.pos++] = 0xf0 | code >> 18;
    bytes[out.pos++] = 0x80 | code >> 12 & 0x3f;
    bytes[out.pos++] = 0x80 | code >> 6 & 0x3f;
    bytes[out.pos++] = 0x80 | code & 0x3f;
  }
}

function describe(byte: number): string {
  const names: Readonly<Record<number, string>> = {
    0x22: "a string",
    0x5b: "a list",
    0x7b: "an object",
    0x6e: "null",
    0x74: "true",
    0x66: "false",
  };
  const name = names[byte];
  if (name !== undefined) return name;
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return "a number";
  return byte > 0x20 && byte < 0x7f
    ? `"${String.fromCharCode(byte)}"`
    : `byte 0x${byte.toString(16)}`;
}
