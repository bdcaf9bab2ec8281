/**
 * Which pages of memory are not the same in two dumps.
 *
 * @module
 */

import { cutExtent, type Extent, readExtent, type Span } from "../dump/extent.ts";
import { mismatch } from "./bytes.ts";
import type { Memory } from "./memory.ts";

/**
 * Where a page's bytes are, as far as it matters: `dump` when the dump tells them, `file` in the
 * mapped file, `kernel` made anew on restoring, `lazy` left on the machine, `lost` missing from
 * the dump, `nowhere` when there is no such memory.
 */
export type PagePlace = "dump" | "file" | "kernel" | "lazy" | "lost" | "nowhere";

/** A range of pages that are not the same. */
export interface PageChange {
  /** Address of the first byte; in shared memory its offset. */
  readonly start: number;
  /** Address after the last byte. */
  readonly end: number;
  /** Where the first side has them. */
  readonly a: PagePlace;
  /** Where the second side has them. */
  readonly b: PagePlace;
}

/** Bytes that are compared at a time: a multiple of any page size. */
const CHUNK = 1 << 20;

/** Tells whether two mapped files, by the id that each dump gives them, are the same. */
export type IsSameFile = (a: number, b: number) => boolean;

/** How many pages of either side are holes that were punched into its dump's files. */
export interface HoleCounts {
  /** Of the first side. */
  a: number;
  /** Of the second side. */
  b: number;
}

/** Tells how many pages of an extent are holes that were punched, by the side that it is of. */
export type CountHoles = Readonly<Record<"a" | "b", (extent: Extent) => number>>;

/** Compares two memories page by page; ranges that touch and are alike become one. */
export class PageComparison {
  readonly #bytesA = new Uint8Array(CHUNK);
  readonly #bytesB = new Uint8Array(CHUNK);
  /** Pages that would differ, if one side had not lost them. */
  readonly holes: HoleCounts = { a: 0, b: 0 };

  constructor(readonly isSameFile: IsSameFile, readonly countHoles: CountHoles) {}

  /**
   * The ranges that differ, in ascending order.
   *
   * @throws {CritError} when a file with pages cannot be read
   */
  *changes(a: Memory, b: Memory): Generator<PageChange> {
    const pageSize = Math.min(a.pageSize, b.pageSize);
    let last: PageChange | undefined;
    for (const change of this.#all(a, b, pageSize)) {
      if (last?.end === change.start && last.a === change.a && last.b === change.b) {
        last = { ...last, end: change.end };
        continue;
      }
      if (last !== undefined) yield last;
      last = change;
    }
    if (last !== undefined) yield last;
  }

  *#all(a: Memory, b: Memory, pageSize: number): Generator<PageChange> {
    for (const { part, indexA, indexB } of partsOf(a.spans, b.spans)) {
      if (indexA === undefined) yield* onlyThere(b.extents(indexB!, part), part, "b");
      else if (indexB === undefined) yield* onlyThere(a.extents(indexA, part), part, "a");
      else {
        const pairs = pairedExtents(a.extents(indexA, part), b.extents(indexB, part));
        for (const [before, after] of pairs) {
          yield* this.#compare(before, after, part.from, pageSize);
        }
      }
    }
  }

  /** Compares two extents of the same length at the same place. */
  *#compare(a: Extent, b: Extent, base: number, pageSize: number): Generator<PageChange> {
    const start = base + a.at;
    const [placeA, placeB] = [placeOf(a), placeOf(b)];
    if (placeA !== placeB) {
      yield { start, end: start + a.length, a: placeA, b: placeB };
    } else if (placeA === "file") {
      if (!this.#isSameOfFile(a, b)) {
        yield { start, end: start + a.length, a: placeA, b: placeB };
      }
    } else if (placeA === "dump" && !isSameOrigin(a, b)) {
      yield* this.#compareBytes(a, b, start, pageSize);
    }
  }

  #isSameOfFile(a: Extent, b: Extent): boolean {
    return a.kind === "file" && b.kind === "file" && a.offset === b.offset &&
      this.isSameFile(a.id, b.id);
  }

  /** Whether one side has a hole in place of a page; counts it. */
  #isLost(a: Extent, b: Extent, from: number, to: number): boolean {
    const isHoleA = this.countHoles.a(cutExtent(a, from, to)) > 0;
    const isHoleB = !isHoleA && this.countHoles.b(cutExtent(b, from, to)) > 0;
    if (isHoleA) this.holes.a++;
    if (isHoleB) this.holes.b++;
    return isHoleA || isHoleB;
  }

  *#compareBytes(a: Extent, b: Extent, start: number, pageSize: number): Generator<PageChange> {
    const [bytesA, bytesB] = [this.#bytesA, this.#bytesB];
    for (let done = 0; done < a.length; done += CHUNK) {
      const count = Math.min(CHUNK, a.length - done);
      const [readA, readB] = [readExtent(a, done, bytesA), readExtent(b, done, bytesB)];
      // What a file lost since it was opened counts as zeros.
      bytesA.fill(0, readA, count);
      bytesB.fill(0, readB, count);
      for (let at = mismatch(bytesA, bytesB, 0, count); at < count;) {
        const page = at - (at % pageSize);
        const end = Math.min(page + pageSize, count);
        if (!this.#isLost(a, b, done + page, done + end)) {
          yield { start: start + done + page, end: start + done + end, a: "dump", b: "dump" };
        }
        at = mismatch(bytesA, bytesB, end, count);
      }
    }
  }
}

