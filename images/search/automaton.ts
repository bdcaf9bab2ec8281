/**
 * Finds the ends of matches of an expression in time proportional to the bytes.
 *
 * The states of the automaton are sets of steps of the program. They are created on demand, and
 * dropped when there are too many.
 *
 * @module
 */

import { type ByteSet, lookupTables, rangeSet, sizeOf, union } from "./byte_set.ts";
import type { Kernel } from "./kernel.ts";
import { MaskedBytes, maskOf } from "./masked_bytes.ts";
import { Follower, Side, SIDES } from "./places.ts";
import type { Program } from "./program.ts";

/** Flags of table entries; see `kernel.wat`. */
const Entry = { UNKNOWN: 1, MATCH: 2, START: 8 } as const;

/** Size of the table of states in bytes. */
const TABLE_SIZE = 1 << 20;

/** Number of bytes at the beginning of a match that tables look for. */
const LOOKED_FOR = 3;

/** Number of bytes at the beginning of a match that masks look for, which is faster. */
const MASKED = 8;

/** If masks fit at more than this share of all offsets, tables find fewer. */
const TOO_MANY = 1 / 500;

/** If beginnings fit at more than this share of all offsets, the automaton is as fast. */
const TOO_COMMON = 0.1;

/** The steps that are possible at one offset. */
interface State {
  /** Indexes, in ascending order, of the steps that follow the last byte. */
  readonly steps: readonly number[];
  /** The {@link Side} before the offset. */
  readonly before: number;
  /** Address of its row in the table. */
  readonly row: number;
}

/** An automaton; the bytes that it reads are in the kernel's memory. */
export class Automaton {
  readonly #follower: Follower;
  readonly #classOf: Uint8Array;
  /** A representative byte of each class. */
  readonly #bytes: readonly number[];
  readonly #classes: number;
  readonly #table: number;
  /** Tables of the first bytes of a match, or 0. */
  readonly #beginnings: number;
  /** The first bytes of a match, if they are rare. */
  readonly #prefix: MaskedBytes | undefined;
  readonly #rowSize: number;
  readonly #states = new Map<string, State>();
  readonly #byRow = new Map<number, State>();
  #state: State;

