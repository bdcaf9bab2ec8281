/**
 * Address spaces for the report: what each area is filled with.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { firstRangeAfter, type PageMap } from "../dump/page_map.ts";
import type { Task } from "../dump/task.ts";
import { mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { isKernelMade } from "../dump/vma.ts";
import { vmaKindOf } from "../dump/vma_kind.ts";
import { mems, type MemsRow } from "../explore/mems.ts";
import { PAGES } from "../kernel/memory.ts";
import type { Area, KindBytes } from "./data.ts";

/** Most pieces that an area is drawn in. */
const MOST_PIECES = 48;

/** The areas of a task, in ascending order. */
export function areasOf(dump: Dump, task: Task): Area[] {
  if (task.isDead) return [];
  const named = new Map<string, MemsRow>();
  for (const row of mems.rows(dump, { tasks: [task] })) {
    if (row.start !== undefined) named.set(row.start, row);
  }
  const { memory } = task;
  const { pageMap, pageSize } = memory;
  return memory.areas.map((vma) => {
    const start = `0x${vma.start.toString(16)}`;
    const row = named.get(start);
    const filled = fillOf(pageMap, pageSize, Number(vma.start), Number(vma.end));
    const rest = mapsSharedMemory(vma)
      ? "shared"
      : mapsFile(vma)
      ? "file"
      : isKernelMade(vma)
      ? "kernel"
      : "zero";
    return {
      start,
      end: `0x${vma.end.toString(16)}`,
      size: Number(vma.end - vma.start),
      prot: row?.prot ?? "",
      kind: vmaKindOf(vma),
      name: row?.name ?? "",
      ...filled,
      rest,
    };
  });
}

/** What the pages of an area are: in bytes, and drawn in equal pieces. */
function fillOf(
  map: PageMap,
  pageSize: number,
  start: number,
  end: number,
): Pick<Area, "present" | "parent" | "lazy" | "fill"> {
  const pieces = Math.min(MOST_PIECES, Math.max(1, Math.round((end - start) / pageSize)));
  const first = firstRangeAfter(map, start, pageSize);
  if (first === map.count || map.addresses[first]! >= end) {
    return { present: 0, parent: 0, lazy: 0, fill: ".".repeat(pieces) };
  }
  const width = (end - start) / pieces;
  const amounts = Array.from({ length: pieces }, () => ({ p: 0, r: 0, l: 0 }));
  const sums = { p: 0, r: 0, l: 0 };
  for (let i = first; i < map.count; i++) {
    const from = Math.max(start, map.addresses[i]!);
    const to = Math.min(end, map.addresses[i]! + map.lengths[i]! * pageSize);
    if (map.addresses[i]! >= end) break;
    if (to <= from) continue;
    const flags = map.flags[i]!;
    const letter = (flags & PAGES.PARENT) !== 0 ? "r" : (flags & PAGES.PRESENT) !== 0 ? "p" : "l";
    sums[letter] += to - from;
    const begin = Math.floor((from - start) / width);
    const last = Math.min(pieces - 1, Math.ceil((to - start) / width) - 1);
    for (let piece = begin; piece <= last; piece++) {
      const at = start + piece * width;
      amounts[piece]![letter] += Math.min(to, at + width) - Math.max(from, at);
    }
  }
  const fill = amounts.map(({ p, r, l }) => {
    const most = Math.max(p, r, l);
    if (most === 0) return ".";
    return most === p ? "p" : most === r ? "r" : "l";
  }).join("");
  return { present: sums.p, parent: sums.r, lazy: sums.l, fill };
}

/** Adds the areas of an address space to the bytes of each kind. */
export function addKinds(kinds: Map<string, KindBytes>, areas: readonly Area[]): void {
  for (const { kind, size, present, parent, lazy } of areas) {
    const known = kinds.get(kind) ?? { kind, areas: 0, mapped: 0, present: 0, parent: 0, lazy: 0 };
    kinds.set(kind, {
      kind,
      areas: known.areas + 1,
      mapped: known.mapped + size,
      present: known.present + present,
      parent: known.parent + parent,
      lazy: known.lazy + lazy,
    });
  }
}
