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

/** A memory area that is meant. */
export interface ChosenArea {
  readonly vma: VmaEntry;
  /** As `/proc/PID/maps` has it. */
  readonly name: string;
  /** The part that is meant, in bytes from the area's start. */
  readonly from: number;
  readonly to: number;
}

/** The memory of tasks that share it. */
export interface Space {
  readonly tasks: readonly Task[];
  readonly memory: TaskMemory;
  /** Areas that are meant, in ascending order of address. */
  readonly areas: readonly ChosenArea[];
}

/**
 * The address spaces of the tasks that are meant, with the areas that are.
 *
 * @throws {CritError} `usage` when there is no task of a number
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

/** The area that has an address; undefined when none that is meant has it. */
export function areaAt({ areas }: Space, address: bigint): ChosenArea | undefined {
  const area = areas[firstIndex(areas.length, (index) => areas[index]!.vma.end > address)];
  return area !== undefined && area.vma.start <= address ? area : undefined;
}

/**
 * What the part of an area that is meant is made of.
 *
 * Whole pages are looked up and then cut, so that places are exact wherever they are: page bounds
 * are exact doubles.
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

/** The parts of extents from one place up to another. */
function* cutExtents(extents: Iterable<Extent>, from: number, to: number): Generator<Extent> {
  for (const extent of extents) {
    const first = Math.max(from - extent.at, 0);
    const last = Math.min(to - extent.at, extent.length);
    if (first >= last) continue;
    yield first === 0 && last === extent.length ? extent : cutExtent(extent, first, last);
  }
}
