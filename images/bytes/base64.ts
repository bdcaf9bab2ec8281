/**
 * Base64 in JSON strings, in pieces: lines, blanks and `\n` escapes are passed over, everything
 * else must be the standard alphabet with its padding, escaped or not.
 *
 * @module
 */

import { plainSetFromBase64, plainToBase64 } from "./base64_plain.ts";
import type { ByteBuffer } from "./buffer.ts";

/** Whether the runtime knows base64; Node does from 25 on. */
const HAS_BASE64 = "toBase64" in Uint8Array.prototype;

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return HAS_BASE64 ? bytes.toBase64() : plainToBase64(bytes);
}

const BACKSLASH = 0x5c;
const SPACE = 0x20;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const textDecoder = new TextDecoder();

/** The bytes that base64 without blanks stands for. @throws {SyntaxError} when it is none */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (HAS_BASE64) return Uint8Array.fromBase64(text);
  const bytes = new Uint8Array(Math.ceil(text.length / 4) * 3);
  return bytes.subarray(0, plainSetFromBase64(bytes, text, "strict").written);
}

/** Decodes one string's inside, given in pieces that may end anywhere but inside an escape. */
export class Base64Decoder {
  /** Bytes decoded so far. */
  length = 0;
  #carry = "";
  #padded = false;
  #scratch = new Uint8Array(0);

  /**
   * Decodes a piece and appends its bytes.
   *
   * @returns whether it is base64
   */
  push(inside: Uint8Array, out: ByteBuffer): boolean {
    for (let from = 0; from < inside.length;) {
      const to = pieceEnd(inside, from);
      if (!this.#push(inside.subarray(from, to), out)) return false;
      from = to;
    }
    return true;
  }

  /** The same decoder at the same place, to go back to. */
  clone(): Base64Decoder {
    const copy = new Base64Decoder();
    copy.length = this.length;
    copy.#carry = this.#carry;
    copy.#padded = this.#padded;
    return copy;
  }

  #push(inside: Uint8Array, out: ByteBuffer): boolean {
    if (this.#scratch.length < inside.length) this.#scratch = new Uint8Array(inside.length);
    const scratch = this.#scratch.subarray(0, inside.length);
    // Lines are nearly always alike; where they are not, what is left in the text fails to decode.
    for (const regular of [true, false]) {
      scratch.set(inside);
      if (!blankEscapes(scratch, regular)) return false;
      const text = this.#carry + textDecoder.decode(scratch);
      if (this.#decode(text, "stop-before-partial", out)) return true;
    }
    return false;
  }

  /** Ends the string; false when its last group is not complete. */
  finish(out: ByteBuffer): boolean {
    return this.#decode(this.#carry, "strict", out);
  }

  #decode(
    text: string,
    lastChunkHandling: "strict" | "stop-before-partial",
    out: ByteBuffer,
  ): boolean {
    if (this.#padded && text.trim() !== "") return false;
    const room = Math.ceil(text.length / 4) * 3;
    out.ensure(room);
    try {
      const target = out.bytes.subarray(out.pos, out.pos + room);
      const { read, written } = HAS_BASE64
        ? target.setFromBase64(text, { lastChunkHandling })
        : plainSetFromBase64(target, text, lastChunkHandling);
      if (text.charCodeAt(text.trimEnd().length - 1) === EQUALS && read === text.length) {
        this.#padded = true;
      }
      this.#carry = text.slice(read);
      out.pos += written;
      this.length += written;
      return true;
    } catch {
      return false;
    }
  }
}

/** Characters of a line and of the escaped newline after it. */
const LINE = 78;

/** How much is decoded at a time: whole lines, few enough for memory that is used again at once. */
const PIECE = LINE * 800;

/** Characters of `\uXXXX` behind its backslash. */
const ESCAPED = 5;

/** Where a piece ends that begins at `from`: not inside an escape. */
function pieceEnd(text: Uint8Array, from: number): number {
  const end = from + PIECE;
  if (end >= text.length) return text.length;
  const escape = text.subarray(end - ESCAPED, end).indexOf(BACKSLASH);
  // An escape that is whole may as well begin the next piece.
  return escape < 0 ? end : end - ESCAPED + escape;
}

/**
 * Replaces escapes by blanks and the character that each stands for; false when one stands for no
 * character of base64. Some writers escape `/` and `+`.
 *
 * @param regular look for the next escape only where the next line ends, if one is there
 */
function blankEscapes(text: Uint8Array, regular: boolean): boolean {
  for (let at = text.indexOf(BACKSLASH); at >= 0;) {
    const letter = text[at + 1];
    text[at] = SPACE;
    if (letter === 0x6e || letter === 0x72 || letter === 0x74) text[at + 1] = SPACE;
    else if (letter === 0x75) {
      const digits = String.fromCharCode(...text.subarray(at + 2, at + 6));
      if (/^00(0[9aAdD]|20)$/.test(digits)) {
        text.fill(SPACE, at + 1, at + 6);
        at = text.indexOf(BACKSLASH, at + 2);
        continue;
      }
      if (!/^00(2[bBfF]|3[\ddD]|[46][1-9a-fA-F]|[57][\daA])$/.test(digits)) return false;
      text.fill(SPACE, at + 1, at + 5);
      text[at + 5] = parseInt(digits, 16);
    } else if (letter !== SLASH) return false;
    const next = at + LINE;
    at = regular && text[next] === BACKSLASH ? next : text.indexOf(BACKSLASH, at + 2);
  }
  return true;
}
