/**
 * Base64 in JSON strings, in pieces: lines, blanks and `\n` escapes are passed over, everything
 * else must be the standard alphabet with its padding.
 *
 * @module
 */

import type { WireWriter } from "./wire.ts";

const BACKSLASH = 0x5c;
const SPACE = 0x20;
const EQUALS = 0x3d;
const latin1 = new TextDecoder("latin1");

/** Decodes one string's inside, given in pieces that may end anywhere. */
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
  push(inside: Uint8Array, out: WireWriter): boolean {
    if (this.#scratch.length < inside.length) this.#scratch = new Uint8Array(inside.length);
    const scratch = this.#scratch.subarray(0, inside.length);
    scratch.set(inside);
    for (let at = scratch.indexOf(BACKSLASH); at >= 0; at = scratch.indexOf(BACKSLASH, at + 2)) {
      const letter = scratch[at + 1];
      if (letter !== 0x6e && letter !== 0x72 && letter !== 0x74) return false;
      scratch[at] = SPACE;
      scratch[at + 1] = SPACE;
    }
    return this.#decode(this.#carry + latin1.decode(scratch), "stop-before-partial", out);
  }

  /** Ends the string; false when its last group is not complete. */
  finish(out: WireWriter): boolean {
    return this.#decode(this.#carry, "strict", out);
  }

  #decode(
    text: string,
    lastChunkHandling: "strict" | "stop-before-partial",
    out: WireWriter,
  ): boolean {
    if (this.#padded && text.trim() !== "") return false;
    const room = Math.ceil(text.length / 4) * 3;
    out.ensure(room);
    try {
      const target = out.bytes.subarray(out.pos, out.pos + room);
      const { read, written } = target.setFromBase64(text, { lastChunkHandling });
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