  constructor(readonly program: Program, readonly kernel: Kernel) {
    this.#follower = new Follower(program.steps);
    this.#classOf = classesOf(program);
    const count = Math.max(...this.#classOf) + 1;
    this.#bytes = Array.from({ length: count }, (_, i) => this.#classOf.indexOf(i));
    this.#rowSize = count * 4 + 15 & ~15;
    this.#classes = kernel.allocate(512);
    this.#table = kernel.allocate(TABLE_SIZE);
    const sets = beginnings(program);
    this.#prefix = prefixOf(sets, kernel);
    const tables = beginningTables(sets.slice(0, LOOKED_FOR));
    this.#beginnings = tables === undefined ? 0 : kernel.allocate(tables.length);
    const classes = new Uint16Array(kernel.bytes.buffer, this.#classes, 256);
    for (let byte = 0; byte < 256; byte++) classes[byte] = this.#classOf[byte]! * 4;
    if (tables !== undefined) kernel.bytes.set(tables, this.#beginnings);
    this.#state = this.#stateOf([0], Side.BORDER);
  }

  /** Restarts at an offset. */
  begin(pos: number, before: number): void {
    const { loops } = this.kernel;
    this.#state = this.#stateOf([0], this.program.hasAssertions ? before : Side.OTHER);
    loops.row.value = this.#state.row;
    loops.pos.value = pos;
    loops.open.value = pos;
  }

  /** Address before which no unreported match begins. */
  get open(): number {
    return this.kernel.loops.open.value;
  }

  /** The bytes were moved in memory by this number of bytes. */
  move(by: number): void {
    const { loops } = this.kernel;
    loops.pos.value += by;
    loops.open.value += by;
  }

  /** Reads bytes up to `end`; returns the end of a match, or -1. */
  run(end: number): number {
    const { kernel: { loops, bytes } } = this;
    const { length = 0, values = 0, masks = 0, first = 0, second = 0 } = this.#prefix ?? {};
    for (;;) {
      const flags = loops.automaton(
        this.#classes,
        this.#beginnings,
        end,
        length,
        values,
        masks,
        first,
        second,
      );
      if (flags === 0) return -1;
      if ((flags & Entry.UNKNOWN) === 0) return loops.pos.value;
      const state = this.#byRow.get(loops.row.value)!;
      this.#learn(state, this.#classOf[bytes[loops.pos.value]!]!);
    }
  }

  /** Whether a match ends at the end of the run. */
  endsInMatch(): boolean {
    const { steps, before } = this.#byRow.get(this.kernel.loops.row.value)!;
    return this.#follow(steps, before, Side.BORDER).isMatch;
  }

  /** Computes the successor of a state for a class of bytes. */
  #learn(state: State, number: number): void {
    const byte = this.#bytes[number]!;
    const after = SIDES[byte]!;
    const { isMatch, takers } = this.#follow(state.steps, state.before, after);
    let entry: number = Entry.MATCH;
    let row = state.row;
    if (!isMatch) {
      const steps = takers.filter(({ set }) => set[byte] === 1).map(({ index }) => index + 1);
      const sorted = [...new Set([0, ...steps])].sort((a, b) => a - b);
      const before = this.program.hasAssertions ? after : Side.OTHER;
      if (this.#isFull) row = this.#forgetAllBut(state).row;
      const next = this.#stateOf(sorted, before);
      entry = next.row | (sorted.length === 1 ? Entry.START : 0);
    }
    this.#words[row + 4 * number >> 2] = entry;
    this.kernel.loops.row.value = row;
  }

  /** The steps that are reached without a byte. */
  #follow(steps: readonly number[], before: number, after: number): {
    isMatch: boolean;
    takers: Array<{ set: ByteSet; index: number }>;
  } {
    const takers: Array<{ set: ByteSet; index: number }> = [];
    const visit = (step: Program["steps"][number], index: number) => {
      if (step.kind === "set") takers.push({ set: step.set, index });
      return step.kind === "match";
    };
    this.#follower.begin();
    const isMatch = steps.some((step) => this.#follower.from(step, before, after, visit));
    return { isMatch, takers };
  }

  get #words(): Uint32Array {
    return new Uint32Array(this.kernel.bytes.buffer);
  }

  /** Whether there may be no room for another state. */
  get #isFull(): boolean {
    return (this.#states.size + 1) * this.#rowSize > TABLE_SIZE;
  }

  #forgetAllBut({ steps, before }: State): State {
    this.#states.clear();
    this.#byRow.clear();
    return this.#stateOf(steps, before);
  }

  #stateOf(steps: readonly number[], before: number): State {
    const key = `${before}:${steps.join(",")}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#isFull) {
      this.#states.clear();
      this.#byRow.clear();
    }
    const row = this.#table + this.#states.size * this.#rowSize;
    this.#words.fill(Entry.UNKNOWN, row >> 2, row + this.#rowSize >> 2);
    const state = { steps, before, row };
    this.#states.set(key, state);
    this.#byRow.set(row, state);
    return state;
  }
}

/** Tables of the first bytes of a match; undefined if they would fit at too many offsets. */
function beginningTables(sets: readonly ByteSet[]): Uint8Array | undefined {
  const share = sets.reduce((product, set) => product * sizeOf(set) / 256, 1);
  if (share > TOO_COMMON) return undefined;
  const tables = new Uint8Array(32 * LOOKED_FOR);
  for (const [i, set] of sets.entries()) tables.set(lookupTables(set), 32 * i);
  return tables;
}

/** Masks of the first bytes of a match; undefined if they would fit at too many offsets. */
function prefixOf(sets: readonly ByteSet[], kernel: Kernel): MaskedBytes | undefined {
  const masked = sets.map(maskOf);
  while (masked.at(-1)?.mask === 0) masked.pop();
  if (masked.length < 2) return undefined;
  const values = Uint8Array.from(masked, ({ value }) => value);
  const masks = Uint8Array.from(masked, ({ mask }) => mask);
  const prefix = new MaskedBytes(values, masks, kernel);
  return prefix.share < TOO_MANY ? prefix : undefined;
}

/** The class of each byte: no step or assertion distinguishes the bytes of a class. */
function classesOf({ steps, hasAssertions }: Program): Uint8Array {
  const sets = new Set<ByteSet>();
  for (const step of steps) if (step.kind === "set") sets.add(step.set);
  const classes = new Uint8Array(256);
  const divide = (numberOf: (byte: number) => number) => {
    const known = new Map<number, number>();
    for (let byte = 0; byte < 256; byte++) {
      const key = classes[byte]! * 256 + numberOf(byte);
      if (!known.has(key)) known.set(key, known.size);
      classes[byte] = known.get(key)!;
    }
  };
  if (hasAssertions) divide((byte) => SIDES[byte]!);
  for (const set of sets) divide((byte) => set[byte]!);
  return classes;
}

/** The sets of bytes with which a match can begin. */
function beginnings({ steps }: Program): ByteSet[] {
  const sets: ByteSet[] = [];
  let reached = [0];
  for (let place = 0; place < MASKED; place++) {
    const { takers, isMatch } = reachedFrom(steps, reached);
    const any = isMatch || sets.at(-1)?.every((has) => has === 1);
    sets.push(any ? rangeSet(0, 255) : takers.map(({ set }) => set).reduce(union, NONE));
    reached = takers.map(({ index }) => index + 1);
  }
  return sets;
}

const NONE: ByteSet = new Uint8Array(256);

/** The steps that are reached without a byte at some offset. */
function reachedFrom(steps: Program["steps"], from: readonly number[]): {
  isMatch: boolean;
  takers: Array<{ set: ByteSet; index: number }>;
} {
  const takers: Array<{ set: ByteSet; index: number }> = [];
  const seen = new Set<number>();
  const stack = [...from];
  let isMatch = false;
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const step = steps[index]!;
    if (step.kind === "split") stack.push(step.first, step.second);
    else if (step.kind === "jump") stack.push(step.to);
    else if (step.kind === "assert") stack.push(index + 1);
    else if (step.kind === "set") takers.push({ set: step.set, index });
    else isMatch = true;
  }
  return { isMatch, takers };
}
