/** Rules about the dumps that an incremental one builds upon. @module */

import { pagesName } from "../../dump/extent.ts";
import type { DumpImages } from "../../dump/images.ts";
import { firstRangeAfter, type PageMap } from "../../dump/page_map.ts";
import { PAGES } from "../../kernel/memory.ts";
import type { CheckContext } from "../context.ts";
import { type Bounds, type CheckedPageMap, entryOfRange, hexAddress } from "../page_ranges.ts";
import { rangeBounds } from "../page_ranges.ts";
import type { Finding, Rule } from "../rule.ts";

const FETCH = "fetch the parent dump and name it with `--parent DIR`, or make a full dump";

/** How many pages of a map are in the parent dump, and the first range that is. */
function inParent({ count, flags, lengths }: PageMap): { pages: number; first: number } {
  let [pages, first] = [0, -1];
  for (let i = 0; i < count; i++) {
    if ((flags[i]! & PAGES.PARENT) === 0) continue;
    pages += lengths[i]!;
    if (first < 0) first = i;
  }
  return { pages, first };
}

/** Why there is no parent dump. */
function whyNoParent({ source, faults }: DumpImages): string {
  if (source.parentLink === undefined) return "there is no link `parent`";
  return faults.find(({ place }) => place.image === "parent")?.reason ?? "it cannot be opened";
}

const parentPresent: Rule = {
  id: "parent-present",
  severity: "error",
  summary: "there is a parent dump where pages are in one",
  explanation: "Pages that had not changed since the dump before are only there.",
  fix: FETCH,
  *check({ dump, pageMaps }) {
    const needy = pageMaps.map(({ map }) => ({ map, ...inParent(map) }))
      .filter(({ pages }) => pages > 0);
    if (needy.length === 0 || dump.parent !== undefined) return;
    for (const { map, pages, first } of needy) {
      const message = `${pages} pages are in the parent dump, and ${whyNoParent(dump)}`;
      yield { image: map.name, entry: entryOfRange(map, first), message };
    }
  },
};

/**
 * Parts of a span that a dump does not have in a page map, nor those that it builds upon.
 * {@link DumpImages.parent} follows no circle, so that this ends.
 */
function* absent(
  dump: DumpImages,
  name: string,
  span: Bounds,
  pageSize: number,
): Generator<Bounds> {
  const map = dump.pageMap(name);
  let [at, end] = span;
  for (let i = firstRangeAfter(map, at, pageSize); i < map.count && at < end; i++) {
    const from = map.addresses[i]!;
    const to = Math.min(from + map.lengths[i]! * pageSize, end);
    if (from >= end) break;
    if (to <= at) continue;
    if (from > at) yield [at, from];
    const begin = Math.max(from, at);
    if ((map.flags[i]! & PAGES.PARENT) !== 0) {
      if (dump.parent === undefined) yield [begin, to];
      else yield* absent(dump.parent, name, [begin, to], pageSize);
    }
    at = to;
  }
  if (at < end) yield [at, end];
}

/**
 * Whether a page map can be used in a dump and in all those that it leads to; what is wrong with
 * one of them is another rule's finding.
 */
function isUsable(dump: DumpImages, name: string): boolean {
  if (!dump.has(name)) return false;
  const map = dump.pageMap(name);
  if (map.error !== undefined) return false;
  if (inParent(map).pages === 0) return true;
  return dump.parent !== undefined && isUsable(dump.parent, name);
}

const parentPages: Rule = {
  id: "parent-pages",
  severity: "error",
  summary: "pages that are in the parent dump are found there",
  explanation: "CRIU looks them up in the parent's page map of the same name, and so on.",
  fix: "the parent is another dump than the one that this builds upon: " + FETCH,
  *check({ dump, pageMaps }) {
    const { parent } = dump;
    if (parent === undefined) return;
    for (const checked of pageMaps) {
      const { map } = checked;
      if (isUsable(parent, map.name)) yield* absentRanges(parent, checked);
    }
  },
};

function* absentRanges(parent: DumpImages, checked: CheckedPageMap): Generator<Finding> {
  const { map, pageSize } = checked;
  // Ranges that overlap are looked up once, or their number would be squared.
  let done = 0;
  for (let i = 0; i < map.count; i++) {
    const [begin, end] = rangeBounds(checked, i);
    const span: Bounds = [Math.max(begin, done), end];
    done = Math.max(done, end);
    if ((map.flags[i]! & PAGES.PARENT) === 0 || span[0] >= end) continue;
    for (const [from, to] of absent(parent, map.name, span, pageSize)) {
      const message = `${hexAddress(from)}-${hexAddress(to)} is not in the parent dump`;
      yield { image: map.name, entry: entryOfRange(map, i), message };
    }
  }
}

/** What is wrong with a page map of a parent, and with that of its own parent, and so on. */
function* chainFaults(
  checked: CheckedPageMap,
  parent: DumpImages,
  prefix: string,
): Generator<Finding> {
  const { map: { name }, pageSize } = checked;
  const image = `${prefix}${name}`;
  if (!parent.has(name)) {
    yield { image, message: "it is missing, and pages are looked for there" };
    return;
  }
  const map = parent.pageMap(name);
  if (map.error !== undefined) {
    yield { image, message: map.error.reason };
    return;
  }
  const pages = pagesName(map);
  const size = parent.sizeOf(pages);
  const expected = map.storedPages * pageSize;
  if (size === undefined && expected > 0) {
    yield { image: `${prefix}${pages}`, message: "it is missing" };
  } else if (size !== undefined && size !== expected) {
    const message = `it has ${size} bytes, its page map says ${expected}`;
    yield { image: `${prefix}${pages}`, message };
  }
  const { pages: further, first } = inParent(map);
  if (further === 0) return;
  if (parent.parent !== undefined) yield* chainFaults(checked, parent.parent, `${prefix}parent/`);
  else {
    const message = `${further} pages are in its parent, and ${whyNoParent(parent)}`;
    yield { image, entry: entryOfRange(map, first), message };
  }
}

const parentWhole: Rule = {
  id: "parent-whole",
  severity: "error",
  summary: "the parent's page maps and pages are whole",
  explanation: "What is lost in a parent dump is lost for every dump that builds upon it.",
  fix: "fetch {image} again from where the dumps were made, or make a full dump",
  *check({ dump, pageMaps }: CheckContext) {
    if (dump.parent === undefined) return;
    for (const checked of pageMaps) {
      if (inParent(checked.map).pages > 0) yield* chainFaults(checked, dump.parent, "parent/");
    }
  },
};

/** The rules. */
export default [parentPresent, parentWhole, parentPages];
