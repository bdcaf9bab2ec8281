/** Rules about memory areas. @module */

import { hexText } from "../../bytes/printable.ts";
import { hasStatus, mapsFile, mapsSharedMemory } from "../../dump/vma.ts";
import { VMA } from "../../kernel/memory.ts";
import type { CheckContext, TaskAreas } from "../context.ts";

import { type FileReference, unresolvedFiles } from "../references.ts";
import type { Rule } from "../rule.ts";

const FETCH = "fetch {image} again, or make the dump again";
const FILES = "fetch files.img from where the dump was made, or make the dump again";

const areaAligned: Rule = {
  id: "vma-aligned",
  severity: "error",
  summary: "memory areas begin and end at page boundaries",
  explanation: "The kernel maps whole pages only.",
  fix: FETCH,
  *check({ memories }) {
    for (const { vmas, at, task } of memories) {
      const pageSize = BigInt(task.memory.pageSize);
      for (const [i, { start, end }] of vmas.entries()) {
        if (start >= end) {
          const message = `the area at ${hexText(start)} ends at ${hexText(end)}`;
          yield { ...at(i), message };
        } else if (start % pageSize !== 0n || end % pageSize !== 0n) {
          const area = `${hexText(start)}-${hexText(end)}`;
          yield { ...at(i), message: `${area} does not consist of pages of ${pageSize} bytes` };
        }
      }
    }
  },
};

const areaOffset: Rule = {
  id: "vma-offset",
  severity: "error",
  summary: "memory areas begin at a page of what they map",
  explanation:
    "The kernel maps whole pages of files and shared memory, and refuses any other offset.",
  fix: FETCH,
  *check({ memories }) {
    for (const { vmas, at, task } of memories) {
      const pageSize = BigInt(task.memory.pageSize);
      for (const [i, vma] of vmas.entries()) {
        if (!mapsFile(vma) && !mapsSharedMemory(vma) || vma.pgoff % pageSize === 0n) continue;
        const message = `${hexText(vma.pgoff)} is not a multiple of ${pageSize}`;
        yield { ...at(i, "pgoff"), message };
      }
    }
  },
};

const areaOrder: Rule = {
  id: "vma-order",
  severity: "error",
  summary: "memory areas are in ascending order and do not overlap",
  explanation: "CRIU maps the areas one after the other; only guard areas may lie inside others.",
  fix: FETCH,
  *check({ memories }) {
    for (const { vmas, at } of memories) {
      let [before, end] = [0n, 0n];
      for (const [i, vma] of vmas.entries()) {
        if (hasStatus(vma, VMA.GUARD)) continue;
        const area = hexText(vma.start);
        if (vma.start < before) {
          yield { ...at(i), message: `${area} comes after ${hexText(before)}` };
          end = vma.end;
        } else if (vma.start < end) {
          yield {
            ...at(i),
            message: `${area} overlaps the area before, which ends at ${hexText(end)}`,
          };
        }
        before = vma.start;
        if (vma.end > end) end = vma.end;
      }
    }
  },
};

/** Files that areas map and that are not there. */
function* mappedFiles(context: CheckContext): Generator<FileReference> {
  for (const { vmas, at } of context.memories) {
    for (const [i, vma] of vmas.entries()) {
      const type = hasStatus(vma, VMA.MEMFD) ? "MEMFD" : mapsFile(vma) ? "REG" : undefined;
      if (type === undefined) continue;
      const id = Number(vma.shmid);
      if (context.files.get(type, id) !== undefined) continue;
      const target = `${type} file ${id}, which the area at ${hexText(vma.start)} maps`;
      yield { ...at(i), type, target };
    }
  }
}

const areaFile: Rule = {
  id: "vma-file",
  severity: "error",
  summary: "the file that a memory area maps is in the dump",
  explanation: "CRIU finds the mapped file by the id in `shmid`.",
  fix: FILES,
  check: (context) => unresolvedFiles(context, mappedFiles(context)),
};

/** Files of tasks that are no descriptors, and that are not there. */
function* ownFiles(context: CheckContext): Generator<FileReference> {
  const type = "REG";
  for (const { pid } of context.living) {
    const image = `fs-${pid}.img`;
    if (!context.isWhole(image)) continue;
    for (const [entry, { cwd_id, root_id }] of context.entries(image, "fs_entry")) {
      for (const [field, id] of [["cwd_id", cwd_id], ["root_id", root_id]] as const) {
        if (context.files.get(type, id) !== undefined) continue;
        yield { image, entry, field, type, target: `REG file ${id}` };
      }
    }
  }
}

const directoryFile: Rule = {
  id: "fs-file",
  severity: "error",
  summary: "root and working directories are in the dump as REG files",
  explanation: "CRIU finds the directories of a process by these ids.",
  fix: FILES,
  check: (context) => unresolvedFiles(context, ownFiles(context)),
};

function* programs(context: CheckContext): Generator<FileReference> {
  for (const { pid } of context.living) {
    const image = `mm-${pid}.img`;
    if (!context.isWhole(image)) continue;
    for (const [entry, { exe_file_id: id }] of context.entries(image, "mm_entry")) {
      if (context.files.get("REG", id) !== undefined) continue;
      yield { image, entry, field: "exe_file_id", type: "REG", target: `REG file ${id}` };
    }
  }
}

const programFile: Rule = {
  id: "exe-file",
  severity: "error",
  summary: "the program of every process is in the dump as a REG file",
  explanation: "CRIU sets the link /proc/PID/exe to the file of this id.",
  fix: FILES,
  check: (context) => unresolvedFiles(context, programs(context)),
};

/** Addresses of the areas that are rings of asynchronous I/O. */
function ringsOf({ vmas }: TaskAreas): Set<bigint> {
  return new Set(vmas.filter((vma) => hasStatus(vma, VMA.AIORING)).map(({ start }) => start));
}

const aioArea: Rule = {
  id: "aio-area",
  severity: "error",
  summary: "each asynchronous I/O ring has its memory area",
  explanation: "CRIU creates the ring again and moves it to the area at its address.",
  fix: FETCH,
  *check({ memories }) {
    for (const memory of memories) {
      const rings = ringsOf(memory);
      for (const [i, { id }] of (memory.task.mm?.aios ?? []).entries()) {
        if (rings.has(id)) continue;
        const [image, field] = [memory.task.mmName, `aios[${i}].id`];
        yield { image, entry: 0, field, message: `there is no area of a ring at ${hexText(id)}` };
      }
    }
  },
};

export default [areaAligned, areaOffset, areaOrder, areaFile, directoryFile, programFile, aioArea];
