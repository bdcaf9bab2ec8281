/** Assertions between bytes, for expressions. @module */

import type { Instruction } from "./program.ts";
import { type Assertion, WORD } from "./syntax.ts";

/** One side of an offset: the border of a run, the end of a line, or a byte of a word. */
export const Side = { BORDER: 0, LINE: 1, WORD: 2, OTHER: 3 } as const;

/**
 * The {@link Side} of each byte. A zero ends a line like a newline, because it ends strings in
 * memory.
 */
export const SIDES: Uint8Array = Uint8Array.from(
  WORD,
  (isWord, byte) => byte === 10 || byte === 0 ? Side.LINE : isWord === 1 ? Side.WORD : Side.OTHER,
);

/** Whether an assertion holds between two sides. */
export function isPlace(what: Assertion, before: number, after: number): boolean {
  switch (what) {
    case "run start":
      return before === Side.BORDER;
    case "run end":
      return after === Side.BORDER;
    case "line start":
      return before <= Side.LINE;
    case "line end":
      return after <= Side.LINE;
    case "word":
      return (before === Side.WORD) !== (after === Side.WORD);
    case "no word":
      return (before === Side.WORD) === (after === Side.WORD);
  }
}

/**
 * Follows the steps that take no byte.
 *
 * @param visit receives each step that takes a byte or is a match, in order of preference; returns
 * true to stop
 */
export class Follower {
  readonly #seen: Uint32Array;
  #round = 0;
  readonly #stack: number[] = [];

  constructor(readonly steps: readonly Instruction[]) {
    this.#seen = new Uint32Array(steps.length);
  }

  /** Forgets the steps that were reached. */
  begin(): void {
    this.#round++;
  }

  /** Follows the steps from one on, except those reached since {@link Follower.begin}. */
  from(
    start: number,
    before: number,
    after: number,
    visit: (step: Instruction, index: number) => boolean,
  ): boolean {
    const stack = this.#stack;
    stack.length = 0;
    stack.push(start);
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (this.#seen[index] === this.#round) continue;
      this.#seen[index] = this.#round;
      const step = this.steps[index]!;
      if (step.kind === "split") stack.push(step.second, step.first);
      else if (step.kind === "jump") stack.push(step.to);
      else if (step.kind === "assert") {
        if (isPlace(step.what, before, after)) stack.push(index + 1);
      } else if (visit(step, index)) return true;
    }
    return false;
  }
}
