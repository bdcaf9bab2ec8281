/** Writes much text to standard output in few pieces. @module */

import { writeBytes } from "./terminal.ts";

/** Largest number of bytes in the buffer. */
const PIECE = 1 << 16;

/** Text of up to this length is copied unit by unit, because it is usually ASCII. */
const SHORT = 256;

/** Writes text and bytes to standard output. */
export class ByteWriter {
  readonly #encoder = new TextEncoder();
  readonly #piece = new Uint8Array(PIECE);
  #length = 0;

  /** Writes text. */
  text(text: string): void {
    // A unit of UTF-16 becomes up to three bytes of UTF-8.
    if (3 * text.length > PIECE) return this.bytes(this.#encoder.encode(text));
    if (3 * text.length > PIECE - this.#length) this.flush();
    if (text.length > SHORT || !this.#ascii(text)) {
      this.#length += this.#encoder.encodeInto(text, this.#piece.subarray(this.#length)).written;
    }
  }

  /** Writes bytes. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length > PIECE - this.#length) this.flush();
    if (bytes.length > PIECE) return writeBytes(bytes);
    this.#piece.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes the buffer. */
  flush(): void {
    if (this.#length > 0) writeBytes(this.#piece.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Writes ASCII text; returns false for any other text. */
  #ascii(text: string): boolean {
    const piece = this.#piece;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      piece[at++] = code;
    }
    this.#length = at;
    return true;
  }
}
