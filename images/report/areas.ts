/**
 * Address spaces for the report: what each area is filled with.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { hexText } from "../bytes/printable.ts";
import { hasSameRanges, type PageMap } from "../dump/page_map.ts";
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
  readonly pageMap: PageMap;
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
    const hasSamePages = before !== undefined && hasSameRanges(pageMap, before.pageMap);
    const filler = new Filler(pageMap, pageSize);
    let isSame = vmas.length === before?.vmas.length;
    const areas: Area[] = [];
    for (let i = 0; i < vmas.length; i++) {
      const vma = vmas[i]!;
      const name = areaName(task.dump, vma) ?? "";
      const [last, known] = [before?.vmas[i], before?.areas[i]];
      const isLikely = known?.name === name && isAlike(vma, last!);
      const fill = isLikely && hasSamePages ? known : filler.fillOf(vma);
      const isKnown = isLikely && isFilled(known, fill);
      isSame &&= isKnown;
      areas.push(isKnown ? known : areaOf(vma, name, fill));
    }
    if (isSame) return before!.areas;
    if (this.#made.size >= MOST_REMEMBERED) this.#made.clear();
    this.#made.set(task.comm, { vmas, pageMap, areas });
    return areas;
  }
}

/** What an area is filled with. */
type Fill = Pick<Area, "present" | "parent" | "lazy" | "fill">;

function isAlike(a: VmaEntry, b: VmaEntry): boolean {
  return a.start === b.start && a.end === b.end && a.status === b.status && a.prot === b.prot;
}

function isFilled(area: Area, { present, parent, lazy, fill }: Fill): boolean {
  return area.fill === fill && area.present === present && area.parent === parent &&
    area.lazy === lazy;
}

function areaOf(
  vma: VmaEntry,
  name: string,
  { present, parent, lazy, fill }: Fill,
): Area {
  return {
    start: hexText(vma.start),
    end: hexText(vma.end),
    size: lengthOf(vma),
    prot: protText(vma),
    kind: vmaKindOf(vma),
    name,
    present,
    parent,
    lazy,
    fill,
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

/** Tells what areas are filled with, one after the other in ascending order. */
class Filler {
  /** The first range that ends after the start of the last area. */
  #first = 0;

  constructor(readonly map: PageMap, readonly pageSize: number) {}

  /** What the pages of an area are: in bytes, and drawn in equal pieces. */
  fillOf(vma: VmaEntry): Fill {
    const { map, pageSize } = this;
    const [start, end] = [Number(vma.start), Number(vma.end)];
    while (this.#first < map.count && this.#endOf(this.#first) <= start) this.#first++;
    if (this.#first === map.count || map.addresses[this.#first]! >= end) return NOTHING;
    const pieces = Math.min(MOST_PIECES, Math.max(1, Math.round((end - start) / pageSize)));
    const width = (end - start) / pieces;
    // Bytes that are present, in a parent and lazy, piece by piece.
    const amounts = new Float64Array(3 * pieces);
    const sums: [number, number, number] = [0, 0, 0];
    for (let i = this.#first; i < map.count && map.addresses[i]! < end; i++) {
      const from = Math.max(start, map.addresses[i]!);
      const to = Math.min(end, this.#endOf(i));
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

  /** The address after a range. */
  #endOf(index: number): number {
    return this.map.addresses[index]! + this.map.lengths[index]! * this.pageSize;
  }
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
