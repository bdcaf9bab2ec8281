/**
 * Figures of memory: areas, and the ranges of the page maps.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import { pagesName } from "../dump/extent.ts";
import { firstRangeAfter, hasSameRanges, leavesToParent, type PageMap } from "../dump/page_map.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import type { Task } from "../dump/task.ts";
import { lengthOf, mapsSharedMemory } from "../dump/vma.ts";
import { vmaKindOf } from "../dump/vma_kind.ts";
import { dataError } from "../errors.ts";
import { PAGES } from "../kernel/memory.ts";
import { getOrInsert } from "./count.ts";

/** Pages of a dump, in bytes. */
export interface PageBytes {
  /** In the dump itself. */
  present: number;
  /** In the parent dump. */
  inParent: number;
  /** May be fetched later, over the network; such pages may also be in the dump. */
  lazy: number;
}

/** Areas of one kind. */
export interface AreaStats extends PageBytes {
  /** Number of areas. */
  areas: number;
  /** Bytes of address space. */
  mapped: number;
}

/** Memory of a dump, in bytes. */
export interface MemoryStats extends PageBytes {
  /** Size of a page. */
  readonly pageSize: number;
  /** Number of address spaces; tasks that share memory have one. */
  readonly addressSpaces: number;
  /** Number of areas without guard areas, which are inside others. */
  readonly areas: number;
  /** Bytes of address space of these areas. */
  readonly mapped: number;
  /** Areas by kind, including guard areas, largest first. */
  readonly byKind: ReadonlyMap<string, AreaStats>;
  /** Shared memory and memfds, which are separate from the tasks' own memory. */
  readonly shared: SharedStats;
}

/** Shared memory: anonymous, System V and memfds. */
export interface SharedStats extends PageBytes {
  /** Number of segments, each with its own page map. */
  readonly segments: number;
}

/** Adds up areas and page maps. */
export function memoryStats(dump: Dump, tasks: readonly Task[], pageSize: number): MemoryStats {
  const spaces = new Map<string, Task>();
  for (const task of tasks) {
    if (!task.isDead && !spaces.has(task.mmName)) spaces.set(task.mmName, task);
  }
  const byKind = new Map<string, AreaStats>();
  const shared = new Set<string>();
  const spaceSums = new SpaceSums(pageSize);
  for (const task of spaces.values()) {
    const { kinds, hasShared } = spaceSums.of(task, dump.pageMap(task.pageMapName));
    for (const [kind, { areas, mapped, ...bytes }] of kinds) {
      const stats = getOrInsert(byKind, kind, newAreaStats);
      stats.areas += areas;
      stats.mapped += mapped;
      addBytes(stats, bytes);
    }
    for (const vma of hasShared ? task.vmas : []) {
      const name = mapsSharedMemory(vma) ? sharedName(dump, vma) : undefined;
      if (name !== undefined) shared.add(name);
    }
  }
  const real = [...byKind].filter(([kind]) => kind !== "guard").map(([, stats]) => stats);
  return {
    pageSize,
    addressSpaces: spaces.size,
    areas: real.reduce((sum, { areas }) => sum + areas, 0),
    mapped: real.reduce((sum, { mapped }) => sum + mapped, 0),
    ...totals(dump, mapNames(dump, "PAGEMAP"), pageSize),
    byKind: new Map([...byKind].sort(([, a], [, b]) => b.mapped - a.mapped)),
    shared: sharedStats(dump, shared, pageSize),
  };
}

/** The figures of an address space. */
interface Space {
  readonly vmas: readonly VmaEntry[];
  readonly map: PageMap;
  readonly kinds: ReadonlyMap<string, AreaStats>;
  /** Whether it has areas of shared memory. */
  readonly hasShared: boolean;
}

/** Largest number of task names whose address space is remembered. */
const MOST_REMEMBERED = 64;

/** Figures of address spaces in order; forked processes often have the same. */
class SpaceSums {
  readonly #last = new Map<string | undefined, Space>();

  constructor(readonly pageSize: number) {}

  /**
   * The figures of a task's address space; reuses those of the last task with the same name if they
   * are equal.
   */
  of({ comm, vmas }: Task, map: PageMap): Space {
    const last = this.#last.get(comm);
    if (last !== undefined && hasSameAreas(last.vmas, vmas) && hasSameRanges(last.map, map)) {
      return last;
    }
    const space = this.#sum(vmas, map);
    if (this.#last.size >= MOST_REMEMBERED) this.#last.clear();
    this.#last.set(comm, space);
    return space;
  }

  #sum(vmas: readonly VmaEntry[], map: PageMap): Space {
    const kinds = new Map<string, AreaStats>();
    const sums = new RangeSums(map, this.pageSize);
    for (const vma of vmas) {
      const kind = vmaKindOf(vma);
      const stats = getOrInsert(kinds, kind, newAreaStats);
      stats.areas++;
      stats.mapped += lengthOf(vma);
      if (kind !== "guard") addBytes(stats, sums.between(vma));
    }
    return { vmas, map, kinds, hasShared: vmas.some(mapsSharedMemory) };
  }
}

/** Whether areas have the same addresses and kinds. */
function hasSameAreas(a: readonly VmaEntry[], b: readonly VmaEntry[]): boolean {
  return a.length === b.length && a.every(({ start, end, status }, i) => {
    const other = b[i]!;
    return start === other.start && end === other.end && status === other.status;
  });
}

