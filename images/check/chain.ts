/**
 * Faults that CRIU meets when it follows a page map through a chain of parent dumps.
 *
 * CRIU opens the page map of the same name in the parent, in the parent's parent, and so on, until
 * a dump has no such image or no link `parent`. It does so even if no page is in a parent, and
 * stops at a link or a page map that it cannot read (criu/pagemap.c, `try_open_parent`). Pages are
 * only read if no later dump of the chain has them.
 *
 * @module
 */

import { hexText } from "../bytes/printable.ts";
import { countOf } from "../bytes/sizes.ts";
import { pagesName } from "../dump/extent.ts";
import type { DumpImages } from "../dump/images.ts";
import { firstRangeAfter, type PageMap } from "../dump/page_map.ts";
import { PARENT } from "../dump/source.ts";
import type { Head } from "../image/head.ts";
import { PAGES } from "../kernel/memory.ts";
import { type CheckedPageMap, entryOfRange } from "./page_ranges.ts";
import type { Finding } from "./rule.ts";

/**
 * Kinds of faults in a chain.
 *
 * - `absent`: pages are in the dump's parent, and there is none
 * - `link`: a link `parent` leads nowhere, though no page is behind it
 * - `format`: a page map of a parent has another image version or byte order than the dump
 * - `lost`: a page map of a parent, or pages that the dump needs, cannot be read
 * - `elsewhere`: a parent's page map does not have pages that the dump needs
 * - `spare`: a parent has lost pages, or has too many, and none that the dump needs
 */
export type ChainFaultKind = "absent" | "link" | "format" | "lost" | "elsewhere" | "spare";

/** Something wrong with a chain. */
export interface ChainFault extends Finding {
  /** In which way. */
  readonly kind: ChainFaultKind;
}

/** Spans of memory in ascending order: the first address and the one after the last, in turn. */
type Spans = number[];

/** The faults in the chain of a dump, one for each place. */
export function* chainFaults(
  dump: DumpImages,
  pageMaps: readonly CheckedPageMap[],
): Generator<ChainFault> {
  const links = new Map<string, ChainFault>();
  const seen: Seen = { owners: new Map(), needed: new Set() };
  for (const checked of pageMaps) {
    for (const fault of new Walk(dump, checked, seen).faults()) {
      if (fault.kind === "link") links.set(fault.image, fault);
      else yield fault;
    }
  }
  for (const [image, fault] of links) if (!seen.needed.has(image)) yield fault;
}

/** What the page maps of a dump have led to so far. */
interface Seen {
  /** Page maps by the file of pages that they name, in the parents. */
  readonly owners: Map<string, string>;
  /** Links `parent` that lead nowhere, though pages are behind them. */
  readonly needed: Set<string>;
}

/** Why a dump has no parent. */
function whyNoParent({ source, faults }: DumpImages): string {
  if (source.parentLink === undefined) return "there is no link `parent`";
  return faults.find(({ place }) => place.image === PARENT)?.reason ?? "it cannot be opened";
}

/** Follows one page map through a chain. */
class Walk {
  /** Pages that the dump needs and no later one has. */
  #needed: Spans;
  /** `parent/` for each dump behind the one that was asked about. */
  #prefix = "";

  constructor(
    readonly dump: DumpImages,
    readonly checked: CheckedPageMap,
    readonly seen: Seen,
  ) {
    this.#needed = inParent(checked);
  }

