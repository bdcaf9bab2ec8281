/**
 * Core files of dumped tasks.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { architectureOf } from "./arch/mod.ts";
import type { Architecture } from "./arch/architecture.ts";
import { areaOf, type BackingFile, type MemorySources } from "./areas.ts";
import { type CoreFile, layOut } from "./core_file.ts";
import { type Run, runsOf } from "./copy.ts";
import { MappedFiles, type MissingFile, type OpenMapped } from "./mapped_files.ts";
import { cut, type Placed, segmentsOf } from "./memory.ts";
import { ARGUMENTS_LENGTH, type Mapping, notesOf } from "./notes.ts";
import type { CoreTask, DumpedPages } from "./task.ts";
import { is, STATUS } from "./vma.ts";

/** How a core file is made. */
export interface CoreOptions {
  /**
   * Opens a mapped file, for the pages of it that the process had not changed and that are not in
   * the dump therefore. Without it, core files have none of these.
   */
  readonly openMapped?: OpenMapped;
  /**
   * Bits of the kernel's `coredump_filter` (see core(5)): leaves out what a kernel with this
   * filter would. Without it, all memory that is known is in the core file.
   */
  readonly filter?: number;
}

/** A task's core file: laid out, ready to be written any number of times. */
export class Core implements Disposable {
  readonly #file: CoreFile;
  readonly #pageSize: number;
  readonly #mapped: MappedFiles;

  /** @throws {CritError} `data` or `unsupported` when the task's entries make no core file */
  constructor(task: CoreTask, options: CoreOptions = {}) {
    const architecture = architectureOf(task.threads[0]!.core);
    this.#mapped = new MappedFiles(options.openMapped ?? (() => undefined), architecture.order);
    this.#pageSize = task.pageSize;
    const vmas = areasOf(task, architecture);
    const sources = sourcesOf(task, this.#mapped);
    const segments = vmas.flatMap((vma) => segmentsOf(areaOf(vma, sources, options.filter)));
    const process = {
      ...task,
      arguments: argumentsOf(task, vmas, sources),
      mappings: mappingsOf(task, vmas),
    };
    const notes = notesOf(process, architecture, task.pageSize);
    this.#file = layOut(architecture, notes, segments, task.pageSize);
  }

  /** Size in bytes, holes included. */
  get size(): number {
    return this.#file.size;
  }

  /** Mapped files that are not there or are not what they were, so that their pages are missing. */
  get missing(): readonly MissingFile[] {
    return this.#mapped.missing;
  }

  /** The file's bytes in their order, runs of zeros as lengths. */
  runs(): Generator<Run> {
    return runsOf(this.#file, this.#pageSize);
  }

  /** Closes the mapped file that is open, if any. */
  [Symbol.dispose](): void {
    this.#mapped[Symbol.dispose]();
  }
}

/** The memory areas in ascending order, without those that only look like one. */
function areasOf({ mm }: CoreTask, { bits }: Architecture): VmaEntry[] {
  // A 64-bit kernel's vsyscall page lies beyond what a 32-bit task can address.
  const limit = 1n << BigInt(bits);
  return (mm.vmas ?? [])
    .filter((vma) => !is(vma, STATUS.GUARD) && vma.end <= limit)
    .sort((a, b) => a.start < b.start ? -1 : a.start > b.start ? 1 : 0);
}

function isFileBacked(vma: VmaEntry): boolean {
  return is(vma, STATUS.FILE_PRIVATE | STATUS.FILE_SHARED);
}

function mappingsOf(task: CoreTask, vmas: readonly VmaEntry[]): Mapping[] {
  return vmas.filter(isFileBacked).map((vma) => ({
    start: vma.start,
    end: vma.end,
    offset: vma.pgoff,
    name: task.backing(vma).name,
  }));
}

function sourcesOf(task: CoreTask, mapped: MappedFiles): MemorySources {
  return {
    pageSize: task.pageSize,
    pagesOf: ({ start, end }) => placed(task.pages, start, end),
    sharedPagesOf: (vma) => {
      const from = vma.pgoff;
      return placed(task.sharedPages(vma), from, from + vma.end - vma.start);
    },
    fileOf: (vma) => isFileBacked(vma) ? backingFile(task, vma, mapped) : undefined,
  };
}

function backingFile(task: CoreTask, vma: VmaEntry, mapped: MappedFiles): BackingFile {
  const { file, ghost } = task.backing(vma);
  const isNamed = file !== undefined && ghost === undefined;
  return {
    isNamed,
    isExecutable: ((file?.mode ?? 0) & 0o111) !== 0,
    bytes: ghost ?? (file && mapped.find(file)),
  };
}

/** The pages from one address up to another, by their distance from the first. */
function* placed(pages: readonly DumpedPages[], from: bigint, to: bigint): Generator<Placed> {
  for (let i = firstAfter(pages, from); i < pages.length; i++) {
    const { start, extent } = pages[i]!;
    if (start >= to) return;
    const skipped = start < from ? Number(from - start) : 0;
    const kept = start + BigInt(extent.length) > to ? Number(to - start) : extent.length;
    const at = start < from ? 0 : Number(start - from);
    yield { at, extent: cut(extent, skipped, kept) };
  }
}

/** Index of the first pages that end after an address. */
function firstAfter(pages: readonly DumpedPages[], address: bigint): number {
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { start, extent } = pages[middle]!;
    if (start + BigInt(extent.length) > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The beginning of the command line; empty where the dump does not have it. */
function argumentsOf(
  { mm }: CoreTask,
  vmas: readonly VmaEntry[],
  { pagesOf }: MemorySources,
): Uint8Array {
  const { mm_arg_start: from, mm_arg_end: to } = mm;
  const vma = vmas.find(({ start, end }) => start <= from && from < end);
  if (vma === undefined || to <= from) return new Uint8Array();
  const end = to < vma.end ? to : vma.end;
  const bytes = new Uint8Array(Math.min(ARGUMENTS_LENGTH, Number(end - from)));
  const begin = Number(from - vma.start);
  for (const { at, extent } of pagesOf(vma)) {
    const first = Math.max(at, begin);
    const last = Math.min(at + extent.length, begin + bytes.length);
    if (extent.kind !== "bytes" || first >= last) continue;
    const into = bytes.subarray(first - begin, last - begin);
    extent.source.read(extent.offset + first - at, into);
  }
  return bytes;
}
