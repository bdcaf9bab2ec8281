/** Spans of memory: joined, and what they do not cover. */

import assert from "node:assert/strict";
import { type CheckedPageMap, joined, rangesOutside } from "../../../images/check/page_ranges.ts";

const PAGE = 4096;

/** A page map of ranges: first page and how many. */
function mapOf(ranges: readonly (readonly [page: number, pages: number])[]): CheckedPageMap {
  const columns = {
    addresses: Float64Array.from(ranges, ([page]) => page * PAGE),
    lengths: Float64Array.from(ranges, ([, pages]) => pages),
    flags: Uint8Array.from(ranges, () => 4),
    stored: Float64Array.from(ranges, () => 0),
  };
  const map = { name: "pagemap-1.img", pagesId: 1, count: ranges.length, storedPages: 0 };
  const rest = { head: undefined, fields: 0, hasNewCounts: true, error: undefined };
  return { map: { ...map, ...columns, ...rest }, pageSize: PAGE, pages: "pages-1.img" };
}

Deno.test("adjacent and overlapping spans are joined, and empty ones dropped", () => {
  assert.deepEqual(joined([[5, 7], [1, 3], [3, 4], [9, 9], [6, 10], [2, 3]]), [[1, 4], [5, 10]]);
});

Deno.test("a range is outside unless one span has all of it", () => {
  const spans = joined([[10 * PAGE, 20 * PAGE], [30 * PAGE, 31 * PAGE]]);
  const outside = (...ranges: [number, number][]) => [...rangesOutside(mapOf(ranges), spans)];
  assert.deepEqual(outside([10, 10], [30, 1]), []);
  assert.deepEqual(outside([9, 2]), [0], "begins before");
  assert.deepEqual(outside([19, 2]), [0], "ends after");
  assert.deepEqual(outside([12, 1], [19, 12], [30, 2]), [1, 2], "in two, beyond the last");
  assert.deepEqual(outside([1, 1], [25, 1], [40, 1]), [0, 1, 2], "between");
  assert.deepEqual(outside([25, 0]), [], "of no length");
});