/** Names of the page maps of one image type. */
function mapNames(dump: Dump, type: "PAGEMAP" | "SHMEM_PAGEMAP"): string[] {
  return dump.dumpFiles.ofTypes(({ name }) => name === type).map(({ name }) => name);
}

/** Name of the page map of an area of shared memory. */
function sharedName(dump: Dump, vma: VmaEntry): string | undefined {
  const id = dump.sharedMemory.idOf(vma);
  if (id === undefined) return undefined;
  const name = sharedPageMapName(id);
  // Before CRIU 3.0, the contents of System V segments are in the image of the segments.
  const isInline = !dump.has(name) && vmaKindOf(vma) === "sysv_shared";
  return isInline ? undefined : name;
}

function sharedStats(dump: Dump, needed: ReadonlySet<string>, pageSize: number): SharedStats {
  const names = new Set([...mapNames(dump, "SHMEM_PAGEMAP"), ...needed]);
  return { segments: names.size, ...totals(dump, names, pageSize) };
}

function totals(dump: Dump, names: Iterable<string>, pageSize: number): PageBytes {
  const sum = newPageBytes();
  for (const name of names) {
    const map = dump.pageMap(name);
    addTotal(sum, map, pageSize);
    // Missing pages are a fault of the dump.
    if (map.storedPages > 0) dump.pagesSize(pagesName(map), map.storedPages * pageSize);
    if (leavesToParent(map)) noteParent(dump, name);
  }
  return sum;
}

/** Adds the bytes of all ranges of a page map. */
function addTotal(sum: PageBytes, map: PageMap, pageSize: number): void {
  for (let i = 0; i < map.count; i++) {
    const bytes = map.lengths[i]! * pageSize;
    if (isOf(map, i, PAGES.PRESENT)) sum.present += bytes;
    if (isOf(map, i, PAGES.PARENT)) sum.inParent += bytes;
    if (isOf(map, i, PAGES.LAZY)) sum.lazy += bytes;
  }
}

/** Reports a missing parent dump or page map as a fault. */
function noteParent(dump: Dump, name: string): void {
  if (dump.parent !== undefined) dump.parent.pageMap(name);
  else if (!dump.faults.some(({ place }) => place.image === "parent")) {
    dump.faults.push(dataError(`there is none, and ${name} has pages in it`, { image: "parent" }));
  }
}

/** Counts pages of a kind between two addresses, without visiting each range. */
class RangeSums {
  readonly #present: Float64Array | undefined;
  readonly #inParent: Float64Array | undefined;
  readonly #lazy: Float64Array | undefined;

  constructor(readonly map: PageMap, readonly pageSize: number) {
    this.#present = sumsOf(map, PAGES.PRESENT);
    this.#inParent = sumsOf(map, PAGES.PARENT);
    this.#lazy = sumsOf(map, PAGES.LAZY);
  }

  between({ start, end }: VmaEntry): PageBytes {
    const from = this.#position(Number(start));
    const to = this.#position(Number(end));
    return {
      present: this.#bytes(this.#present, PAGES.PRESENT, from, to),
      inParent: this.#bytes(this.#inParent, PAGES.PARENT, from, to),
      lazy: this.#bytes(this.#lazy, PAGES.LAZY, from, to),
    };
  }

  /** The range at or after an address, and the number of its pages before the address. */
  #position(address: number): Position {
    const { map, pageSize } = this;
    const index = firstRangeAfter(map, address, pageSize);
    if (index === map.count) return { index, pages: 0 };
    return { index, pages: Math.max(0, (address - map.addresses[index]!) / pageSize) };
  }

  #bytes(sums: Float64Array | undefined, bit: number, from: Position, to: Position): number {
    if (sums === undefined) return 0;
    const pages = this.#before(sums, bit, to) - this.#before(sums, bit, from);
    return Math.max(0, pages) * this.pageSize;
  }

  #before(sums: Float64Array, bit: number, at: Position): number {
    return sums[at.index]! + (isOf(this.map, at.index, bit) ? at.pages : 0);
  }
}

/** Position of an address among the ranges. */
interface Position {
  readonly index: number;
  /** Number of pages of the range before the address. */
  readonly pages: number;
}

/** Whether a range's pages are of a kind; pages in the parent dump are not in this one. */
function isOf(map: PageMap, index: number, bit: number): boolean {
  const flags = map.flags[index] ?? 0;
  return (flags & bit) !== 0 && !(bit === PAGES.PRESENT && (flags & PAGES.PARENT) !== 0);
}

/**
 * For each range, and for the end, the number of pages of a kind before it; undefined if there are
 * none.
 */
function sumsOf(map: PageMap, bit: number): Float64Array | undefined {
  if (!map.flags.some((_flags, index) => isOf(map, index, bit))) return undefined;
  const sums = new Float64Array(map.count + 1);
  for (let i = 0; i < map.count; i++) {
    sums[i + 1] = sums[i]! + (isOf(map, i, bit) ? map.lengths[i]! : 0);
  }
  return sums;
}

function newPageBytes(): PageBytes {
  return { present: 0, inParent: 0, lazy: 0 };
}

function newAreaStats(): AreaStats {
  return { areas: 0, mapped: 0, ...newPageBytes() };
}

function addBytes(to: PageBytes, { present, inParent, lazy }: PageBytes): void {
  to.present += present;
  to.inParent += inParent;
  to.lazy += lazy;
}
