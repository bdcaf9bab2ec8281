/** Rules about page maps and the files of pages. @module */

import { hexText } from "../../bytes/printable.ts";
import { countOf } from "../../bytes/sizes.ts";
import { PAGES } from "../../kernel/memory.ts";
import type { CheckContext } from "../context.ts";
import {
  type Bounds,
  type CheckedPageMap,
  entryOfRange,
  joined,
  rangeBounds,
  rangesOutside,
} from "../page_ranges.ts";
import type { Finding, Rule } from "../rule.ts";

const FETCH = "fetch {image} again, or make the dump again";

/** A finding about a range. */
function atRange(checked: CheckedPageMap, index: number, problem: string): Finding {
  const { map } = checked;
  const [from, to] = rangeBounds(checked, index);
  const message = `${hexText(from)}-${hexText(to)} ${problem}`;
  return { image: map.name, entry: entryOfRange(map, index), message };
}

const rangeLength: Rule = {
  id: "pagemap-length",
  severity: "error",
  summary: "ranges of page maps have a valid number of pages",
  explanation: "CRIU dumps no empty range, and a range has 2^52 pages at most.",
  fix: FETCH,
  *check(context) {
    for (const checked of context.pageMaps) {
      const { map } = checked;
      for (let i = 0; i < map.count; i++) {
        if (map.lengths[i] !== 0) continue;
        const message = `the range at ${hexText(map.addresses[i]!)} has no pages`;
        yield { image: map.name, entry: entryOfRange(map, i), message };
      }
    }
    // What a page map cannot even hold ends the reading of it.
    for (const name of context.imagesOf("pagemap_entry")) {
      if (!context.isWhole(name)) continue;
      const { error } = context.dump.pageMap(name);
      if (error !== undefined) {
        yield { image: name, entry: error.place.entry, message: error.reason };
      }
    }
  },
};

const rangeAligned: Rule = {
  id: "pagemap-aligned",
  severity: "error",
  summary: "ranges of page maps begin at page boundaries",
  explanation: "CRIU dumps and restores whole pages.",
  fix: FETCH,
  *check({ pageMaps }) {
    for (const checked of pageMaps) {
      const { map, pageSize } = checked;
      for (let i = 0; i < map.count; i++) {
        if (map.addresses[i]! % pageSize === 0) continue;
        yield atRange(checked, i, `does not begin at a page of ${pageSize} bytes`);
      }
    }
  },
};

const rangeOrder: Rule = {
  id: "pagemap-order",
  severity: "error",
  summary: "ranges of page maps are in ascending order and do not overlap",
  explanation: "CRIU reads ranges and pages in parallel, each only once.",
  fix: FETCH,
  *check({ pageMaps }) {
    for (const checked of pageMaps) {
      const { map } = checked;
      if (map.disorder !== undefined) {
        const message = "the range begins before the range ahead of it";
        yield { image: map.name, entry: map.disorder + 1, message };
        continue;
      }
      for (let i = 1; i < map.count; i++) {
        const [, end] = rangeBounds(checked, i - 1);
        if (map.addresses[i]! < end) {
          yield atRange(checked, i, `overlaps the range before, up to ${hexText(end)}`);
        }
      }
    }
  },
};

const rangeInArea: Rule = {
  id: "pagemap-area",
  severity: "error",
  summary: "ranges of a process's page map lie within its memory areas",
  explanation: "CRIU stops at a page that is in no memory area.",
  fix: FETCH,
  *check({ memories, pageMaps }) {
    const maps = new Map(pageMaps.map((checked) => [checked.map.name, checked]));
    for (const { task, vmas } of memories) {
      const checked = maps.get(`pagemap-${task.pid}.img`);
      if (checked === undefined || checked.map.disorder !== undefined) continue;
      const areas = joined(vmas.map(({ start, end }): Bounds => [Number(start), Number(end)]));
      for (const index of rangesOutside(checked, areas)) {
        yield atRange(checked, index, `lies in no memory area of process ${task.pid}`);
      }
    }
  },
};

const rangeSomewhere: Rule = {
  id: "pagemap-flags",
  severity: "error",
  summary: "the flags of every range locate its pages",
  explanation:
    "The flags show whether the pages are in this dump, in the parent, or fetched later.",
  fix: FETCH,
  *check({ pageMaps }) {
    for (const checked of pageMaps) {
      const { map } = checked;
      for (let i = 0; i < map.count; i++) {
        if ((map.flags[i]! & (PAGES.PRESENT | PAGES.PARENT | PAGES.LAZY)) !== 0) continue;
        yield atRange(checked, i, "is neither here nor in a parent dump by its flags");
      }
    }
  },
};

