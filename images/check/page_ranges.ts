/**
 * The page maps of a dump, and the spans of memory that they cover.
 *
 * @module
 */

import type { PageMap } from "../dump/page_map.ts";

/** An undamaged page map. */
export interface CheckedPageMap {
  /** Its ranges, sorted. */
  readonly map: PageMap;
  /** In bytes. */
  readonly pageSize: number;
  /** File name of its pages. */
  readonly pages: string;
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

/** Index of the entry of a range; the head is entry 0. */
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
