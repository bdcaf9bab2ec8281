/**
 * Differences between two dumps.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { pagesName } from "../dump/extent.ts";
import type { ImageFile } from "../dump/source.ts";
import { CritError } from "../errors.ts";
import type { FieldChange } from "./fields.ts";
import { faultAt, imageChanges, rawChanges } from "./images.ts";
import { memoryBehind } from "./memory.ts";
import { type HoleCounts, type PageChange, PageComparison } from "./pages.ts";
import { NO_ROW_CHANGES, type RowChanges, rowChanges } from "./rows.ts";

/** A value that differs, and the image that it is in. */
export interface ImageChange extends FieldChange {
  /** File name of the image. */
  readonly image: string;
}

/** Pages of the memory behind one page map that differ. */
export interface MemoryChange {
  /** File name of the page map. */
  readonly image: string;
  /** In bytes. */
  readonly pageSize: number;
  /** Runs of pages, in ascending order. */
  readonly ranges: readonly PageChange[];
}

/** Compares two dumps, as far as it is asked for. */
export class DumpComparison {
  readonly #faults: CritError[] = [];
  #holes: Readonly<HoleCounts> = { a: 0, b: 0 };

  /** Compares `a`, the first side, with `b`. */
  constructor(readonly a: Dump, readonly b: Dump) {}

  /** Whether both are the same place: then there is nothing to compare but damage to find. */
  get isSamePlace(): boolean {
    return this.a.source.identity === this.b.source.identity;
  }

  /** Names of images that one side lacks; a damaged archive may have had them. */
  get images(): { readonly added: readonly string[]; readonly removed: readonly string[] } {
    const only = (dump: Dump, other: Dump) =>
      other.source.fault !== undefined ? [] : dump.dumpFiles
        .filter(({ name, type }) => type !== undefined && !other.has(name))
        .map(({ name }) => name);
    return { added: only(this.b, this.a), removed: only(this.a, this.b) };
  }

  /**
   * What differs in tasks, files, sockets and memory areas; nothing where an image that tells of
   * them is damaged, because what it no longer has would look as if it were gone.
   */
  get rows(): Readonly<Record<string, RowChanges>> {
    const changes = rowChanges(this.a, this.b);
    const isDamage = (fault: CritError, dump: Dump) =>
      !isOfMissing(fault, dump) && !/^(parent($|\/)|pages-)/.test(fault.place.image ?? "");
    const isDamaged = [this.a, this.b].some((dump) =>
      dump.allFaults.some((fault) => isDamage(fault, dump))
    );
    return isDamaged ? NO_ROW_CHANGES : changes;
  }

  /** What differs in images that both have; contents of memory apart. */
  *fields(): Generator<ImageChange> {
    for (const { name, type } of this.a.dumpFiles) {
      if (type === undefined || !this.b.has(name)) continue;
      const isRaw = type.entry === undefined;
      const isMemory = isPages(name) || type.entry === "pagemap_entry";
      if (isRaw && isMemory) continue;
      for (const change of this.#changesOf(name, isRaw)) {
        if (!isMemory) yield { image: name, ...change };
      }
    }
  }

  /** Which pages differ; page maps in the order of their names. */
  get memory(): readonly MemoryChange[] {
    if (this.isSamePlace) return [];
    const found: MemoryChange[] = [];
    const [a, b] = [this.a, this.b];
    const pathOf = (dump: Dump, id: number) => dump.files.get("REG", id)?.reg?.name;
    const comparison = new PageComparison((idA, idB) => {
      const [pathA, pathB] = [pathOf(a, idA), pathOf(b, idB)];
      return pathA === undefined || pathB === undefined ? idA === idB : pathA === pathB;
    }, {
      a: (extent) => a.holes.countIn(extent),
      b: (extent) => b.holes.countIn(extent),
    });
    const names = new Set([...pageMapsOf(a), ...pageMapsOf(b)]);
    for (const image of [...names].sort()) {
      // Behind the damage of a page map, or of an archive, anything may be.
      if ([a, b].some((dump) => isDamaged(dump, image) || isCutOff(dump, image))) continue;
      const [before, after] = [memoryBehind(a, image), memoryBehind(b, image)];
      const ranges = [...comparison.changes(before, after)];
      const pageSize = Math.min(before.pageSize, after.pageSize);
      if (ranges.length > 0) found.push({ image, pageSize, ranges });
    }
    this.#holes = comparison.holes;
    return found;
  }

  /**
   * Pages that {@link memory} does not have although their bytes differ: one side has a hole that
   * was punched where they were.
   */
  get holes(): Readonly<HoleCounts> {
    return this.#holes;
  }

  /**
   * What was found wrong so far with images that were compared, each named by its path. That an
   * image is missing is a fault only where its bytes are asked for.
   */
  get faults(): readonly CritError[] {
    const found = [...this.#faults];
    for (const dump of new Set([this.a, this.b])) {
      for (const fault of dump.allFaults) {
        if (!isOfMissing(fault, dump)) found.push(placed(fault, dump));
      }
    }
    return [...new Map(found.map((fault) => [fault.message, fault])).values()];
  }

  *#changesOf(name: string, isRaw: boolean): Generator<FieldChange> {
    using before = this.#open("a", name);
    using after = this.#open("b", name);
    if (before === undefined || after === undefined) return;
    try {
      if (isRaw) yield* rawChanges(before, after);
      else yield* imageChanges(before, after, (side, fault) => this.#note(side, fault));
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      this.#note("a", error);
    }
  }

  #open(side: "a" | "b", name: string): ImageFile | undefined {
    try {
      return this[side].source.open(name);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      this.#note(side, error);
      return undefined;
    }
  }

  #note(side: "a" | "b", fault: CritError): void {
    this.#faults.push(placed(fault, this[side]));
  }
}

/**
 * Whether a fault is only that an image is not there; that of pages, of parents and of the archive
 * counts.
 */
function isOfMissing(fault: CritError, dump: Dump): boolean {
  const { image } = fault.place;
  if (fault === dump.source.fault) return false;
  if (image === undefined || /^parent($|\/)/.test(image)) return false;
  return !dump.has(image) && !isPages(image);
}

function isPages(name: string): boolean {
  return /^pages-.*\.img$/.test(name);
}

function isDamaged(dump: Dump, pageMap: string): boolean {
  return dump.has(pageMap) && dump.pageMap(pageMap).error !== undefined;
}

/** Whether images that tell of the memory behind a page map may be behind an archive's damage. */
function isCutOff(dump: Dump, pageMap: string): boolean {
  if (dump.source.fault === undefined) return false;
  const areas = pageMap.replace(/^pagemap-(?=\d)/, "mm-");
  return !dump.has(pageMap) || !dump.has(areas) || !dump.has(pagesName(dump.pageMap(pageMap)));
}

function pageMapsOf(dump: Dump): string[] {
  return dump.dumpFiles.ofTypes(({ entry }) => entry === "pagemap_entry")
    .map(({ name }) => name);
}

function placed(fault: CritError, dump: Dump): CritError {
  if (fault === dump.source.fault) return fault;
  const { image } = fault.place;
  return faultAt(fault, image === undefined ? dump.path : `${dump.path}/${image}`);
}
