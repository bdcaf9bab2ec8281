/**
 * What two dumps tell of the memory behind a page map.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { type Extent, extentsOf, type Span } from "../dump/extent.ts";
import type { TaskMemory } from "../dump/memory.ts";
import { hasStatus, lengthOf, mapsSharedMemory } from "../dump/vma.ts";
import { VMA } from "../kernel/memory.ts";

/** Memory: the spans that it consists of, and what is in them. */
export interface Memory {
  /** In bytes. */
  readonly pageSize: number;
  /** In ascending order, without overlaps. */
  readonly spans: readonly Span[];
  /** What a part of the span with this index is made of, in ascending order without gaps. */
  extents(index: number, part: Span): Iterable<Extent>;
}

/** File names of page maps of tasks, and of shared memory. */
const TASK_PAGE_MAP = /^pagemap-(\d+)\.img$/;
const SHARED_PAGE_MAP = /^pagemap-shmem-/;

/** More bytes than any shared memory has. */
const ENDLESS = 2 ** 52;

/**
 * The memory behind a page map. Of a task the areas tell what is there; shared memory has a page
 * map of its own and is no part of the tasks that map it. A pre-dump has no areas, only ranges.
 */
export function memoryBehind(dump: Dump, pageMap: string): Memory {
  const [, pid] = TASK_PAGE_MAP.exec(pageMap) ?? [];
  if (pid !== undefined && dump.has("pstree.img")) {
    const memory = dump.task(Number(pid))?.memory;
    if (memory !== undefined && memory.areas.length > 0) return areaMemory(memory);
  }
  return SHARED_PAGE_MAP.test(pageMap) ? sharedMemory(dump, pageMap) : rangeMemory(dump, pageMap);
}

function areaMemory(memory: TaskMemory): Memory {
  const areas = memory.areas.filter((vma) =>
    !mapsSharedMemory(vma) || hasStatus(vma, VMA.FILE_PRIVATE)
  );
  const spans: Span[] = [];
  const vmas: typeof areas = [];
  let end = 0;
  for (const vma of areas) {
    const from = Math.max(Number(vma.start), end);
    const to = Number(vma.end);
    // Areas of a damaged image may overlap; the first one counts.
    if (lengthOf(vma) === 0 || from >= to) continue;
    spans.push({ from, to });
    vmas.push(vma);
    end = to;
  }
  return {
    pageSize: memory.pageSize,
    spans,
    extents(index, { from, to }) {
      const vma = vmas[index]!;
      const start = Number(vma.start);
      return memory.extents(vma, { from: from - start, to: to - start });
    },
  };
}

/** Memory that tasks share: what is not in its page map is zero. */
function sharedMemory(dump: Dump, name: string): Memory {
  const pageSize = dump.pageSize;
  return {
    pageSize,
    spans: dump.has(name) ? [{ from: 0, to: ENDLESS }] : [],
    extents: (_index, part) =>
      extentsOf({ dump, name, pageSize }, part, ({ from, to }) => [
        { kind: "zeros", at: 0, length: to - from },
      ]),
  };
}

/** Memory of which only the ranges are known. */
function rangeMemory(dump: Dump, name: string): Memory {
  const pageSize = dump.pageSize;
  const map = dump.has(name) ? dump.pageMap(name) : undefined;
  const spans: Array<{ from: number; to: number }> = [];
  for (let i = 0; i < (map?.count ?? 0); i++) {
    const from = map!.addresses[i]!;
    const to = from + map!.lengths[i]! * pageSize;
    const last = spans.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) spans.push({ from, to });
  }
  return {
    pageSize,
    spans,
    extents: (_index, part) =>
      extentsOf({ dump, name, pageSize }, part, ({ from, to }) => [
        { kind: "lost", at: 0, length: to - from },
      ]),
  };
}