const lazyPages: Rule = {
  id: "pages-lazy",
  severity: "warning",
  summary: "all pages are in the dump or its parents",
  explanation:
    "Lazy pages stayed on the machine of the dump, where criu dump --lazy-pages serves them.",
  fix: "restore with `--lazy-pages` while the page server of the dump is still running",
  *check({ pageMaps }) {
    for (const { map, pageSize } of pageMaps) {
      let [lazy, first] = [0, -1];
      for (let i = 0; i < map.count; i++) {
        if (map.flags[i] !== PAGES.LAZY) continue;
        lazy += map.lengths[i]!;
        if (first < 0) first = i;
      }
      if (lazy === 0) continue;
      const pages = `${countOf(lazy, "page")} (${lazy * pageSize} bytes) ${
        lazy === 1 ? "is" : "are"
      }`;
      const message = `${pages} to be fetched later: a restore without --lazy-pages never ends`;
      yield { image: map.name, entry: entryOfRange(map, first), message };
    }
  },
};

const pagesPresent: Rule = {
  id: "pages-present",
  severity: "error",
  summary: "the pages file of each page map exists",
  explanation: "Without it the contents of memory are lost.",
  fix: FETCH,
  *check({ dump, pageMaps }) {
    for (const { map, pages, pageSize } of pageMaps) {
      if (dump.has(pages) || map.storedPages === 0) continue;
      const message = `it is missing: ${map.name} has ${map.storedPages * pageSize} bytes in it`;
      yield { image: pages, message };
    }
  },
};

const pagesHoles: Rule = {
  id: "pages-holes",
  severity: "warning",
  summary: "no pages were punched out of the dump's files",
  explanation:
    "CRIU's --auto-dedup punches out pages that it has restored, or that a later dump has; only zeros remain.",
  fix: "restore the later dump, or make the dump again: these pages of {image} are gone",
  *check({ dump, kind }) {
    // In a parent they are what --auto-dedup is for.
    if (kind !== "dump") return;
    for (const { name, pages, holes } of dump.holes.files) {
      const message = `${holes} of ${countOf(pages, "page")} ${
        holes === 1 ? "is a hole" : "are holes"
      }`;
      yield { image: name, message };
    }
  },
};

/** Page maps by the file of their pages; the first of each file comes first. */
function byPages({ pageMaps }: CheckContext): CheckedPageMap[][] {
  return [...Map.groupBy(pageMaps, ({ pages }) => pages).values()];
}

const pagesExact: Rule = {
  id: "pages-exact",
  severity: "error",
  summary: "the length of a pages file matches its page map",
  explanation: "If it is shorter, memory is lost; if it is longer, it belongs to another dump.",
  fix: "fetch {image} and its page map again, or make the dump again",
  *check(context) {
    for (const [first, ...others] of byPages(context)) {
      const { map, pages, pageSize } = first!;
      const size = context.dump.sizeOf(pages);
      const expected = map.storedPages * pageSize;
      if (size === undefined || size === expected || others.length > 0) continue;
      const difference = Math.abs(size - expected);
      const way = size < expected ? "missing" : "too many";
      const message =
        `it has ${size} bytes, but ${map.name} says ${expected}: ${difference} ${way}`;
      yield { image: pages, message };
    }
  },
};

const pagesApart: Rule = {
  id: "pages-apart",
  severity: "error",
  summary: "no two page maps share a pages file",
  explanation: "Two page maps that read one file would give two processes the same memory.",
  fix: "fetch {image} again: its `pages_id` is wrong",
  *check(context) {
    for (const [first, ...others] of byPages(context)) {
      for (const { map } of others) {
        const message = `${map.pagesId} is also the pages_id of ${first!.map.name}`;
        yield { image: map.name, entry: 0, field: "pages_id", message };
      }
    }
  },
};

export default [
  pagesPresent,
  pagesExact,
  pagesHoles,
  pagesApart,
  rangeLength,
  rangeAligned,
  rangeOrder,
  rangeInArea,
  rangeSomewhere,
  lazyPages,
];
