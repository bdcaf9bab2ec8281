/** Finds text in bytes as `strings` of the GNU binutils does. @module */

import { type ByteSet, lookupTables, rangeSet, union } from "./byte_set.ts";
import type { Kernel } from "./kernel.ts";
import { LONGEST_MATCH, type Matcher } from "./matcher.ts";

/** Encodings by the letters of `strings -e`: bytes of a character, and a description. */
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

/** Definition of text. */
export interface StringOptions {
  /** Minimum number of characters; 4 unless given. */
  readonly min?: number;
  /** `s`, 7-bit characters, unless given. */
  readonly encoding?: Encoding;
}

/** Creates the matcher of text. */
export function stringMatcher({ min = 4, encoding = "s" }: StringOptions = {}): (
  kernel: Kernel,
) => Matcher {
  const { width, isEightBit } = ENCODINGS[encoding];
  if (width > 1) return (kernel) => new WideStrings(min, encoding, kernel);
  return (kernel) => new ByteStrings(min, printableSet(isEightBit), kernel);
}

/** Printable characters of one byte, as `strings` defines them. */
function printableSet(isEightBit: boolean): ByteSet {
  const ascii = union(rangeSet(0x20, 0x7e), rangeSet(9, 9));
  return isEightBit ? union(ascii, rangeSet(0x80, 0xff)) : ascii;
}

/** Finds runs of printable bytes. */
class ByteStrings implements Matcher {
  readonly #table: number;
  /** Beginning of the text that is not reported yet, and end of the scanned bytes. */
  #begin = 0;
  #next = 0;

  constructor(readonly min: number, set: ByteSet, readonly kernel: Kernel) {
    const table = lookupTables(set);
    this.#table = kernel.allocate(table.length);
    kernel.bytes.set(table, this.#table);
  }

  begin(at: number): void {
    this.#begin = at;
    this.#next = at;
  }

  scan(end: number, isLast: boolean, emit: (from: number, to: number) => void): number {
    const { loops } = this.kernel;
    for (;;) {
      loops.open.value = this.#begin;
      loops.pos.value = this.#next;
      const found = loops.text(end, this.#table, this.min, LONGEST_MATCH);
      this.#begin = loops.open.value;
      this.#next = loops.pos.value;
      if (found < 0) break;
      emit(this.#begin, found);
      this.#begin = found;
    }
    if (isLast && end - this.#begin >= this.min) emit(this.#begin, end);
    return this.#begin;
  }

  move(by: number): void {
    this.#begin += by;
    this.#next += by;
  }
}

/** Finds runs of printable characters of several bytes. */
class WideStrings implements Matcher {
  readonly #isPrinted: ByteSet;
  readonly #width: number;
  /** Index of the byte of a character that is not zero. */
  readonly #low: number;
  readonly #least: number;
  /** Beginning of the text that is not reported yet, and of its next character. */
  #begin = 0;
  #next = 0;

  constructor(min: number, encoding: Encoding, readonly kernel: Kernel) {
    const { width, isBig, isEightBit } = ENCODINGS[encoding];
    this.#width = width;
    this.#low = isBig ? width - 1 : 0;
    this.#least = min * width;
    this.#isPrinted = printableSet(isEightBit);
  }

  begin(at: number): void {
    this.#begin = at;
    this.#next = at;
  }

  scan(end: number, isLast: boolean, emit: (from: number, to: number) => void): number {
    const width = this.#width;
    const least = this.#least;
    const { bytes } = this.kernel;
    let begin = this.#begin;
    let next = this.#next;
    for (; next + width <= end;) {
      if (this.#isCharacter(bytes, next)) {
        next += width;
        if (next - begin < LONGEST_MATCH) continue;
        emit(begin, next);
      } else {
        if (next - begin >= least) emit(begin, next);
        // Like binutils, skips only the first byte of an unprintable character.
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

  /** Whether a character is printable. */
  #isCharacter(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < this.#width; i++) {
      const byte = bytes[at + i]!;
      if (i === this.#low ? this.#isPrinted[byte] === 0 : byte !== 0) return false;
    }
    return true;
  }
}