function placeOf({ kind }: Extent): PagePlace {
  return kind === "image" || kind === "zeros" ? "dump" : kind;
}

/** Whether two extents are the same bytes of the same file, or both zero. */
function isSameOrigin(a: Extent, b: Extent): boolean {
  if (a.kind === "zeros") return b.kind === "zeros";
  return a.kind === "image" && b.kind === "image" && a.offset === b.offset && a.name === b.name &&
    a.dump.source.identity === b.dump.source.identity;
}

/** Pages that one side has in its dump, in memory that the other side does not have. */
function* onlyThere(extents: Iterable<Extent>, { from }: Span, side: "a" | "b") {
  for (const { kind, at, length } of extents) {
    if (kind !== "image") continue;
    const range = { start: from + at, end: from + at + length };
    const change: PageChange = side === "a"
      ? { ...range, a: "dump", b: "nowhere" }
      : { ...range, a: "nowhere", b: "dump" };
    yield change;
  }
}

/** A part of the addresses, and the span of each side that it lies in. */
interface Part {
  readonly part: Span;
  readonly indexA: number | undefined;
  readonly indexB: number | undefined;
}

/** Cuts the addresses of both sides wherever a span of either begins or ends. */
function* partsOf(a: readonly Span[], b: readonly Span[]): Generator<Part> {
  let [i, j] = [0, 0];
  let done = -Infinity;
  for (;;) {
    const [spanA, spanB] = [a[i], b[j]];
    if (spanA === undefined && spanB === undefined) return;
    const fromA = Math.max(done, spanA?.from ?? Infinity);
    const fromB = Math.max(done, spanB?.from ?? Infinity);
    const from = Math.min(fromA, fromB);
    const [inA, inB] = [fromA === from, fromB === from];
    const to = Math.min(
      inA ? spanA!.to : fromA,
      inB ? spanB!.to : fromB,
    );
    if (to > from) {
      const part = { from, to };
      yield { part, indexA: inA ? i : undefined, indexB: inB ? j : undefined };
    }
    done = to;
    if (spanA !== undefined && spanA.to <= done) i++;
    if (spanB !== undefined && spanB.to <= done) j++;
  }
}

/** Two rows of extents over the same bytes, cut so that each pair has the same place and length. */
function* pairedExtents(a: Iterable<Extent>, b: Iterable<Extent>): Generator<[Extent, Extent]> {
  const [restA, restB] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  let before = next(restA);
  let after = next(restB);
  while (before !== undefined && after !== undefined) {
    const length = Math.min(before.length, after.length);
    if (length > 0) yield [cutExtent(before, 0, length), cutExtent(after, 0, length)];
    before = length < before.length ? cutExtent(before, length, before.length) : next(restA);
    after = length < after.length ? cutExtent(after, length, after.length) : next(restB);
  }
}

function next(extents: Iterator<Extent>): Extent | undefined {
  const step = extents.next();
  return step.done ? undefined : step.value;
}
