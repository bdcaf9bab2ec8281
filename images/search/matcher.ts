/** Finds a pattern in bytes that arrive in pieces. @module */

import { Automaton } from "./automaton.ts";
import type { Kernel } from "./kernel.ts";
import { MaskedBytes } from "./masked_bytes.ts";
import type { Pattern } from "./pattern.ts";
import { Side, SIDES } from "./places.ts";
import { compile, type Program } from "./program.ts";
import { Threads } from "./threads.ts";

/** Longest match of an expression in bytes; a longer one is cut. */
export const LONGEST_MATCH = 1 << 20;

/** Finds one pattern. Offsets are addresses in the kernel's memory. */
export interface Matcher {
  /** Length of its longest match in bytes; undefined if unknown. */
  readonly longest?: number;
  /** Starts with bytes that do not follow others; the first one is at `at`. */
  begin(at: number): void;
  /**
   * Scans the bytes up to `end`; returns the first address that must stay in memory, together with
   * the byte before it.
   *
   * @param isLast whether no more bytes follow
   * @param emit receives each match, in order
   */
  scan(end: number, isLast: boolean, emit: (from: number, to: number) => void): number;
  /** The bytes were moved in memory by this number of bytes. */
  move(by: number): void;
}

/** Creates the matcher of a pattern. */
export function matcherOf(pattern: Pattern): (kernel: Kernel) => Matcher {
  if (pattern.kind === "bytes") {
    return (kernel) => new BytesMatcher(pattern.values, pattern.masks, kernel);
  }
  const program = compile(pattern.node, pattern.text);
  return (kernel) => new ExpressionMatcher(program, kernel);
}

/** Finds bytes under masks. */
class BytesMatcher implements Matcher {
  readonly #bytes: MaskedBytes;
  #next = 0;

  constructor(values: Uint8Array, masks: Uint8Array, readonly kernel: Kernel) {
    this.#bytes = new MaskedBytes(values, masks, kernel);
  }

  get longest(): number {
    return this.#bytes.length;
  }

  begin(at: number): void {
    this.#next = at;
  }

  scan(end: number, _isLast: boolean, emit: (from: number, to: number) => void): number {
    const { loops } = this.kernel;
    const { length, values, masks, first, second } = this.#bytes;
    const to = end - length + 1;
    while (this.#next < to) {
      const at = loops.find(this.#next, to, length, values, masks, first, second);
      if (at < 0) this.#next = to;
      else {
        emit(at, at + length);
        this.#next = at + length;
      }
    }
    return Math.min(this.#next, end);
  }

  move(by: number): void {
    this.#next += by;
  }
}

/** Finds an expression. */
class ExpressionMatcher implements Matcher {
  readonly #automaton: Automaton;
  readonly #threads: Threads;
  /** Address of the first byte, while it is in memory. */
  #begin = 0;
  #isSearching = false;

  constructor(program: Program, readonly kernel: Kernel) {
    this.#automaton = new Automaton(program, kernel);
    this.#threads = new Threads(program);
  }

  begin(at: number): void {
    this.#begin = at;
    this.#isSearching = false;
    this.#automaton.begin(at, Side.BORDER);
  }

  scan(end: number, isLast: boolean, emit: (from: number, to: number) => void): number {
    const automaton = this.#automaton;
    for (;;) {
      if (!this.#isSearching && automaton.run(end) < 0) {
        if (!isLast || !automaton.endsInMatch()) {
          if (end - automaton.open >= LONGEST_MATCH) this.#restart(end);
          return automaton.open;
        }
      }
      const from = automaton.open;
      if (!this.#isSearching) this.#threads.begin({ from, before: this.#sideBefore(from) });
      const isCut = end - from >= LONGEST_MATCH;
      const found = this.#threads.find(this.kernel.bytes, end, isLast || isCut);
      this.#isSearching = found === "more";
      if (found === "more") return from;
      if (found === undefined) {
        this.#restart(end);
        return end;
      }
      emit(found.from, found.to);
      this.#restart(found.to);
    }
  }

  move(by: number): void {
    this.#begin += by;
    this.#automaton.move(by);
    this.#threads.move(by);
  }

  #restart(at: number): void {
    this.#automaton.begin(at, this.#sideBefore(at));
  }

  #sideBefore(at: number): number {
    return at <= this.#begin ? Side.BORDER : SIDES[this.kernel.bytes[at - 1]!]!;
  }
}
