/**
 * A task's memory.
 *
 * @module
 */

import type { MmEntry, VmaEntry } from "../../proto/types.ts";
import { firstIndex } from "../bytes/binary_search.ts";
import { VMA } from "../kernel/memory.ts";
import {
  type Extent,
  extentsOf,
  type FillGap,
  type PageStore,
  readExtent,
  type Span,
} from "./extent.ts";
import type { DumpImages } from "./images.ts";
import { emptyPageMap, type PageMap } from "./page_map.ts";
import { auxiliaryPageSize } from "./page_size.ts";
import type { SharedMemory } from "./shared_memory.ts";
import { hasStatus, isKernelMade, lengthOf, mapsFile, mapsSharedMemory } from "./vma.ts";

/**
 * Most bytes that are taken for arguments or environment. Linux lets exec have 6 MiB of both
 * (fs/exec.c, bprm_stack_limits); it once was a quarter of the stack's limit.
 */
const MOST_ARGUMENTS = 16 << 20;

/** The data of a task that its memory needs. */
export interface MemoryOwner {
  /** The dump that the task is in. */
  readonly dump: DumpImages & { readonly pageSize: number; readonly sharedMemory: SharedMemory };
  /** Memory layout. */
  readonly mm: MmEntry | undefined;
  /** Memory areas, in ascending order; guard areas after them. */
  readonly vmas: readonly VmaEntry[];
  /** Name of the page map. */
  readonly pageMapName: string;
  /** Whether the task has ended. */
  readonly isDead: boolean;
}

/** The memory of a task: its areas and the origins of their bytes. */
export class TaskMemory {
  #pageSize: number | undefined;
  #areas: readonly VmaEntry[] | undefined;
  #pageStore: PageStore | undefined;

  /** The memory of `task`. */
  constructor(readonly task: MemoryOwner) {}

  /** In bytes, from the task's auxiliary vector or from the dump. */
  get pageSize(): number {
    const { mm, dump } = this.task;
    return this.#pageSize ??= auxiliaryPageSize(mm?.mm_saved_auxv ?? []) ?? dump.pageSize;
  }

  /** The areas in ascending order, without the guard areas, which lie inside others. */
  get areas(): readonly VmaEntry[] {
    return this.#areas ??= isInOrder(this.task.vmas)
      ? this.task.vmas
      : this.task.vmas.filter((vma) => !hasStatus(vma, VMA.GUARD))
        .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  }

  /** The ranges whose pages the dump has. A dead task has none. */
  get pageMap(): PageMap {
    const { dump, pageMapName, isDead } = this.task;
    return isDead && !dump.has(pageMapName) ? emptyPageMap(pageMapName) : dump.pageMap(pageMapName);
  }

  /**
   * The extents of an area, in ascending order and without gaps.
   *
   * @param span a part of the area, in bytes from its start; the whole area if undefined
   * @param fillGap returns the extents of a part of the area that the page map does not cover; if
   * undefined, they are taken from the dump
   */
  extents(
    vma: VmaEntry,
    span: Span = { from: 0, to: lengthOf(vma) },
    fillGap: FillGap = (part) => this.#ownExtents(vma, part),
  ): Iterable<Extent> {
    const start = Number(vma.start);
    const addresses = { from: start + span.from, to: start + span.to };
    return extentsOf(
      this.#store,
      addresses,
      ({ from, to }) => fillGap({ from: from - start, to: to - start }),
    );
  }

