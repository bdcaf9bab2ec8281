/**
 * Extents of memory: runs of bytes that have one origin.
 *
 * @module
 */

import { PAGES } from "../kernel/memory.ts";
import type { DumpImages } from "./images.ts";
import { firstRangeAfter, type PageMap } from "./page_map.ts";

/** The origin of the bytes of a run of memory. */
export type Origin =
  /** In a file of a dump, from a byte offset on. */
  | {
    readonly kind: "image";
    readonly dump: DumpImages;
    readonly name: string;
    readonly offset: number;
  }
  /** Nowhere: they are zero. */
  | { readonly kind: "zeros" }
  /** In the file that the area maps: id of a REG file, and a byte offset there. */
  | { readonly kind: "file"; readonly id: number; readonly offset: number }
  /** Nowhere: whoever restores the dump makes them anew, as vvar and vsyscall. */
  | { readonly kind: "kernel" }
  /** On the machine of the dump: they were to be fetched later. */
  | { readonly kind: "lazy" }
  /** They ought to be in the dump, or in a missing parent dump, and are not. */
  | { readonly kind: "lost"; readonly needsParent?: boolean };

/** A run of memory; `at` is its offset in the requested span. All in bytes. */
export type Extent = Origin & { readonly at: number; readonly length: number };

/** A part of memory by its addresses (in shared memory: offsets), in bytes. */
export interface Span {
  /** First byte. */
  readonly from: number;
  /** After the last byte. */
  readonly to: number;
}

/** Returns extents for a gap between ranges of a page map; `at` counts from `span.from`. */
export type FillGap = (span: Span) => Iterable<Extent>;

/** A page map with the data to find the bytes of its ranges. */
export interface PageStore {
  readonly dump: DumpImages;
  /** File name of the page map. */
  readonly name: string;
  /** In bytes. */
  readonly pageSize: number;
  /** Whether the dump is a parent, whose lost pages matter only if they are read. */
  readonly isParent?: boolean;
}

/**
 * The extents of a span of memory, in ascending order and without gaps.
 *
 * Ranges in the parent dump are looked up in its page map of the same name, and so on.
 */
export function extentsOf(store: PageStore, span: Span, fillGap: FillGap): Iterable<Extent> {
  if (span.from >= span.to) return [];
  const { dump, name, pageSize } = store;
  const map = dump.pageMap(name);
  const first = firstRangeAfter(map, span.from, pageSize);
  if (first === map.count || map.addresses[first]! >= span.to) return fillGap(span);
  const end = map.addresses[first]! + map.lengths[first]! * pageSize;
  if (map.addresses[first]! <= span.from && span.to <= end) {
    return rangeExtents(store, map, first, span, availablePages(store, map));
  }
  return severalExtents(store, map, first, span, fillGap);
}

/**
 * What a span is made of that lies neither inside one range nor in a gap between two.
 *
 * @param first index of the first range that ends in the span or after it
 */
function* severalExtents(
  store: PageStore,
  map: PageMap,
  first: number,
  span: Span,
  fillGap: FillGap,
): Generator<Extent> {
  const { pageSize } = store;
  const available = availablePages(store, map);
  let done = span.from;
  for (let i = first, next = i; i < map.count; i = next) {
    const begin = map.addresses[i]!;
    if (begin >= span.to) break;
    next = rangesAsOne(map, i, span.to, pageSize);
    const end = map.addresses[next - 1]! + map.lengths[next - 1]! * pageSize;
    const from = Math.max(begin, done);
    const to = Math.min(end, span.to);
    if (from >= to) continue;
    if (from > done) yield* moved(fillGap({ from: done, to: from }), done - span.from);
    const range = rangeExtents(store, map, i, { from, to }, available, from - span.from);
    // Most ranges are one extent; there may be millions.
    if (Array.isArray(range)) { for (const extent of range) yield extent; }
    else yield* range;
    done = to;
  }
  if (done < span.to) yield* moved(fillGap({ from: done, to: span.to }), done - span.from);
}

/**
 * Index after the ranges from `index` on that each go on where the last one ends, in memory and in
 * the pages' file; those from the address `to` on are not looked at.
 */
