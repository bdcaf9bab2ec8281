/** Compiles an expression to a program for an automaton. @module */

import { CritError } from "../errors.ts";
import type { ByteSet } from "./byte_set.ts";
import type { Assertion, PatternNode } from "./syntax.ts";

/** A step of a program; steps have indexes. */
export type Instruction =
  /** Takes a byte of a set and continues at the next step. */
  | { readonly kind: "set"; readonly set: ByteSet }
  /** Continues at both steps, and prefers the first. */
  | { readonly kind: "split"; readonly first: number; readonly second: number }
  | { readonly kind: "jump"; readonly to: number }
  /** Continues at the next step if the assertion holds. */
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "match" };

/** Most steps of a program, and most parts of an expression. */
const MOST_STEPS = 20_000;

/** A program; it begins at step 0. */
export interface Program {
  readonly steps: readonly Instruction[];
  /** Whether it has assertions. */
  readonly hasAssertions: boolean;
}

/**
 * Compiles an expression.
 *
 * @throws {CritError} `unsupported` if it is too long, `usage` if it matches the empty string
 */
export function compile(node: PatternNode, text: string): Program {
  if (shortest(node) === 0) {
    throw new CritError("usage", `the expression ${text} matches nothing at all, everywhere`);
  }
  const steps: Instruction[] = [];
  const compiler = new Compiler(steps, text);
  compiler.add(node);
  compiler.push({ kind: "match" });
  return { steps, hasAssertions: steps.some(({ kind }) => kind === "assert") };
}

/** Length of the shortest match. */
function shortest(node: PatternNode): number {
  switch (node.kind) {
    case "set":
      return 1;
    case "sequence":
      return node.parts.reduce((sum, part) => sum + shortest(part), 0);
    case "choice":
      return Math.min(...node.options.map(shortest));
    case "repeat":
      return node.min * shortest(node.part);
    case "assert":
      return 0;
  }
}

/** Appends the steps of expressions. */
class Compiler {
  /** Number of parts added, including those without a step. */
  #added = 0;

  constructor(readonly steps: Instruction[], readonly text: string) {}

  push(step: Instruction): number {
    this.#limit(this.steps.length);
    return this.steps.push(step) - 1;
  }

  add(node: PatternNode): void {
    this.#limit(this.#added++);
    switch (node.kind) {
      case "set":
        this.push(node);
        break;
      case "assert":
        this.push(node);
        break;
      case "sequence":
        for (const part of node.parts) this.add(part);
        break;
      case "choice":
        this.#addChoice(node.options);
        break;
      case "repeat":
        this.#addRepeat(node);
    }
  }

  #limit(count: number): void {
    if (count < MOST_STEPS) return;
    throw new CritError("unsupported", `the expression ${this.text} is too long`);
  }

  #addChoice(options: readonly PatternNode[]): void {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const split = isLast ? -1 : this.push({ kind: "match" });
      this.add(option);
      if (isLast) break;
      ends.push(this.push({ kind: "match" }));
      this.steps[split] = { kind: "split", first: split + 1, second: this.steps.length };
    }
    for (const end of ends) this.steps[end] = { kind: "jump", to: this.steps.length };
  }

  #addRepeat({ part, min, max, isLazy }: PatternNode & { kind: "repeat" }): void {
    for (let i = 0; i < min; i++) this.add(part);
    if (max === Infinity) {
      const split = this.push({ kind: "match" });
      this.add(part);
      this.push({ kind: "jump", to: split });
      this.#split(split, isLazy);
      return;
    }
    const splits: number[] = [];
    for (let i = min; i < max; i++) {
      splits.push(this.push({ kind: "match" }));
      this.add(part);
    }
    for (const split of splits) this.#split(split, isLazy);
  }

  /** Makes a step continue at the next one or at the current end of the program. */
  #split(at: number, isLazy: boolean): void {
    const after = this.steps.length;
    this.steps[at] = isLazy
      ? { kind: "split", first: after, second: at + 1 }
      : { kind: "split", first: at + 1, second: after };
  }
}
