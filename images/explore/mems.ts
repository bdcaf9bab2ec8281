/**
 * Memory areas.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { hexText, printable } from "../bytes/printable.ts";
import type { TaskDump } from "../dump/task.ts";
import { hasStatus, isStack, lengthOf, mapsFile } from "../dump/vma.ts";
import { MAP, VMA } from "../kernel/memory.ts";
import { fileText } from "./file_name.ts";
import { textView, type View } from "./view.ts";

/** Kinds of areas, by status bit; the first that fits. */
const KINDS: ReadonlyArray<readonly [bit: number, kind: string]> = [
  [VMA.SYSVIPC, "sysv"],
  [VMA.MEMFD, "memfd"],
  [VMA.ANON_SHARED, "shared"],
  [VMA.SOCKET, "socket"],
  [VMA.AIORING, "aio"],
  [VMA.UPROBES, "uprobes"],
  [VMA.FILE_PRIVATE, "file"],
  [VMA.FILE_SHARED, "file"],
  [VMA.STACK, "stack"],
  [VMA.HEAP, "heap"],
  [VMA.VSYSCALL, "vsyscall"],
  [VMA.VDSO, "vdso"],
  [VMA.VVAR, "vvar"],
  [VMA.SHSTK, "shadow stack"],
];

/** A memory area, or the program. */
export type MemsRow = {
  /** Process id. */
  pid: number;
  /** Address of the first byte, in hexadecimal; left out for the program. */
  start: string | undefined;
  /** Address after the last byte. */
  end: string | undefined;
  /** In bytes. */
  size: number | undefined;
  /** Permissions: `r`, `w`, `x` or `-`. */
  prot: string | undefined;
  /** Anonymous, file, shared, memfd, sysv, stack, heap, vdso, …; `exe` for the program. */
  kind: string;
  /** Whether other tasks can see writes. */
  shared: boolean | undefined;
  /** False if the restore creates the area anew. */
  dumped: boolean | undefined;
  /** Mapped file. */
  name: string | undefined;
  /** Offset of the area in the file, in hexadecimal. */
  offset: string | undefined;
};

/** The memory areas of each task, and its program. */
export const mems: View<MemsRow> = textView<MemsRow>({
  keys: {
    pid: "process id",
    start: "address of the first byte, in hexadecimal; left out for the program",
    end: "address after the last byte",
    size: "in bytes",
    prot: "permissions: `r`, `w`, `x` or `-`",
    kind: "anonymous, file, shared, memfd, sysv, stack, heap, vdso, …; `exe` for the program",
    shared: "whether other tasks can see writes",
    dumped: "false if the restore creates the area anew",
    name: "mapped file",
    offset: "offset of the area in the file, in hexadecimal",
  },
  *rows(dump, { tasks }) {
    for (const task of tasks) {
      if (task.isDead) continue;
      const exe = task.exe?.reg?.name;
      if (task.mm !== undefined) yield { ...EMPTY, pid: task.pid, kind: "exe", name: exe };
      for (const vma of task.vmas) yield areaRow(dump, task.pid, vma);
    }
  },
  *lines(_rows, { tasks }) {
    const segments = new Map<bigint, number>();
    for (const task of tasks) {
      yield task.isDead ? `${task.pid} <${task.state}>` : `${task.pid}`;
      const { dump, mm } = task;
      if (mm !== undefined && !task.isDead) {
        yield areaLine("exe", "   ", fileText("REG", mm.exe_file_id, task.exe));
      }
      for (const vma of task.isDead ? [] : task.vmas) {
        const range = `${address(vma.start)}-${address(vma.end)}`;
        yield areaLine(range, protText(vma), areaText(dump, vma, segments));
      }
    }
  },
});

const EMPTY: Omit<MemsRow, "pid" | "kind" | "name"> = {
  start: undefined,
  end: undefined,
  size: undefined,
  prot: undefined,
  shared: undefined,
  dumped: undefined,
  offset: undefined,
};

function areaRow(dump: TaskDump, pid: number, vma: VmaEntry): MemsRow {
  const isOfFile = hasStatus(vma, VMA.FILE_PRIVATE | VMA.FILE_SHARED);
  return {
    pid,
    start: hexText(vma.start),
    end: hexText(vma.end),
    size: lengthOf(vma),
    prot: protText(vma),
    kind: areaKind(vma),
    shared: (vma.flags & MAP.SHARED) !== 0,
    dumped: hasStatus(vma, VMA.REGULAR),
    name: areaName(dump, vma),
    offset: isOfFile ? hexText(vma.pgoff) : undefined,
  };
}

/** What kind of area it is: `anonymous`, `file`, `stack`, … */
export function areaKind(vma: VmaEntry): string {
  const kind = KINDS.find(([bit]) => hasStatus(vma, bit))?.[1];
  return kind ?? (isStack(vma) ? "stack" : "anonymous");
}

/** Path of the file, or name of the memfd, that an area maps; undefined of other areas. */
export function areaName(dump: TaskDump, vma: VmaEntry): string | undefined {
  const id = Number(vma.shmid);
  if (mapsFile(vma)) return dump.files.get("REG", id)?.reg?.name;
  return hasStatus(vma, VMA.MEMFD) ? dump.sharedMemory.memfdInode(id)?.name : undefined;
}

/** `r-x`. */
export function protText({ prot }: VmaEntry): string {
  return ["r", "w", "x"].map((letter, bit) => ((prot >> bit) & 1) === 0 ? "-" : letter).join("");
}

/** What CRIU's own tool calls areas that have no file, by status bit. */
const SEGMENTS: ReadonlyArray<readonly [bit: number, name: string]> = [
  [VMA.SYSVIPC, "ips"],
  [VMA.ANON_SHARED, "shmem"],
  [VMA.SOCKET, "packet"],
];

/**
 * What an area maps, in the words of CRIU's own tool.
 *
 * @param segments numbers of the segments seen so far: it counts them from 1
 */
function areaText(dump: TaskDump, vma: VmaEntry, segments: Map<bigint, number>): string {
  const segment = SEGMENTS.find(([bit]) => hasStatus(vma, bit))?.[1];
  let text: string;
  if (segment === undefined) text = mappedText(dump, vma);
  else {
    const number = segments.get(vma.shmid) ?? segments.size + 1;
    segments.set(vma.shmid, number);
    text = `${segment}[${number.toString(16)}]`;
  }
  return hasStatus(vma, VMA.REGULAR) ? text : `${text} *`.trimStart();
}

function mappedText(dump: TaskDump, vma: VmaEntry): string {
  if (hasStatus(vma, VMA.FILE_PRIVATE | VMA.FILE_SHARED)) {
    const id = Number(vma.shmid);
    const file = fileText("REG", id, mapsFile(vma) ? dump.files.get("REG", id) : undefined);
    const offset = vma.pgoff === 0n ? "" : ` + ${hexText(vma.pgoff)}`;
    return `${file}${offset}${hasStatus(vma, VMA.FILE_SHARED) ? " (s)" : ""}`;
  }
  if (hasStatus(vma, VMA.STACK)) return "[stack]";
  if (hasStatus(vma, VMA.VSYSCALL)) return "[vsyscall]";
  if (hasStatus(vma, VMA.VDSO)) return "[vdso]";
  return (vma.flags & MAP.GROWSDOWN) !== 0 ? "[stack?]" : "";
}

function areaLine(range: string, prot: string, text: string): string {
  return `\t${range.padEnd(36)}${prot}${text === "" ? "" : ` ${printable(text)}`}`;
}

function address(value: bigint): string {
  return value.toString(16).padStart(8, "0");
}
