/**
 * Pages of a dump that are holes in its files because CRIU punched them out.
 *
 * `criu restore --auto-dedup` punches out every page that it has read. `criu dump --auto-dedup`
 * punches out the pages of its parent that it dumps again; a parent that is a complete dump is then
 * lost, because its pages read as zeros (criu/pagemap.c, `punch_hole`).
 *
 * Such a hole looks like a page of zeros that a copy has turned into a hole. A dump therefore
 * counts as punched only if a page is a hole that is never empty in a running program: the top of a
 * thread's stack, the arguments, the vDSO, a written page of a private file mapping (none of 1794
 * in real dumps is zeros), or all pages of a process.
 *
 * @module
 */

import type { CoreEntry, MmEntry } from "../../proto/types.ts";
import { isZeroPage } from "../bytes/bytes.ts";
import { VMA } from "../kernel/memory.ts";
import { type Extent, pagesName } from "./extent.ts";
import type { DumpImages } from "./images.ts";
import type { TaskMemory } from "./memory.ts";
import { stackPointerOf } from "./stack_pointer.ts";
import { hasStatus } from "./vma.ts";

/** A file of pages with holes. */
export interface PunchedFile {
  /** File name. */
  readonly name: string;
  /** Number of pages, including holes. */
  readonly pages: number;
  /** Number of holes. */
  readonly holes: number;
}

/** The data of a task that shows which pages cannot be empty. */
export interface HoleTask {
  /** Whether it had ended. */
  readonly isDead: boolean;
  /** Its memory layout. */
  readonly mm: MmEntry | undefined;
  /** Its memory. */
  readonly memory: TaskMemory;
  /** Its threads, by their registers. */
  readonly threads: ReadonlyArray<{ readonly core: CoreEntry | undefined }>;
}

/** A dump whose files may have holes. */
export type HoleOwner = DumpImages & {
  readonly pageSize: number;
  readonly tasks: readonly HoleTask[];
};

/** The holes of a dump and of the parents that it reads pages from. */
export class Holes {
  #files: readonly PunchedFile[] | undefined;
  readonly #maps = new Map<DumpImages, Map<string, HoleMap>>();

  /** The holes of `dump`. */
  constructor(readonly dump: HoleOwner) {}

  /** The punched pages files of this dump; none if no hole is certain to be punched. */
  get files(): readonly PunchedFile[] {
    return this.#files ??= this.#findFiles();
  }

  /** Number of holes in a run of memory; 0 unless the dump was punched. */
  countIn(extent: Extent): number {
    if (extent.kind !== "image" || this.files.length === 0) return 0;
    const { pageSize } = this.dump;
    const map = this.#mapOf(extent.dump, extent.name);
    const first = Math.floor(extent.offset / pageSize);
    return map.countIn(first, Math.ceil((extent.offset + extent.length) / pageSize));
  }

  #findFiles(): readonly PunchedFile[] {
    const { dump } = this;
    const files: PunchedFile[] = [];
    for (const { name, type } of dump.dumpFiles) {
      if (type?.name !== "PAGES") continue;
      const holes = holesOf(dump, name, dump.pageSize);
      if (holes === 0) continue;
      files.push({ name, pages: Math.floor(dump.sizeOf(name)! / dump.pageSize), holes });
    }
    if (files.length === 0) return files;
    return dump.tasks.some((task) => !task.isDead && this.#isPunched(task, files)) ? files : [];
  }

  /** Whether a page is a hole that a running task must have. */
  #isPunched(task: HoleTask, files: readonly PunchedFile[]): boolean {
    const { memory, mm } = task;
    const own = files.find(({ name }) => name === pagesName(memory.pageMap));
    if (own !== undefined && own.holes === own.pages) return true;
    const addresses = task.threads.map(({ core }) => core && stackPointerOf(core));
    if (mm !== undefined && mm.mm_arg_end > mm.mm_arg_start) addresses.push(mm.mm_arg_start);
    for (const vma of memory.areas) if (hasStatus(vma, VMA.VDSO)) addresses.push(vma.start);
    const isHoleAt = (address: bigint | undefined): boolean => {
      const vma = address === undefined ? undefined : memory.areaAt(address);
      if (vma === undefined) return false;
      const from = Math.floor(Number(address! - vma.start) / memory.pageSize) * memory.pageSize;
      return this.#hasHole(memory.extents(vma, { from, to: from + memory.pageSize }));
    };
    if (addresses.some(isHoleAt)) return true;
    const ofFiles = memory.areas.filter((vma) => hasStatus(vma, VMA.FILE_PRIVATE));
    return ofFiles.some((vma) => this.#hasHole(memory.extents(vma)));
  }

  /** Whether a page of memory is a hole in the dump's own files; the first ones are looked at. */
  #hasHole(extents: Iterable<Extent>): boolean {
    const { dump } = this;
    const { pageSize } = dump;
    const bytes = new Uint8Array(pageSize);
    let left = MOST_LOOKED_AT;
    for (const extent of extents) {
      if (left-- <= 0) break;
      if (extent.kind !== "image" || extent.dump !== dump) continue;
      if (holesOf(dump, extent.name, pageSize) === 0) continue;
      for (let at = 0; at < extent.length && left > 0; at += pageSize, left--) {
        const count = dump.read(extent.name, extent.offset + at, bytes);
        if (count === pageSize && isZeroPage(bytes, 0, pageSize)) return true;
      }
    }
    return false;
  }

  #mapOf(dump: DumpImages, name: string): HoleMap {
    let maps = this.#maps.get(dump);
    if (maps === undefined) this.#maps.set(dump, maps = new Map());
    let map = maps.get(name);
    if (map === undefined) maps.set(name, map = new HoleMap(dump, name, this.dump.pageSize));
    return map;
  }
}

/** How many pages of a file take no room. */
function holesOf(dump: DumpImages, name: string, pageSize: number): number {
  const allocated = dump.source.allocated?.(name);
  const size = dump.sizeOf(name);
  if (allocated === undefined || size === undefined) return 0;
  return Math.max(0, Math.floor((size - allocated) / pageSize));
}

/** Most pages of an area that are looked at, so that a large one costs little. */
const MOST_LOOKED_AT = 1 << 12;

/** Bytes of pages that are read at a time. */
const CHUNK = 1 << 20;

/** Which pages of a file with holes are zeros: a bit a page. */
class HoleMap {
  readonly #bits: Uint8Array;

  constructor(dump: DumpImages, name: string, pageSize: number) {
    if (holesOf(dump, name, pageSize) === 0) {
      this.#bits = new Uint8Array();
      return;
    }
    const size = dump.sizeOf(name)!;
    this.#bits = new Uint8Array(Math.ceil(size / pageSize / 8));
    const bytes = new Uint8Array(CHUNK);
    for (let offset = 0; offset < size; offset += CHUNK) {
      const count = dump.read(name, offset, bytes);
      for (let at = 0; at + pageSize <= count; at += pageSize) {
        const page = (offset + at) / pageSize;
        if (isZeroPage(bytes, at, pageSize)) this.#bits[page >>> 3]! |= 1 << (page & 7);
      }
      if (count < CHUNK) break;
    }
  }

  /** How many pages from one number up to another are holes. */
  countIn(from: number, to: number): number {
    let count = 0;
    for (let page = from; page < to; page++) {
      if (((this.#bits[page >>> 3] ?? 0) & 1 << (page & 7)) !== 0) count++;
    }
    return count;
  }
}