  *faults(): Generator<ChainFault> {
    const { name, head } = this.checked.map;
    for (let link = this.dump;;) {
      const { parent } = link;
      if (parent === undefined) {
        yield* this.#noParent(link);
        return;
      }
      this.#prefix += `${PARENT}/`;
      const image = this.#prefix + name;
      if (!parent.has(name)) {
        // CRIU looks no further, and is content if it needs nothing.
        if (this.#needed.length === 0) return;
        yield { kind: "lost", image, message: "it is missing, and pages are looked for there" };
        return;
      }
      const map = parent.pageMap(name);
      if (map.error !== undefined) {
        yield { kind: "lost", image, message: map.error.reason };
        return;
      }
      const message = difference(map.head, head);
      if (message !== undefined) yield { kind: "format", image, message };
      yield* this.#pagesOf(parent, map);
      link = parent;
    }
  }

  /** What is wrong if a dump of the chain has no parent. */
  *#noParent(link: DumpImages): Generator<ChainFault> {
    const isFirst = link === this.dump;
    const { map: own, pageSize } = this.checked;
    const map = isFirst ? own : link.pageMap(own.name);
    const image = this.#prefix + map.name;
    if (this.#needed.length > 0) {
      const where = isFirst ? "the parent dump" : "its parent";
      const pages = pagesIn(this.#needed, pageSize);
      const entry = entryAt(map, this.#needed[0]!, pageSize);
      const message = `${pagesAre(pages)} in ${where}, and ${whyNoParent(link)}`;
      this.seen.needed.add(this.#prefix + PARENT);
      yield { kind: isFirst ? "absent" : "lost", image, entry, message };
    } else if (link.source.parentLink !== undefined) {
      yield { kind: "link", image: this.#prefix + PARENT, message: whyNoParent(link) };
    }
  }

  /** Looks up what is needed in a parent; what this leaves to its own parent is needed then. */
  *#pagesOf(parent: DumpImages, map: PageMap): Generator<ChainFault> {
    const { pageSize } = this.checked;
    const pages = pagesName(map);
    const size = parent.sizeOf(pages);
    const available = Math.floor((size ?? 0) / pageSize);
    const found = lookUp(map, this.#needed, pageSize, available);
    this.#needed = found.further;
    for (let i = 0; i < found.absent.length; i += 2) {
      yield this.#absent(found.absent[i]!, found.absent[i + 1]!);
    }
    if (found.nowhere > 0) {
      const needed = pagesAre(found.nowhere, " that the dump needs");
      const message = `${needed} neither there nor in a parent by its flags`;
      yield { kind: "lost", image: this.#prefix + map.name, message };
    }
    yield* this.#sizeOf(map, { pages, size, lost: found.lost });
    if (found.isUsed) yield* this.#ownerOf(map, pages);
  }

  #absent(from: number, to: number): ChainFault {
    const { map, pageSize } = this.checked;
    const message = `${hexText(from)}-${hexText(to)} is not in the parent dump`;
    return { kind: "elsewhere", image: map.name, entry: entryAt(map, from, pageSize), message };
  }

  /** Compares the size of a file of pages with what its page map says. */
  *#sizeOf(
    { storedPages }: PageMap,
    { pages, size, lost }: { pages: string; size: number | undefined; lost: number },
  ): Generator<ChainFault> {
    const expected = storedPages * this.checked.pageSize;
    const surplus = (size ?? 0) - expected;
    if (surplus === 0) return;
    const what = size === undefined
      ? "it is missing"
      : `it has ${size} bytes, its page map says ${expected}`;
    const so = lost > 0
      ? `${pagesAre(lost, " that the dump needs")} lost`
      : surplus > 0
      ? `${surplus} too many`
      : "no page that the dump needs is lost";
    yield {
      kind: lost > 0 ? "lost" : "spare",
      image: this.#prefix + pages,
      message: `${what}: ${so}`,
    };
  }

  /** A file of pages has those of one page map. */
  *#ownerOf({ name, pagesId }: PageMap, pages: string): Generator<ChainFault> {
    const key = this.#prefix + pages;
    const owner = this.seen.owners.get(key);
    if (owner === undefined) this.seen.owners.set(key, name);
    else if (owner !== name) {
      const message = `pages_id ${pagesId} is that of ${owner}, too`;
      yield { kind: "lost", image: this.#prefix + name, entry: 0, message };
    }
  }
}

/** The spans of a page map that are in the parent; those that overlap count once. */
function inParent({ map, pageSize }: CheckedPageMap): Spans {
  const spans: Spans = [];
  for (let i = 0, done = 0; i < map.count; i++) {
    const from = Math.max(map.addresses[i]!, done);
    const to = map.addresses[i]! + map.lengths[i]! * pageSize;
    done = Math.max(done, to);
    if ((map.flags[i]! & PAGES.PARENT) !== 0) add(spans, from, to);
  }
  return spans;
}

/** Adds a span that begins at or after the end of the last one. */
function add(spans: Spans, from: number, to: number): void {
  if (from >= to) return;
  if (spans.at(-1) === from) spans[spans.length - 1] = to;
  else spans.push(from, to);
}

function pagesIn(spans: Spans, pageSize: number): number {
  let bytes = 0;
  for (let i = 0; i < spans.length; i += 2) bytes += spans[i + 1]! - spans[i]!;
  return Math.ceil(bytes / pageSize);
}

/** `1 page is`, `2 pages are`. */
function pagesAre(count: number, which = ""): string {
  return `${countOf(count, "page")}${which} ${count === 1 ? "is" : "are"}`;
}

/** What a parent has of the pages that are needed. */
interface LookedUp {
  /** Spans that it leaves to its own parent. */
  readonly further: Spans;
  /** Spans that its page map does not have. */
  readonly absent: Spans;
  /** Pages behind the end of its file. */
  readonly lost: number;
  /** Pages of ranges that are nowhere by their flags, or that were to be fetched later. */
  readonly nowhere: number;
  /** Whether any page is read from its file. */
  readonly isUsed: boolean;
}

/** Looks spans up in a parent's page map, whose file has `available` pages. */
function lookUp(map: PageMap, needed: Spans, pageSize: number, available: number): LookedUp {
  const further: Spans = [];
  const absent: Spans = [];
  let [lost, nowhere, isUsed] = [0, 0, false];
  for (let s = 0; s < needed.length; s += 2) {
    let at = needed[s]!;
    const end = needed[s + 1]!;
    for (let i = firstRangeAfter(map, at, pageSize); i < map.count && at < end; i++) {
      const begin = map.addresses[i]!;
      const to = Math.min(begin + map.lengths[i]! * pageSize, end);
      if (begin >= end) break;
      if (to <= at) continue;
      add(absent, at, begin);
      const from = Math.max(begin, at);
      const pages = Math.ceil((to - from) / pageSize);
      if ((map.flags[i]! & PAGES.PARENT) !== 0) add(further, from, to);
      else if ((map.flags[i]! & PAGES.PRESENT) === 0) nowhere += pages;
      else {
        const first = map.stored[i]! + (from - begin) / pageSize;
        lost += Math.min(pages, Math.max(0, first + pages - available));
        isUsed = true;
      }
      at = to;
    }
    add(absent, at, end);
  }
  return { further, absent, lost, nowhere, isUsed };
}

/** Index of the entry of the range that an address is in. */
function entryAt(map: PageMap, address: number, pageSize: number): number | undefined {
  return entryOfRange(map, firstRangeAfter(map, address, pageSize));
}

/** How the head of a parent's page map differs from the dump's own. */
function difference(parents: Head | undefined, own: Head | undefined): string | undefined {
  if (parents === undefined || own === undefined) return undefined;
  if (parents.byteOrder !== own.byteOrder) {
    return `it is ${parents.byteOrder}-endian, the dump ${own.byteOrder}-endian`;
  }
  if (parents.version === own.version) return undefined;
  return parents.version === "1.0"
    ? "it has no head magic, as in version 1, but the dump has version 2"
    : "it has a head magic, as in version 2, but the dump has version 1";
}
