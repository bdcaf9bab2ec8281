/**
 * A dumped task as a core file needs it.
 *
 * @module
 */

import type { CoreEntry, MmEntry, RegFileEntry, VmaEntry } from "../../proto/types.ts";
import type { MappedFile } from "./mapped_files.ts";
import type { Extent } from "./memory.ts";

/** What a core file is made from. */
export interface CoreTask {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** The main thread, then the others. */
  readonly threads: readonly CoreThread[];
  readonly mm: MmEntry;
  /** In bytes. */
  readonly pageSize: number;
  /** The dumped pages of its own, by their address, in ascending order. */
  readonly pages: readonly DumpedPages[];
  /** The dumped pages of the shared memory that an area maps, by their place in that memory. */
  readonly sharedPages: (vma: VmaEntry) => readonly DumpedPages[];
  /** What a file-backed area maps. */
  readonly backing: (vma: VmaEntry) => Backing;
}

/** A thread of a dumped task. */
export interface CoreThread {
  readonly tid: number;
  readonly core: CoreEntry;
}

/** Consecutive pages with one origin. */
export interface DumpedPages {
  /** Address of the first page, or its place in shared memory, in bytes. */
  readonly start: bigint;
  readonly extent: Extent;
}

/** What a file-backed area maps. */
export interface Backing {
  /** The path, as `/proc/PID/maps` would show it. */
  readonly name: string;
  /** The file's entry; undefined for memory that poses as a file. */
  readonly file?: RegFileEntry;
  /** The bytes of a file that had no name any more, from the dump. */
  readonly ghost?: MappedFile;
}
