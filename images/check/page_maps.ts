/**
 * The page maps of a dump, and the spans of memory that they are about.
 *
 * @module
 */

import { pagesName } from "../dump/extent.ts";
import type { PageMap } from "../dump/page_map.ts";
import type { CheckContext } from "./context.ts";

/** A page map that can be used whole. */
export interface CheckedPageMap {
  readonly map: PageMap;
  /** In bytes. */
  readonly pageSize: number;
  /** File name of its pages. */
  readonly pages: string;
}

/** Page sizes that Linux has, in bytes. */
const PAGE_SIZES = [4096, 16384, 65536];

/** All whole page maps of a dump. */
export function pageMapsOf(context: CheckContext): CheckedPageMap[] {
  const found: CheckedPageMap[] = [];
  for (const { name, expected } of context.scans.values()) {
    if (expected.entry !== "pagemap_entry" || !context.isWhole(name)) continue;
    const map = context.dump.pageMap(name);
    if (map.pagesId === undefined || map.error !== undefined) continue;
    const pages = pagesName(map);
    const pageSize = context.pageSize ?? likelyPageSize(map, context.dump.sizeOf(pages));
    found.push({ map, pageSize, pages });
  }
  return found;
}

/** The page size that goes with the size of the pages' file; a pre-dump does not tell it. */
function likelyPageSize({ storedPages }: PageMap, size: number | undefined): number {
  return PAGE_SIZES.find((pageSize) => storedPages * pageSize === size) ?? PAGE_SIZES[0]!;
}

/** First and last address (exclusive) of a span of memory. */
export type Bounds = readonly [from: number, to: number];

/** Spans in ascending order, those that touch or overlap joined. */
export function joined(spans: readonly Bounds[]): Bounds[] {
  const sorted = spans.filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0]);
  const result: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** Bytes of a range: its first and last address (exclusive). */
export function rangeBounds({ map, pageSize }: CheckedPageMap, index: number): Bounds {
  const from = map.addresses[index]!;
  return [from, from + map.lengths[index]! * pageSize];
}

/** Index of the entry that a range stands in: the head is entry 0. */
export function entryOfRange(map: PageMap, index: number): number | undefined {
  // Ranges that had to be sorted are no longer in the order of the image.
  return map.disorder === undefined ? index + 1 : undefined;
}

/** Ranges that `spans`, joined and ascending, do not cover; the ranges must be in order. */
export function* rangesOutside(
  checked: CheckedPageMap,
  spans: readonly Bounds[],
): Generator<number> {
  let at = 0;
  for (let i = 0; i < checked.map.count; i++) {
    const [from, to] = rangeBounds(checked, i);
    while (at < spans.length && spans[at]![1] <= from) at++;
    const span = spans[at];
    if (to > from && (span === undefined || span[0] > from || span[1] < to)) yield i;
  }
}

/** `0x7f0000000000`: an address. */
export function hexAddress(address: number | bigint): string {
  return `0x${address.toString(16)}`;
}
