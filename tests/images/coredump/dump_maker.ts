/**
 * Writes dump directories whose every byte is known.
 *
 * @module
 */

import { equal } from "node:assert/strict";
import { writeCore, type WriteCoreOptions } from "../../../lib/coredump.ts";
import { encodeImage, type Entry } from "../../../mod.ts";
import type { CoreEntry, VmaEntry } from "../../../proto/types.ts";

/** A task to be dumped. */
export interface MadeTask {
  pid: number;
  ppid?: number;
  /** Its process group and session; both its pid if not given. */
  pgid?: number;
  sid?: number;
  /** The threads' core entries by their numbers; the main thread's first. */
  cores: Array<[tid: number, core: CoreEntry]>;
  /** Fields of its `mm_entry` that matter; all others are 0. */
  mm?: Record<string, unknown>;
  vmas?: VmaEntry[];
  /** Ranges of its page map, with the bytes of those that are present. */
  ranges?: MadeRange[];
}

/** Consecutive pages. */
export interface MadeRange {
  vaddr: bigint;
  /** How many pages, where there are no bytes to tell. */
  pages?: number;
  /** `PE_PARENT` 1, `PE_LAZY` 2, `PE_PRESENT` 4. */
  flags?: number;
  bytes?: Uint8Array;
}

/** Fields of `mm_entry` that a core file has no use for. */
const MM = {
  mm_start_code: 0n,
  mm_end_code: 0n,
  mm_start_data: 0n,
  mm_end_data: 0n,
  mm_start_stack: 0n,
  mm_start_brk: 0n,
  mm_brk: 0n,
  mm_arg_start: 0n,
  mm_arg_end: 0n,
  mm_env_start: 0n,
  mm_env_end: 0n,
  exe_file_id: 1,
};

/** An area with the fields that matter given. */
export function madeVma(vma: Partial<VmaEntry> & Pick<VmaEntry, "start" | "end">): VmaEntry {
  return {
    pgoff: 0n,
    shmid: 0n,
    prot: 3,
    flags: 0x22,
    // VMA_AREA_REGULAR and VMA_ANON_PRIVATE
    status: 0x201,
    fd: -1n,
    ...vma,
  };
}

/** Writes one image. */
export function writeImage(
  directory: string,
  name: string,
  magic: string,
  entries: unknown[],
): void {
  Deno.writeFileSync(
    `${directory}/${name}`,
    encodeImage({ type: magic, entries: entries as Entry[] }),
  );
}

/** Writes a page map and its pages. */
export function writePages(
  directory: string,
  name: string,
  pagesId: number,
  ranges: readonly MadeRange[],
  pageSize: number,
): void {
  const entries = ranges.map(({ vaddr, bytes, pages, flags }) => ({
    vaddr,
    compat_nr_pages: 0,
    nr_pages: BigInt(pages ?? bytes!.length / pageSize),
    flags: flags ?? 4,
  }));
  writeImage(directory, name, "PAGEMAP", [{ pages_id: pagesId }, ...entries]);
  using file = Deno.openSync(`${directory}/pages-${pagesId}.img`, { write: true, create: true });
  for (const { bytes } of ranges) {
    for (let at = 0; at < (bytes?.length ?? 0);) at += file.writeSync(bytes!.subarray(at));
  }
}

/** Writes a dump of tasks; `files` are the entries of files.img. */
export function writeDump(
  directory: string,
  tasks: readonly MadeTask[],
  { files = [], pageSize = 4096 }: { files?: unknown[]; pageSize?: number } = {},
): void {
  writeImage(directory, "inventory.img", "INVENTORY", [{ img_version: 2, fdinfo_per_id: true }]);
  writeImage(
    directory,
    "pstree.img",
    "PSTREE",
    tasks.map(({ pid, ppid, pgid, sid, cores }) => ({
      pid,
      ppid: ppid ?? 0,
      pgid: pgid ?? pid,
      sid: sid ?? pid,
      threads: cores.map(([tid]) => tid),
    })),
  );
  writeImage(directory, "files.img", "FILES", files);
  tasks.forEach(({ pid, cores, mm, vmas, ranges }, index) => {
    for (const [tid, core] of cores) writeImage(directory, `core-${tid}.img`, "CORE", [core]);
    if (mm === undefined) return;
    const number = index + 1;
    const ids = { vm_id: number, files_id: number, fs_id: number, sighand_id: number };
    writeImage(directory, `ids-${pid}.img`, "IDS", [ids]);
    writeImage(directory, `fdinfo-${number}.img`, "FDINFO", []);
    writeImage(directory, `mm-${pid}.img`, "MM", [{ ...MM, ...mm, vmas: vmas ?? [] }]);
    writePages(directory, `pagemap-${pid}.img`, number, ranges ?? [], pageSize);
  });
}

/** The core file of a task, without a look at the files that it maps unless `options` say where. */
export async function coreFile(
  dump: string,
  pid: number,
  options: WriteCoreOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const stream = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
  const { size } = await writeCore(dump, pid, stream, { sysroot: null, ...options });
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  equal(at, size);
  return bytes;
}