function rangesAsOne(map: PageMap, index: number, to: number, pageSize: number): number {
  const { addresses, lengths, flags, stored, count } = map;
  for (let next = index + 1; next < count; next++) {
    const last = next - 1;
    const length = lengths[last]!;
    const goesOn = addresses[next]! < to &&
      addresses[next] === addresses[last]! + length * pageSize && flags[next] === flags[last] &&
      ((flags[last]! & PAGES.PRESENT) === 0 || stored[next] === stored[last]! + length);
    if (!goesOn) return next;
  }
  return count;
}

/**
 * What a span inside a range, or several that are as one, is made of.
 *
 * @param at place of the first extent
 */
function rangeExtents(
  store: PageStore,
  map: PageMap,
  index: number,
  span: Span,
  available: number,
  at = 0,
): Iterable<Extent> {
  const { dump, name, pageSize } = store;
  const length = span.to - span.from;
  const flags = map.flags[index]!;
  if ((flags & PAGES.PARENT) !== 0) {
    const { parent } = dump;
    if (parent === undefined) return [{ kind: "lost", needsParent: true, at, length }];
    const further: PageStore = { dump: parent, name, pageSize, isParent: true };
    return moved(extentsOf(further, span, lostGap), at);
  }
  if ((flags & PAGES.PRESENT) !== 0) {
    const offset = map.stored[index]! * pageSize + (span.from - map.addresses[index]!);
    const there = Math.min(length, Math.max(0, available - offset));
    const pages: Extent = {
      kind: "image",
      dump,
      name: pagesName(map),
      offset,
      at,
      length: there,
    };
    if (there === length) return [pages];
    noteShortness(store, map);
    const lost: Extent = { kind: "lost", at: at + there, length: length - there };
    return there > 0 ? [pages, lost] : [lost];
  }
  return [{ kind: (flags & PAGES.LAZY) !== 0 ? "lazy" : "lost", at, length }];
}

/** File name of the pages of a page map. */
export function pagesName({ pagesId }: PageMap): string {
  return `pages-${pagesId}.img`;
}

/** How many bytes the pages' file has. */
function availablePages(store: PageStore, map: PageMap): number {
  if (map.storedPages === 0 || map.pagesId === undefined) return 0;
  if (store.isParent !== true) return noteShortness(store, map);
  return store.dump.sizeOf(pagesName(map)) ?? 0;
}

/** How many bytes the pages' file has, whose shortness is a fault of the dump. */
function noteShortness({ dump, pageSize }: PageStore, map: PageMap): number {
  return dump.pagesSize(pagesName(map), map.storedPages * pageSize);
}

function lostGap({ from, to }: Span): Extent[] {
  return [{ kind: "lost", at: 0, length: to - from }];
}

/** Extents with their places counted from `by` bytes earlier. */
function moved(extents: Iterable<Extent>, by: number): Iterable<Extent> {
  if (by === 0) return extents;
  return Array.isArray(extents)
    ? extents.map((extent: Extent) => ({ ...extent, at: extent.at + by }))
    : movedBy(extents, by);
}

function* movedBy(extents: Iterable<Extent>, by: number): Generator<Extent> {
  for (const extent of extents) yield { ...extent, at: extent.at + by };
}

/** The part of an extent from `from` up to `to`, in bytes from its own beginning. */
export function cutExtent(extent: Extent, from: number, to: number): Extent {
  const part = { ...extent, at: extent.at + from, length: to - from };
  if (part.kind === "image" || part.kind === "file") {
    return { ...part, offset: part.offset + from };
  }
  return part;
}

/** Whether the bytes of an extent are in the dump or are zeros. */
export function isKnown({ kind }: Extent): boolean {
  return kind === "image" || kind === "zeros";
}

/**
 * Reads known bytes of an extent from offset `from` on and returns their number: at most the room,
 * and 0 if the dump does not have them.
 */
export function readExtent(extent: Extent, from: number, into: Uint8Array): number {
  const count = Math.min(extent.length - from, into.length);
  if (extent.kind === "zeros") into.fill(0, 0, count);
  else if (extent.kind === "image") {
    return extent.dump.read(extent.name, extent.offset + from, into.subarray(0, count));
  } else return 0;
  return count;
}