  /**
   * Reads memory from an address on; returns the number of bytes before the first one that the dump
   * does not have.
   *
   * @throws {CritError} when a file with pages cannot be read
   */
  read(address: bigint, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const { count, isAll } = this.#readArea(address + BigInt(done), into.subarray(done));
      done += count;
      if (!isAll) break;
    }
    return done;
  }

  /**
   * Reads memory of the area that has an address. Spans are asked for in whole pages: only the
   * addresses of pages are exact as numbers, up to the last of the 64-bit ones.
   *
   * @returns how many bytes there are, and whether that is all that `into` takes of the area
   */
  #readArea(address: bigint, into: Uint8Array): { count: number; isAll: boolean } {
    const nothing = { count: 0, isAll: false };
    const vma = this.areaAt(address);
    if (vma === undefined || vma.start % BigInt(this.pageSize) !== 0n) return nothing;
    const skipped = Number((address - vma.start) % BigInt(this.pageSize));
    const from = Number(address - vma.start - BigInt(skipped));
    const left = vma.end - address;
    const wanted = skipped + (left < BigInt(into.length) ? Number(left) : into.length);
    const to = from + Math.ceil(wanted / this.pageSize) * this.pageSize;
    let done = skipped;
    for (const extent of this.extents(vma, { from, to })) {
      const end = Math.min(extent.at + extent.length, wanted);
      if (end <= done) continue;
      const room = into.subarray(done - skipped, end - skipped);
      const count = readExtent(extent, done - extent.at, room);
      done += count;
      if (count < room.length) break;
    }
    return { count: done - skipped, isAll: done === wanted };
  }

  /** The area that contains an address. */
  areaAt(address: bigint): VmaEntry | undefined {
    const { areas } = this;
    const vma = areas[firstIndex(areas.length, (index) => areas[index]!.end > address)];
    return vma !== undefined && vma.start <= address ? vma : undefined;
  }

  /** The arguments of the program, each followed by a zero byte. */
  get argumentBytes(): Uint8Array {
    return this.#bytes(this.argumentSpan);
  }

  /** The environment, with a zero byte after each variable. */
  get environmentBytes(): Uint8Array {
    return this.#bytes(this.environmentSpan);
  }

  /** Address and length of {@link argumentBytes}. */
  get argumentSpan(): { readonly at: bigint; readonly length: number } {
    const { mm_arg_start = 0n, mm_arg_end = 0n } = this.task.mm ?? {};
    return this.#textSpan(mm_arg_start, mm_arg_end);
  }

  /** Address and length of {@link environmentBytes}. */
  get environmentSpan(): { readonly at: bigint; readonly length: number } {
    const { mm_env_start = 0n, mm_env_end = 0n } = this.task.mm ?? {};
    return this.#textSpan(mm_env_start, mm_env_end);
  }

  /**
   * Arguments and environment, read at once if they are adjacent, which is how Linux lays them out.
   */
  get startBytes(): { readonly args: Uint8Array; readonly env: Uint8Array } {
    const { argumentSpan, environmentSpan } = this;
    const size = argumentSpan.length;
    const length = size + environmentSpan.length;
    const isOne = size > 0 && argumentSpan.at + BigInt(size) === environmentSpan.at &&
      this.areaAt(argumentSpan.at) === this.areaAt(environmentSpan.at);
    if (!isOne) return { args: this.argumentBytes, env: this.environmentBytes };
    const both = this.#bytes({ at: argumentSpan.at, length });
    return { args: both.subarray(0, size), env: both.subarray(size) };
  }

  /** The extents of the pages that contain a span of one area. */
  extentsAt(at: bigint, length: number): Iterable<Extent> {
    const vma = this.areaAt(at);
    if (vma === undefined || length === 0) return [];
    const begin = Number(at - vma.start);
    const from = begin - begin % this.pageSize;
    const to = Math.ceil((begin + length) / this.pageSize) * this.pageSize;
    return this.extents(vma, { from, to: Math.min(to, lengthOf(vma)) });
  }

  #textSpan(from: bigint, to: bigint): { at: bigint; length: number } {
    const area = this.areaAt(from);
    if (area === undefined || to <= from) return { at: from, length: 0 };
    // Arguments lie in one area; a wrong end must not ask for more.
    const length = Number((to < area.end ? to : area.end) - from);
    return { at: from, length: Math.min(length, MOST_ARGUMENTS) };
  }

  /** What the dump tells of the bytes of a span. */
  #bytes({ at, length }: { at: bigint; length: number }): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, this.read(at, bytes));
  }

  get #store(): PageStore {
    const { task, pageSize } = this;
    return this.#pageStore ??= { dump: task.dump, name: task.pageMapName, pageSize };
  }

  /** What a part of an area is made of where the page map has nothing. */
  #ownExtents(vma: VmaEntry, { from, to }: Span): Iterable<Extent> {
    const length = to - from;
    const inFile = { from: Number(vma.pgoff) + from, to: Number(vma.pgoff) + to };
    if (mapsSharedMemory(vma)) {
      const { sharedMemory } = this.task.dump;
      const id = sharedMemory.idOf(vma);
      if (id === undefined) return [{ kind: "lost", at: 0, length }];
      return sharedMemory.extents(id, inFile, this.pageSize);
    }
    if (mapsFile(vma)) {
      return [{ kind: "file", id: Number(vma.shmid), offset: inFile.from, at: 0, length }];
    }
    return [{ kind: isKernelMade(vma) ? "kernel" : "zeros", at: 0, length }];
  }
}

/** Whether areas are in ascending order and none is a guard area, as is usual. */
function isInOrder(vmas: readonly VmaEntry[]): boolean {
  for (let i = 0; i < vmas.length; i++) {
    if (hasStatus(vmas[i]!, VMA.GUARD)) return false;
    if (i > 0 && vmas[i - 1]!.start > vmas[i]!.start) return false;
  }
  return true;
}
