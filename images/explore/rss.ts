/**
 * Dumped memory.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { hexText } from "../bytes/printable.ts";
import type { PageMap } from "../dump/page_map.ts";
import type { TaskDump } from "../dump/task.ts";
import type { Task } from "../dump/task.ts";
import { hasStatus, lengthOf, mapsFile } from "../dump/vma.ts";
import { PAGES, VMA } from "../kernel/memory.ts";
import { fileText } from "./file_name.ts";
import { textView, type View } from "./view.ts";

/** A range of a page map. */
export type RssRow = {
  /** Process id. */
  pid: number;
  /** Address of the range, in hexadecimal. */
  start: string;
  /** Number of pages. */
  pages: number;
  /** Location of the pages: `pages`, `parent`, `lazy` or `nowhere`. */
  in: string;
  /** Memory areas that contain the range: start, pages, name. */
  areas: ReadonlyArray<{ start: string; pages: number; name: string | undefined }>;
};

/** The ranges of each task's page map, beside the memory areas that they lie in. */
export const rss: View<RssRow> = textView<RssRow>({
  keys: {
    pid: "process id",
    start: "address of the range, in hexadecimal",
    pages: "number of pages",
    in: "location of the pages: `pages`, `parent`, `lazy` or `nowhere`",
    areas: "memory areas that contain the range: start, pages, name",
  },
  *rows(dump, { tasks }) {
    for (const task of tasks) {
      if (task.isDead) continue;
      for (const { index, map, areas } of rangesOf(task)) {
        yield {
          pid: task.pid,
          start: hexText(BigInt(map.addresses[index]!)),
          pages: map.lengths[index]!,
          in: placeOf(map.flags[index]!),
          areas: areas.map((vma) => ({
            start: hexText(vma.start),
            pages: pagesOf(vma, task),
            name: mapsFile(vma) ? dump.files.get("REG", Number(vma.shmid))?.reg?.name : undefined,
          })),
        };
      }
    }
  },
  *lines(_rows, { tasks }) {
    for (const task of tasks) {
      yield task.isDead ? `${task.pid} <${task.state}>` : `${task.pid}`;
      if (!task.isDead) yield* linesOf(task);
    }
  },
});

function placeOf(flags: number): string {
  if ((flags & PAGES.PARENT) !== 0) return "parent";
  if ((flags & PAGES.PRESENT) !== 0) return "pages";
  return (flags & PAGES.LAZY) !== 0 ? "lazy" : "nowhere";
}

function* linesOf(task: Task): Generator<string> {
  let last: VmaEntry | undefined;
  for (const { index, map, areas } of rangesOf(task)) {
    const start = BigInt(map.addresses[index]!).toString(16);
    let line = `\t${start} / ${String(map.lengths[index]!).padEnd(8)}`.padEnd(24);
    for (const vma of areas) {
      line += vma === last ? " ~" : areaText(task.dump, vma, pagesOf(vma, task));
      last = vma;
      yield line;
      line = `\t${" ".repeat(23)}`;
    }
    yield line;
  }
}

function areaText(dump: TaskDump, vma: VmaEntry, pages: number): string {
  const start = vma.start.toString(16).padStart(8, "0");
  const text = ` ${start} / ${String(pages).padEnd(8)}`;
  if (!hasStatus(vma, VMA.FILE_PRIVATE | VMA.FILE_SHARED)) return text;
  const id = Number(vma.shmid);
  return `${text} ${fileText("REG", id, mapsFile(vma) ? dump.files.get("REG", id) : undefined)}`;
}

function pagesOf(vma: VmaEntry, { memory }: Task): number {
  return lengthOf(vma) / memory.pageSize;
}

/** The ranges in ascending order, each with the areas that it overlaps. */
function* rangesOf(
  { memory }: Task,
): Generator<{ map: PageMap; index: number; areas: readonly VmaEntry[] }> {
  const { pageMap: map, areas: all, pageSize } = memory;
  let first = 0;
  for (let index = 0; index < map.count; index++) {
    const start = map.addresses[index]!;
    const end = start + map.lengths[index]! * pageSize;
    while (first < all.length && Number(all[first]!.end) <= start) first++;
    let after = first;
    while (after < all.length && Number(all[after]!.start) < end) after++;
    yield { map, index, areas: all.slice(first, after) };
  }
}
