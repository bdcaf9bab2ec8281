/**
 * Core files of dumped tasks.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { firstRangeAfter, type PageMap } from "../dump/page_map.ts";
import type { Task, Thread } from "../dump/task.ts";
import { CritError, dataError } from "../errors.ts";
import { architectureOf } from "./arch/mod.ts";
import { type AbsentPages, areaOf, type AreaSources } from "./areas.ts";
import { type ByteRun, CopyBuffers, runsOf } from "./copy.ts";
import { type CoreFile, layOut } from "./core_file.ts";
import { ImageBytes } from "./image_bytes.ts";
import { MappedContents } from "./mapped_contents.ts";
import type { MissingFile, OpenMapped } from "./mapped_files.ts";
import { checkImages, lossOf } from "./needs.ts";
import { ARGUMENTS_LENGTH, notesOf, type Process, type ThreadState } from "./notes.ts";
import { Segments } from "./segments.ts";

/** Options of a core file. */
export interface CoreOptions {
  /**
   * Opens a mapped file, to read pages that the process had not changed and that are therefore not
   * in the dump. Without it, core files do not contain these pages.
   */
  readonly openMapped?: OpenMapped;
  /**
   * Bits of the kernel's `coredump_filter` (see core(5)): leaves out what a kernel with this filter
   * would. Without it, the core file contains all known memory.
   */
  readonly filter?: number;
}

/** The core file of a task, laid out and ready to be written. */
export class Core implements Disposable {
  readonly #file: CoreFile;
  readonly #pageSize: number;
  readonly #backings: MappedContents;
  readonly #absent: Record<AbsentPages, number> = { parent: 0, lazy: 0 };
  readonly #buffers = new DisposableStack();
  #punched = 0;

  /**
   * Lays out the core file of a task that is not dead.
   *
   * @throws {CritError} if the dump lacks data that a core file needs; the error names the image
   */
  constructor(task: Task, options: CoreOptions = {}) {
    checkImages(task);
    const { memory, dump, mmName } = task;
    const process = processOf(task);
    const architecture = architectureOf(process.threads[0]!.core);
    const images = new ImageBytes();
    using opened = new DisposableStack();
    const backings = opened.use(
      new MappedContents(dump, images, architecture.order, options.openMapped),
    );
    const vmas = areasOf(task, architecture.bits);
    const sources: AreaSources = {
      pageSize: memory.pageSize,
      extentsOf: (vma, part) => memory.extents(vma, part),
      hasPages: hasPagesIn(memory.pageMap, memory.pageSize),
      imageOf: ({ dump, name }) => images.of(dump, name),
      onImage: (extent) => this.#punched += task.dump.holes.countIn(extent),
      fileOf: (vma) => backings.fileOf(vma),
      lossOf: (vma) => lossOf(task, vma),
      onAbsent: (why, bytes) => this.#absent[why] += bytes / memory.pageSize,
    };
    const segments = new Segments();
    inImage(mmName, () => {
      for (const vma of vmas) segments.add(areaOf(vma, sources, options.filter));
    });
    const mappings = backings.mappingsOf(vmas);
    const notes = notesOf({ ...process, mappings }, architecture, memory.pageSize);
    this.#file = layOut(architecture, notes, segments, memory.pageSize);
    this.#pageSize = memory.pageSize;
    this.#backings = backings;
    opened.move();
  }

  /** Size in bytes, holes included. */
  get size(): number {
    return this.#file.size;
  }

  /** Mapped files that are missing or have changed, so that their pages are left out. */
  get missing(): readonly MissingFile[] {
    return this.#backings.missing;
  }

  /** Numbers of pages that are left out because they are not in the dump, by reason. */
  get absentPages(): Readonly<Record<AbsentPages, number>> {
    return this.#absent;
  }

  /** Number of pages that are zeros because they were punched out of the dump's files. */
  get punchedPages(): number {
    return this.#punched;
  }

  /** Yields the bytes of the file in order, zeros as lengths; valid until this is disposed of. */
  runs(): Generator<ByteRun> {
    const buffers = this.#buffers.use(new CopyBuffers());
    return runsOf(this.#file, this.#pageSize, buffers);
  }

  /** Closes the open mapped file, if any, and releases the buffers. */
  [Symbol.dispose](): void {
    this.#buffers[Symbol.dispose]();
    this.#backings[Symbol.dispose]();
  }
}

/**
 * The memory areas that a task can address, in ascending order.
 *
 * @throws {CritError} `data` if areas overlap
 */
function areasOf({ memory, mmName }: Task, bits: number): VmaEntry[] {
  // A 64-bit kernel's vsyscall page lies beyond what a 32-bit task can address.
  const limit = 1n << BigInt(bits);
  const areas = memory.areas.filter(({ end }) => end <= limit).sort(byAddress);
  for (let i = 1; i < areas.length; i++) {
    if (areas[i - 1]!.end <= areas[i]!.start) continue;
    const place = areas[i]!.start.toString(16);
    throw dataError(`two memory areas have the address 0x${place}`, { image: mmName });
  }
  return areas;
}

function byAddress(a: VmaEntry, b: VmaEntry): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0;
}

/** The contents of the notes, except for mapped files. */
function processOf(task: Task): Omit<Process, "mappings"> {
  const { memory } = task;
  const mm = task.mm!;
  const { mm_arg_start, mm_arg_end } = mm;
  const length = mm_arg_end > mm_arg_start ? Number(mm_arg_end - mm_arg_start) : 0;
  // A damaged list may name a thread twice.
  const threads = new Map(task.threads.map((thread) => [thread.tid, thread])).values();
  const bytes = new Uint8Array(Math.min(length, ARGUMENTS_LENGTH));
  return {
    pid: task.pid,
    ppid: task.ppid,
    pgid: task.pgid,
    sid: task.sid,
    threads: [...threads].map(stateOf),
    arguments: bytes.subarray(0, memory.read(mm_arg_start, bytes)),
    auxiliaryVector: mm.mm_saved_auxv ?? [],
  };
}

/** Returns a function that looks for pages of an area in a page map. */
function hasPagesIn(map: PageMap, pageSize: number): AreaSources["hasPages"] {
  return ({ start, end }) => {
    const range = firstRangeAfter(map, Number(start), pageSize);
    return range < map.count && map.addresses[range]! < Number(end);
  };
}

/** Runs `action`, and adds the image to errors without one. */
function inImage<T>(image: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof CritError ? error.at({ image }) : error;
  }
}

function stateOf(thread: Thread): ThreadState {
  const { tid, creds, pendingSignals } = thread;
  return { tid, core: thread.core!, creds, pendingSignals };
}
