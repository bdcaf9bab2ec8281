/**
 * Open and mapped files, each once.
 *
 * @module
 */

import type { FdTypes, FileEntry } from "../../proto/types.ts";
import { type Descriptor, descriptorsOf, type FileKey, fileKey } from "../dump/descriptors.ts";
import type { Dump } from "../dump/dump.ts";
import { hasStatus, mapsFile } from "../dump/vma.ts";
import { VMA } from "../kernel/memory.ts";
import { fileText, pathFileOf, unixSocketName } from "./file_name.ts";
import { inetName } from "./sk.ts";
import { tableView, type View } from "./view.ts";

/** A file that tasks have open or map. */
export type FilesRow = {
  /** Descriptors that refer to it: pid and fd. */
  fds: readonly Descriptor[];
  /** Process ids of tasks that map it. */
  mapped_by: readonly number[];
  /** Other uses by tasks: `exe`, `cwd` or `root`, with the pid. */
  uses: ReadonlyArray<{ readonly pid: number; readonly use: "exe" | "cwd" | "root" }>;
  /** Kind of file, as in fdinfo images. */
  type: FdTypes;
  /** Number of the file among files of its kind. */
  id: number;
  /** `r`, `w` or `rw`, with `a` for append mode. */
  mode: string | undefined;
  /** Offset of the next read or write. */
  position: bigint | undefined;
  /** In bytes; for a pipe, the data in it. */
  size: bigint | undefined;
  /** Whether the file was deleted. */
  deleted: boolean;
  /** Path or other name. */
  name: string;
};

/** The files that tasks have open or map. */
export const files: View<FilesRow> = tableView<FilesRow>({
  columns: [
    {
      key: "fds",
      doc: "descriptors that refer to it: pid and fd",
      title: "PID:FD",
      text: holdersText,
    },
    { key: "mapped_by", doc: "process ids of tasks that map it" },
    { key: "uses", doc: "other uses by tasks: `exe`, `cwd` or `root`, with the pid" },
    { key: "type", doc: "kind of file, as in fdinfo images", title: "TYPE" },
    { key: "id", doc: "number of the file among files of its kind" },
    {
      key: "mode",
      doc: "`r`, `w` or `rw`, with `a` for append mode",
      title: "MODE",
    },
    {
      key: "position",
      doc: "offset of the next read or write",
      title: "POS",
      align: "right",
    },
    { key: "size", doc: "in bytes; for a pipe, the data in it", title: "SIZE", align: "right" },
    { key: "deleted", doc: "whether the file was deleted" },
    {
      key: "name",
      doc: "path or other name",
      title: "NAME",
      text: ({ name, deleted }) => deleted ? `${name} (deleted)` : name,
    },
  ],
  *rows(dump, { tasks }) {
    const isFiltered = tasks.length < dump.tasks.length;
    const descriptors = descriptorsOf(tasks);
    const holders = holdersOf(tasks);
    const facts = new FileFacts(dump);
    const paths = new Set(dump.files.all.map(({ entry }) => pathFileOf(entry)));
    const places = new Map([...descriptors.keys()].map((key, index) => [key, index]));
    const all = dump.files.all.map(({ entry }) => ({ entry, key: fileKey(entry.type, entry.id) }))
      .sort((a, b) => (places.get(a.key) ?? Infinity) - (places.get(b.key) ?? Infinity) || 0);
    for (const { entry, key } of all) {
      const fds = descriptors.get(key) ?? NONE;
      const { mapped, uses } = holders.get(key) ?? NOBODY;
      // FIFOs and terminals have a second entry, of the path.
      const isPath = entry.type === "REG" && paths.has(entry.id);
      if ((isFiltered || isPath) && fds.length + mapped.length + uses.length === 0) continue;
      yield {
        fds,
        mapped_by: mapped,
        uses,
        type: entry.type,
        id: entry.id,
        ...facts.of(entry),
      };
    }
  },
});

function holdersText({ fds, mapped_by, uses }: FilesRow): string {
  const all = [
    ...fds.map(({ pid, fd }) => `${pid}:${fd}`),
    ...uses.map(({ pid, use }) => `${pid}:${use}`),
    ...mapped_by.map((pid) => `${pid}:mem`),
  ];
  return all.length > 6 ? `${all.slice(0, 6).join(" ")} …` : all.join(" ") || "-";
}

/** Who holds a file without a descriptor. */
interface Holders {
  readonly mapped: number[];
  readonly uses: Array<{ pid: number; use: "exe" | "cwd" | "root" }>;
}

