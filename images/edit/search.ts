/**
 * The state of a path that is being followed: the entries and items that it selects, and why it
 * matched nothing.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { isExact } from "../bytes/glob.ts";
import type { MessageTable } from "../codec/table.ts";
import { CritError } from "../errors.ts";
import { NoSuchField } from "./field_name.ts";
import { type Condition, type EditTarget, type Which, whichText } from "./path.ts";
import { type ResolvedStep, resolveSteps } from "./resolve.ts";
import { Selection } from "./select.ts";

/** Why a path led nowhere; the reason that was found deepest in it counts. */
interface Miss {
  readonly depth: number;
  readonly reason: string;
  readonly hint?: string;
}

/** A message's bytes, somewhere in a buffer. */
export interface WireRange {
  readonly table: MessageTable;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** A path with its matches so far. */
export class Search {
  /** How many places it has led to, over all images. */
  matches = 0;
  /** How many images it has been tried on. */
  images = 0;
  readonly #selections = new Map<Condition, Selection>();
  /** Selections whose field was found. */
  readonly #looked = new Set<Which>();
  readonly #resolved = new Map<MessageTable, Map<number, readonly ResolvedStep[]>>();
  #order: ByteOrder = "little";
  #miss: Miss | undefined;

  constructor(
    /** As the user gave it. */
    readonly text: string,
    readonly target: EditTarget,
  ) {}

  /** Byte order of the image, in which values are encoded for comparison. */
  get byteOrder(): ByteOrder {
    return this.#order;
  }

  set byteOrder(order: ByteOrder) {
    if (order === this.#order) return;
    this.#order = order;
    this.#selections.clear();
  }

  /** Whether it names a single image, in which it must match. */
  get isExact(): boolean {
    const { files } = this.target;
    return files === undefined || isExact(files);
  }

  /** Whether it counts entries from the end, and needs their number. */
  get countsFromEnd(): boolean {
    const { entries } = this.target;
    return entries.kind === "index" && entries.index < 0;
  }

  /**
   * Returns its steps in a kind of message.
   *
   * @param from index of the first step
   * @throws {NoSuchField} when there is no such field
   * @throws {CritError} `data` when the path does not fit the fields
   */
  steps(table: MessageTable, from: number): readonly ResolvedStep[] {
    const known = this.#resolved.get(table) ?? new Map<number, readonly ResolvedStep[]>();
    this.#resolved.set(table, known);
    const steps = known.get(from) ?? resolveSteps(table, this.target.steps.slice(from));
    known.set(from, steps);
    return steps;
  }

  /**
   * Whether it selects an item of a list.
   *
   * @param index index of the item
   * @param count number of items
   * @param message the item as a message, if it is one
   * @throws {CritError} `data` if a condition has an impossible value
   */
  takes(
    which: Which,
    index: number,
    count: number,
    message: (() => WireRange) | undefined,
  ): boolean {
    switch (which.kind) {
      case "all":
        return true;
      case "append":
        return false;
      case "index":
        return which.index === index || which.index + count === index;
      case "where": {
        if (message === undefined) return false;
        const { table, bytes, from, to } = message();
        const found = which.conditions.every((condition) =>
          this.selection(condition).matches(table, bytes, from, to)
        );
        this.#looked.add(which);
        return found;
      }
    }
  }

  /** The selection of a condition. */
  selection(condition: Condition): Selection {
    const known = this.#selections.get(condition);
    if (known !== undefined) return known;
    const made = new Selection(condition, this.#order);
    this.#selections.set(condition, made);
    return made;
  }

  /** Notes why the path matched nothing in one place. */
  missed(depth: number, reason: string, hint?: string): void {
    if (this.#miss === undefined || depth > this.#miss.depth) this.#miss = { depth, reason, hint };
  }

  /** Runs `work`; that a field is not known there is a miss like any other. */
  attempt<T>(depth: number, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NoSuchField)) throw error;
      // Where one message does not know the field and another does, the other says more.
      this.missed(depth + error.steps - 0.5, error.reason, error.hint);
      return undefined;
    }
  }

  /** Notes that no item was selected. */
  missedItem(depth: number, which: Which, count: number, noun: string): void {
    if (which.kind !== "where") {
      const several = noun === "entry" ? "entries" : `${noun}s`;
      const there = count === 1 ? `1 ${noun}` : `${count === 0 ? "no" : count} ${several}`;
      this.missed(depth, `there is no ${whichText(which)}: it has ${there}`);
    } else if (count === 0 || this.#looked.has(which)) {
      const wanted = whichText(which).slice(1, -1).replaceAll("][", " and ");
      this.missed(depth, `no ${noun} has ${wanted}`);
    }
  }

  /** The error for a path that has matched nothing. */
  nothing(): CritError {
    const { reason, hint } = this.#miss ?? { reason: "there is nothing like it" };
    return new CritError("data", `${this.text} matches nothing: ${reason}`, {}, hint);
  }
}
