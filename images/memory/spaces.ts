/**
 * Address spaces: the memory of one task, or of several that share it.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { firstIndex } from "../bytes/binary_search.ts";
import type { Dump } from "../dump/dump.ts";
import { cutExtent, type Extent, type FillGap } from "../dump/extent.ts";
import type { TaskMemory } from "../dump/memory.ts";
import type { Task } from "../dump/task.ts";
import { lengthOf } from "../dump/vma.ts";
import { AreaNames } from "./area_names.ts";
import { chosenTasks, isChosen, type MemoryChoice } from "./choice.ts";

/** The selected part of a memory area. */
export interface ChosenArea {
  readonly vma: VmaEntry;
  /** As in `/proc/PID/maps`. */
  readonly name: string;
  /** The selected part, in bytes from the start of the area. */
  readonly from: number;
  readonly to: number;
}

/** The memory of tasks that share it. */
export interface Space {
  readonly tasks: readonly Task[];
  readonly memory: TaskMemory;
  /** Selected areas in ascending order of address. */
  readonly areas: readonly ChosenArea[];
}

/**
 * The address spaces of the selected tasks, with their selected areas.
 *
 * @throws {CritError} `usage` if a pid does not exist
 */
export function spacesOf(dump: Dump, choice: MemoryChoice = {}): Space[] {
  const names = new AreaNames(dump);
  const groups = Map.groupBy(
    chosenTasks(dump, choice),
    ({ mmName, pageMapName }) => `${mmName} ${pageMapName}`,
  );
  return [...groups.values()].map((tasks) => {
    const { memory } = tasks[0]!;
    return { tasks, memory, areas: [...areasOf(memory, names, choice)] };
  });
}

function* areasOf(
  memory: TaskMemory,
  names: AreaNames,
  choice: MemoryChoice,
): Generator<ChosenArea> {
  for (const vma of memory.areas) {
    const length = lengthOf(vma);
    if (length === 0) continue;
    const name = names.nameOf(vma);
    if (!isChosen(vma, name, choice)) continue;
    const { range } = choice;
    const from = range !== undefined && range.from > vma.start ? Number(range.from - vma.start) : 0;
    const to = range !== undefined && range.to < vma.end ? Number(range.to - vma.start) : length;
    yield { vma, name, from, to };
  }
}

/** The selected area that contains an address; undefined if there is none. */
export function areaAt({ areas }: Space, address: bigint): ChosenArea | undefined {
  const area = areas[firstIndex(areas.length, (index) => areas[index]!.vma.end > address)];
  return area !== undefined && area.vma.start <= address ? area : undefined;
}

/**
 * The extents of the selected part of an area.
 *
 * Whole pages are looked up and then cut, because only page bounds are exact as doubles at any
 * address.
 */
export function extentsIn(
  { memory }: Space,
  { vma, from, to }: ChosenArea,
  fillGap?: FillGap,
): Iterable<Extent> {
  const page = memory.pageSize;
  const base = Math.floor(from / page) * page;
  const span = { from: base, to: Math.min(Math.ceil(to / page) * page, lengthOf(vma)) };
  const extents = memory.extents(vma, span, fillGap);
  return base === from && span.to === to ? extents : cutExtents(extents, from - base, to - base);
}

/** The part of extents from one offset to another. */
function* cutExtents(extents: Iterable<Extent>, from: number, to: number): Generator<Extent> {
  for (const extent of extents) {
    const first = Math.max(from - extent.at, 0);
    const last = Math.min(to - extent.at, extent.length);
    if (first >= last) continue;
    yield first === 0 && last === extent.length ? extent : cutExtent(extent, first, last);
  }
}