const NONE: readonly never[] = [];
const NOBODY: Holders = { mapped: [], uses: [] };

function holdersOf(tasks: Dump["tasks"]): Map<FileKey, Holders> {
  const holders = new Map<FileKey, Holders>();
  const of = (key: FileKey) => {
    let known = holders.get(key);
    if (known === undefined) holders.set(key, known = { mapped: [], uses: [] });
    return known;
  };
  for (const { pid, isDead, memory, mm, fs } of tasks) {
    if (isDead) continue;
    let last = { type: "", id: -1n };
    for (const vma of memory.areas) {
      const type = mapsFile(vma) ? "REG" : hasStatus(vma, VMA.MEMFD) ? "MEMFD" : undefined;
      // The areas of one file lie side by side.
      if (type === undefined || vma.shmid === last.id && type === last.type) continue;
      last = { type, id: vma.shmid };
      const { mapped } = of(fileKey(type, Number(vma.shmid)));
      if (mapped.at(-1) !== pid) mapped.push(pid);
    }
    if (mm !== undefined) of(fileKey("REG", mm.exe_file_id)).uses.push({ pid, use: "exe" });
    if (fs !== undefined) {
      of(fileKey("REG", fs.cwd_id)).uses.push({ pid, use: "cwd" });
      of(fileKey("REG", fs.root_id)).uses.push({ pid, use: "root" });
    }
  }
  return holders;
}

const O_ACCMODE = 3;
const O_APPEND = 0o2000;
const MODES = ["r", "w", "rw", "-"];

/** What is known of files by themselves. */
class FileFacts {
  readonly #deleted: ReadonlySet<number>;
  readonly #pipes = new Map<number, number>();

  constructor(readonly dump: Dump) {
    this.#deleted = new Set(
      dump.optionalEntries("remap-fpath.img", "remap_file_path_entry")
        .filter(({ remap_type }) => remap_type !== "PROCFS")
        .map(({ orig_id }) => orig_id),
    );
    for (const image of ["pipes-data.img", "fifo-data.img"]) {
      for (const { pipe_id, bytes } of dump.optionalEntries(image, "pipe_data_entry")) {
        this.#pipes.set(pipe_id, bytes);
      }
    }
  }

  of(file: FileEntry): Pick<FilesRow, "mode" | "position" | "size" | "deleted" | "name"> {
    const { type, id, memfd, pipe, fifo, bpf } = file;
    const path = pathFileOf(file);
    const reg = file.reg ??
      (path === undefined ? undefined : this.dump.files.get("REG", path)?.reg);
    const flags = reg?.flags ?? flagsOf(file);
    const pipeId = pipe?.pipe_id ?? fifo?.pipe_id;
    const inode = memfd === undefined ? undefined : this.dump.sharedMemory.memfdInode(id);
    const inPipe = pipeId === undefined ? undefined : this.#pipes.get(pipeId) ?? 0;
    return {
      mode: flags === undefined
        ? undefined
        : MODES[flags & O_ACCMODE]! + ((flags & O_APPEND) !== 0 ? "a" : ""),
      position: file.reg?.pos ?? memfd?.pos ?? bpf?.pos,
      size: file.reg?.size ?? inode?.size ?? (inPipe === undefined ? undefined : BigInt(inPipe)),
      deleted: type === "REG" ? this.#deleted.has(id) : memfd !== undefined,
      name: reg?.name ?? this.#nameOf(file, inode?.name),
    };
  }

  #nameOf(file: FileEntry, memfdName: string | undefined): string {
    const { type, id, usk, isk } = file;
    if (memfdName !== undefined) {
      return memfdName === "/dev/zero" ? memfdName : `/memfd:${memfdName}`;
    }
    if (isk !== undefined) return inetName(isk, this.dump.byteOrder);
    if (usk !== undefined) {
      const name = unixSocketName(usk.name);
      return `unix[${usk.ino} (${usk.peer})]${name === "" ? "" : ` ${name}`}`;
    }
    return fileText(type, id, file);
  }
}

/** Flags of open(2) that a file has. */
function flagsOf(file: FileEntry): number | undefined {
  for (const [key, value] of Object.entries(file)) {
    if (key === "type" || key === "id" || typeof value !== "object" || value === null) continue;
    if ("flags" in value && typeof value.flags === "number") return value.flags;
  }
  return undefined;
}
