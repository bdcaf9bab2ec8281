/**
 * Finds a pattern in bytes that come in pieces.
 *
 * @module
 */

import { Automaton } from "./automaton.ts";
import type { Kernel } from "./kernel.ts";
import type { Pattern } from "./pattern.ts";
import { Side, SIDES } from "./places.ts";
import { compile, type Program } from "./program.ts";
import { Threads } from "./threads.ts";

/** Longest match of an expression in bytes; a longer one is told as if it ended there. */
export const LONGEST_MATCH = 1 << 20;

/** Finds one pattern. Places are addresses in the kernel's memory. */
export interface Matcher {
  /** Length of its longest match in bytes; undefined when that is not known beforehand. */
  readonly longest?: number;
  /** Begins with bytes that do not follow others; the first is at `at`. */
  begin(at: number): void;
  /**
   * Looks at the bytes up to `end`; gives the first place that must stay in memory, with the byte
   * before it.
   *
   * @param isLast whether no more bytes follow
   * @param emit told of each match, in order
   */
  scan(end: number, isLast: boolean, emit: (from: number, to: number) => void): number;
  /** Has bytes been moved in memory by so many. */
  move(by: number): void;
}

/** Makes what finds a pattern. */
export function matcherOf(pattern: Pattern): (kernel: Kernel) => Matcher {
  if (pattern.kind === "bytes") {
    return (kernel) => new BytesMatcher(pattern.values, pattern.masks, kernel);
  }
  const program = compile(pattern.node, pattern.text);
  return (kernel) => new ExpressionMatcher(program, kernel);
}

/** Finds bytes under masks. */
class BytesMatcher implements Matcher {
  readonly #length: number;
  readonly #values: number;
  readonly #masks: number;
  /** Indexes of the bytes that are looked for first. */
  readonly #first: number;
  readonly #second: number;
  #next = 0;

  constructor(values: Uint8Array, masks: Uint8Array, readonly kernel: Kernel) {
    this.#length = values.length;
    this.#values = kernel.allocate(values.length);
    this.#masks = kernel.allocate(masks.length);
    kernel.bytes.set(values, this.#values);
    kernel.bytes.set(masks, this.#masks);
    const byRarity = Array.from(values, (value, i) => ({ i, rank: frequency(value, masks[i]!) }))
      .sort((a, b) => a.rank - b.rank);
    this.#first = byRarity[0]!.i;
    this.#second = byRarity[Math.min(1, byRarity.length - 1)]!.i;
  }

  get longest(): number {
    return this.#length;
  }

  begin(at: number): void {
    this.#next = at;
  }

  scan(end: number, _isLast: boolean, emit: (from: number, to: number) => void): number {
    const { loops } = this.kernel;
    const length = this.#length;
    const to = end - length + 1;
    while (this.#next < to) {
      const at = loops.find(
        this.#next,
        to,
        length,
        this.#values,
        this.#masks,
        this.#first,
        this.#second,
      );
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

/** How common bytes of a value under a mask are in memory, by estimate: any unit. */
function frequency(value: number, mask: number): number {
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) if ((byte & mask) === value) sum += FREQUENCIES[byte]!;
  return sum;
}

/** How common each byte is in memory, by estimate. */
const FREQUENCIES: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0) return 1000;
  if (byte === 0xff) return 100;
  if (byte === 0x20) return 60;
  const letter = "etaoinsrhldcum/.0".indexOf(String.fromCharCode(byte));
  if (letter >= 0) return 50 - letter;
  if (byte < 0x10 || byte === 0x7f || byte === 0x55) return 30;
  return byte < 0x80 ? 20 : 8;
});

/** Finds an expression. */
class ExpressionMatcher implements Matcher {
  readonly #automaton: Automaton;
  readonly #threads: Threads;
  /** Where the bytes begin, as long as that is in memory. */
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
