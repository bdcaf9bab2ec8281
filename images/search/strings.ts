/**
 * Finds text in bytes as `strings` of the GNU binutils does.
 *
 * @module
 */

import type { Kernel } from "./kernel.ts";
import { LONGEST_MATCH, type Matcher } from "./matcher.ts";

/** Encodings by the letters of `strings -e`: bytes of a character, and what they are. */
export const ENCODINGS = {
  s: { width: 1, isBig: false, isEightBit: false },
  S: { width: 1, isBig: false, isEightBit: true },
  b: { width: 2, isBig: true, isEightBit: false },
  l: { width: 2, isBig: false, isEightBit: false },
  B: { width: 4, isBig: true, isEightBit: false },
  L: { width: 4, isBig: false, isEightBit: false },
} as const satisfies Record<Encoding, object>;

/** A letter of `strings -e`. */
export type Encoding = "s" | "S" | "b" | "l" | "B" | "L";

/** What is text. */
export interface StringOptions {
  /** Fewest characters; 4 when left out. */
  readonly min?: number;
  /** `s`, 7-bit characters, when left out. */
  readonly encoding?: Encoding;
}

/** Makes what finds text. */
export function stringMatcher({ min = 4, encoding = "s" }: StringOptions = {}): (
  kernel: Kernel,
) => Matcher {
  return (kernel) => new StringMatcher(min, encoding, kernel);
}

/** Finds runs of printable characters. */
class StringMatcher implements Matcher {
  readonly #isPrinted: Uint8Array;
  readonly #width: number;
  /** Of a character's bytes, the index of the one that is not zero. */
  readonly #low: number;
  readonly #least: number;
  /** Where the text begins that is not told yet, and where its next character does. */
  #begin = 0;
  #next = 0;

  constructor(min: number, encoding: Encoding, readonly kernel: Kernel) {
    const { width, isBig, isEightBit } = ENCODINGS[encoding];
    this.#width = width;
    this.#low = isBig ? width - 1 : 0;
    this.#least = min * width;
    this.#isPrinted = Uint8Array.from({ length: 256 }, (_, byte) => {
      return byte >= 0x20 && byte < 0x7f || byte === 9 || isEightBit && byte > 0x7f ? 1 : 0;
    });
  }

  begin(at: number): void {
    this.#begin = at;
    this.#next = at;
  }

  scan(end: number, isLast: boolean, emit: (from: number, to: number) => void): number {
    const width = this.#width;
    const least = this.#least;
    const isPrinted = this.#isPrinted;
    const { bytes } = this.kernel;
    let begin = this.#begin;
    let next = this.#next;
    for (; next + width <= end;) {
      const isText = width === 1 ? isPrinted[bytes[next]!] === 1 : this.#isCharacter(bytes, next);
      if (isText) {
        next += width;
        if (next - begin < LONGEST_MATCH) continue;
        emit(begin, next);
      } else {
        if (next - begin >= least) emit(begin, next);
        // As binutils: of a character that is none, the first byte alone is passed over.
        next++;
      }
      begin = next;
    }
    if (isLast && next - begin >= least) emit(begin, next);
    this.#begin = begin;
    this.#next = next;
    return begin;
  }

  move(by: number): void {
    this.#begin += by;
    this.#next += by;
  }

  /** Whether a character of several bytes is printable. */
  #isCharacter(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < this.#width; i++) {
      const byte = bytes[at + i]!;
      if (i === this.#low ? this.#isPrinted[byte] === 0 : byte !== 0) return false;
    }
    return true;
  }
}
