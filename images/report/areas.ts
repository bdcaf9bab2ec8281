/**
 * Address spaces for the report: what each area is filled with.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { hexText } from "../bytes/printable.ts";
import { firstRangeAfter, type PageMap } from "../dump/page_map.ts";
import type { Task } from "../dump/task.ts";
import { isKernelMade, lengthOf, mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { vmaKindOf } from "../dump/vma_kind.ts";
import { areaName, protText } from "../explore/mems.ts";
import { PAGES } from "../kernel/memory.ts";
import type { Area } from "./data.ts";

/** Most pieces that an area is drawn in. */
const MOST_PIECES = 48;

/** A task's areas as the dump has them and as they were made. */
interface Made {
  readonly vmas: readonly VmaEntry[];
  readonly areas: readonly Area[];
}

/** Most names of tasks whose areas are remembered. */
const MOST_REMEMBERED = 64;

/**
 * Makes the areas of one task after the other. What is as in the last task of the same name is not
 * made again: forked processes have the same areas.
 */
export class AreaMaker {
  readonly #made = new Map<string | undefined, Made>();

  /** The areas of a task, in ascending order; the same array as before if all are alike. */
  areasOf(task: Task): readonly Area[] {
    if (task.isDead) return [];
    const { pageMap, pageSize, areas: vmas } = task.memory;
    const before = this.#made.get(task.comm);
    let isSame = vmas.length === before?.vmas.length;
    const areas = vmas.map((vma, i) => {
      const name = areaName(task.dump, vma) ?? "";
      const fill = fillOf(pageMap, pageSize, Number(vma.start), Number(vma.end));
      const [last, known] = [before?.vmas[i], before?.areas[i]];
      if (last !== undefined && isAlike(vma, last) && isFilled(known!, name, fill)) return known!;
      isSame = false;
      return areaOf(vma, name, fill);
    });
    if (isSame) return before!.areas;
    if (this.#made.size >= MOST_REMEMBERED) this.#made.clear();
    this.#made.set(task.comm, { vmas, areas });
    return areas;
  }
}

/** What an area is filled with. */
type Fill = Pick<Area, "present" | "parent" | "lazy" | "fill">;

function isAlike(a: VmaEntry, b: VmaEntry): boolean {
  return a.start === b.start && a.end === b.end && a.status === b.status && a.prot === b.prot;
}

function isFilled(area: Area, name: string, { present, parent, lazy, fill }: Fill): boolean {
  return area.name === name && area.fill === fill && area.present === present &&
    area.parent === parent && area.lazy === lazy;
}

function areaOf(vma: VmaEntry, name: string, fill: Fill): Area {
  return {
    start: hexText(vma.start),
    end: hexText(vma.end),
    size: lengthOf(vma),
    prot: protText(vma),
    kind: vmaKindOf(vma),
    name,
    ...fill,
    rest: restOf(vma),
  };
}

/** What becomes of the bytes that no page map has. */
function restOf(vma: VmaEntry): Area["rest"] {
  if (mapsSharedMemory(vma)) return "shared";
  if (mapsFile(vma)) return "file";
  return isKernelMade(vma) ? "kernel" : "zero";
}

const NOTHING: Fill = { present: 0, parent: 0, lazy: 0, fill: "." };

/** What the pages of an area are: in bytes, and drawn in equal pieces. */
function fillOf(
  map: PageMap,
  pageSize: number,
  start: number,
  end: number,
): Fill {
  const first = firstRangeAfter(map, start, pageSize);
  if (first === map.count || map.addresses[first]! >= end) {
    return NOTHING;
  }
  const pieces = Math.min(MOST_PIECES, Math.max(1, Math.round((end - start) / pageSize)));
  const width = (end - start) / pieces;
  // Bytes that are present, in a parent and lazy, piece by piece.
  const amounts = new Float64Array(3 * pieces);
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = first; i < map.count; i++) {
    if (map.addresses[i]! >= end) break;
    const from = Math.max(start, map.addresses[i]!);
    const to = Math.min(end, map.addresses[i]! + map.lengths[i]! * pageSize);
    if (to <= from) continue;
    const flags = map.flags[i]!;
    const kind = (flags & PAGES.PARENT) !== 0 ? 1 : (flags & PAGES.PRESENT) !== 0 ? 0 : 2;
    sums[kind] += to - from;
    const last = Math.min(pieces - 1, Math.ceil((to - start) / width) - 1);
    for (let piece = Math.floor((from - start) / width); piece <= last; piece++) {
      const at = start + piece * width;
      amounts[3 * piece + kind]! += Math.min(to, at + width) - Math.max(from, at);
    }
  }
  const [present, parent, lazy] = sums;
  return { present, parent, lazy, fill: lettersOf(amounts) };
}

/** A letter for each piece, by what most of it is; one letter if all are alike. */
function lettersOf(amounts: Float64Array): string {
  let letters = "";
  for (let at = 0; at < amounts.length; at += 3) {
    const [p, r, l] = [amounts[at]!, amounts[at + 1]!, amounts[at + 2]!];
    const most = Math.max(p, r, l);
    letters += most === 0 ? "." : most === p ? "p" : most === r ? "r" : "l";
  }
  return letters.replaceAll(letters[0]!, "") === "" ? letters[0]! : letters;
}
