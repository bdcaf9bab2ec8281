/**
 * Finds the beginning and end of a match, as Perl would: the leftmost one, and of several the one
 * that the expression prefers.
 *
 * @module
 */

import { Follower, Side, SIDES } from "./places.ts";
import type { Program } from "./program.ts";

/** A match, by addresses. */
export interface FoundRange {
  readonly from: number;
  readonly to: number;
}

/** Start of a search. */
export interface SearchStart {
  /** Address of the first byte. */
  readonly from: number;
  /** The {@link Side} before it. */
  readonly before: number;
}

/** Follows all paths through a program at once, in time proportional to bytes and steps. */
export class Threads {
  readonly #follower: Follower;
  /** Current steps in order of preference, with the beginning of the match for each. */
  #steps: number[] = [];
  #begins: number[] = [];
  #found: FoundRange | undefined;
  #at = 0;
  #side = 0;

  constructor(readonly program: Program) {
    this.#follower = new Follower(program.steps);
  }

  /** Starts to search for the first match at or after an address. */
  begin({ from, before }: SearchStart): void {
    this.#steps = [];
    this.#begins = [];
    this.#found = undefined;
    this.#at = from;
    this.#side = before;
  }

  /** The bytes were moved in memory by this number of bytes. */
  move(by: number): void {
    this.#at += by;
    this.#begins = this.#begins.map((begin) => begin + by);
    const found = this.#found;
    if (found !== undefined) this.#found = { from: found.from + by, to: found.to + by };
  }

  /**
   * Continues the search; returns the match once it is certain.
   *
   * @param end address after the last known byte
   * @param isLast whether no more bytes follow; otherwise a match that could be longer is `more`
   */
  find(bytes: Uint8Array, end: number, isLast: boolean): FoundRange | undefined | "more" {
    for (;; this.#at++) {
      if (this.#found !== undefined && this.#steps.length === 0) return this.#found;
      const isEnd = this.#at >= end;
      if (isEnd && !isLast) return "more";
      const after = isEnd ? Side.BORDER : SIDES[bytes[this.#at]!]!;
      this.#step(bytes[this.#at]!, after);
      if (isEnd) return this.#found;
      this.#side = after;
    }
  }

  /** Takes one byte. */
  #step(byte: number, after: number): void {
    const steps = this.#steps;
    const begins = this.#begins;
    const at = this.#at;
    if (this.#found === undefined) {
      steps.push(0);
      begins.push(at);
    }
    const nextSteps: number[] = [];
    const nextBegins: number[] = [];
    let begin = 0;
    const visit = (step: Program["steps"][number], index: number) => {
      if (step.kind === "match") this.#found = { from: begin, to: at };
      else if (step.kind === "set" && after !== Side.BORDER && step.set[byte] === 1) {
        nextSteps.push(index + 1);
        nextBegins.push(begin);
      }
      // Drops everything that is less preferred than a match.
      return step.kind === "match";
    };
    this.#follower.begin();
    for (let i = 0; i < steps.length; i++) {
      begin = begins[i]!;
      if (this.#follower.from(steps[i]!, this.#side, after, visit)) break;
    }
    this.#steps = nextSteps;
    this.#begins = nextBegins;
  }
}
