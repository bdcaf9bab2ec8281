/**
 * Writing into the memory of dumped tasks, as changes to images.
 *
 * Bytes in pages of the dump are replaced. Pages that the dump leaves to a parent, or that were
 * never written, are added: the page map gets another range, and the file of pages another page.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import { pagesName, readExtent } from "../dump/extent.ts";
import type { PageMap } from "../dump/page_map.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import type { Task } from "../dump/task.ts";
import { mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { CritError, dataError } from "../errors.ts";
import { encodeImage } from "../image/objects.ts";
import { PAGES } from "../kernel/memory.ts";
import type { Overlay, OverlayPart } from "./overlay.ts";

/** Bytes to write into a task's memory. */
export interface MemoryWrite {
  /** Process id. */
  readonly pid: number;
  /** Address of the first byte. */
  readonly address: bigint;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** The result of planned writes. */
export interface WritePlan {
  /** Changes to images, by name. */
  readonly overlays: ReadonlyMap<string, Overlay>;
  /** Notes for the user, each a sentence. */
  readonly notes: readonly string[];
  /** Number of writes. */
  readonly writes: number;
}

/** Most bytes of one write. */
const LARGEST = 64 << 20;

/**
 * Plans the changes to a dump's images.
 *
 * @throws {CritError} `usage` if a task or an address does not exist, `data` if the dump lacks the
 * contents of a page that is written in part
 */
export function planWrites(dump: Dump, writes: readonly MemoryWrite[]): WritePlan {
  const planner = new Planner(dump);
  for (const write of writes) planner.add(write);
  return { overlays: planner.overlays(), notes: [...planner.notes], writes: writes.length };
}

/**
 * Plans to replace the value of a variable in a task's environment.
 *
 * @throws {CritError} `usage` if the variable does not exist, or has no room for the value
 */
export function environmentWrite(
  dump: Dump,
  pid: number,
  name: string,
  value: Uint8Array,
): MemoryWrite {
  const task = taskOf(dump, pid);
  const start = task.mm?.mm_env_start ?? 0n;
  const environment = task.memory.environmentBytes;
  const prefix = new TextEncoder().encode(`${name}=`);
  for (let at = 0; at < environment.length;) {
    const zero = environment.indexOf(0, at);
    const end = zero < 0 ? environment.length : zero;
    if (prefix.every((byte, i) => environment[at + i] === byte)) {
      const room = end - at - prefix.length;
      if (value.length > room) {
        const reason = `${name} of task ${pid} has room for ${room} bytes, not for ${value.length}`;
        throw new CritError("usage", reason);
      }
      // The rest of the old value becomes zeros, so that the new one ends where it should.
      const bytes = new Uint8Array(room);
      bytes.set(value);
      return { pid, address: start + BigInt(at + prefix.length), bytes };
    }
    at = end + 1;
  }
  throw new CritError("usage", `task ${pid} has no variable ${name} in its environment`);
}

function taskOf(dump: Dump, pid: number): Task {
  const task = dump.task(pid);
  if (task === undefined) {
    throw new CritError("usage", `there is no task ${pid}`, {}, "crit x DUMP ps lists them");
  }
  if (task.isDead) throw new CritError("usage", `task ${pid} is dead and has no memory`);
  return task;
}

/** The changes of one page map. */
interface Changes {
  readonly map: PageMap;
  /** Changed pages of the dump, by offset in the file of pages. */
  readonly patches: Map<number, Uint8Array>;
  /** Added pages, by address. */
  readonly pages: Map<number, Uint8Array>;
}

/** Collects the changes of page maps. */
class Planner {
  readonly notes = new Set<string>();
  readonly #changes = new Map<string, Changes>();
  readonly #pageSize: number;

  constructor(readonly dump: Dump) {
    this.#pageSize = dump.pageSize;
  }

  /** Adds a write, page by page. */
  add({ pid, address, bytes }: MemoryWrite): void {
    if (bytes.length > LARGEST) {
      throw new CritError("usage", `${bytes.length} bytes are too many to be written at once`);
    }
    const task = taskOf(this.dump, pid);
    const page = BigInt(this.#pageSize);
    const end = address + BigInt(bytes.length);
    for (let done = 0; done < bytes.length;) {
      const at = address + BigInt(done);
      const vma = task.memory.areaAt(at);
      if (vma === undefined) {
        throw new CritError("usage", `task ${task.pid} has no memory at 0x${at.toString(16)}`);
      }
      const areaEnd = end < vma.end ? end : vma.end;
      this.#noteSharers(task, vma, at, areaEnd);
      for (let from = at; from < areaEnd;) {
        const inPage = Number(from % page);
        const left = Math.min(this.#pageSize - inPage, Number(areaEnd - from));
        const part = bytes.subarray(done, done + left);
        this.#writePage(task, vma, from - BigInt(inPage), inPage, part);
        done += left;
        from += BigInt(left);
      }
    }
  }

  /** The changes to images. */
  overlays(): Map<string, Overlay> {
    const overlays = new Map<string, Overlay>();
    for (const [name, { map, patches, pages }] of this.#changes) {
      const ranges = pages.size === 0 ? undefined : rangesWith(map, pages, this.#pageSize);
      const pieces = ranges?.segments ??
        [{ from: 0, length: this.dump.sizeOf(pagesName(map)) ?? 0 }];
      // Offsets of patches are those of the original file, whose parts may have moved.
      overlays.set(pagesName(map), patched(pieces, patches));
      if (ranges !== undefined) overlays.set(name, [{ bytes: this.#pageMapImage(name, ranges) }]);
    }
    return overlays;
  }

  #writePage(task: Task, vma: VmaEntry, page: bigint, inPage: number, bytes: Uint8Array): void {
    const [extent] = task.memory.extents(vma, spanOf(vma, page, this.#pageSize));
    const { name, place } = this.#home(task, vma, page);
    const changes = this.#changesOf(name);
    const at = Number(place);
    const brought = changes.pages.get(at);
    if (brought !== undefined) return brought.set(bytes, inPage);
    const isHere = extent?.kind === "image" && extent.dump === this.dump &&
      extent.name === pagesName(changes.map);
    const patched = isHere ? changes.patches.get(extent.offset) : undefined;
    if (patched !== undefined) return patched.set(bytes, inPage);
    const whole = new Uint8Array(this.#pageSize);
    const isWhole = bytes.length === this.#pageSize;
    if (extent === undefined || !isWhole && readExtent(extent, 0, whole) !== whole.length) {
      const why = extent?.kind === "file" ? "it is the mapped file's" : "it is not in the dump";
      const reason =
        `the page at 0x${page.toString(16)} of task ${task.pid} cannot be changed in ` +
        `part: ${why}`;
      throw dataError(reason, { image: name });
    }
    whole.set(bytes, inPage);
    if (isHere) changes.patches.set(extent.offset, whole);
    else changes.pages.set(at, whole);
  }

  /** The page map that contains a page, and the page's address in it. */
  #home(task: Task, vma: VmaEntry, page: bigint): { name: string; place: bigint } {
    const own = { name: task.pageMapName, place: page };
    if (!mapsSharedMemory(vma)) {
      const isShared = mapsFile(vma) && (vma.flags & 1) !== 0;
      if (!isShared) return own;
      const reason = `0x${page.toString(16)} of task ${task.pid} is in a file that it shares`;
      throw new CritError("unsupported", `${reason}: change the file itself`);
    }
    const isPrivate = (vma.flags & 1) === 0;
    const id = this.dump.sharedMemory.idOf(vma);
    if (isPrivate || id === undefined) return own;
    const name = sharedPageMapName(id);
    if (this.dump.has(name)) return { name, place: vma.pgoff + page - vma.start };
    throw new CritError("unsupported", "shared memory of dumps before CRIU 3.0 cannot be written");
  }

  #changesOf(name: string): Changes {
    let changes = this.#changes.get(name);
    if (changes === undefined) {
      const map = this.dump.pageMap(name);
      if (map.error !== undefined) throw map.error;
      if (map.pagesId === undefined || map.disorder !== undefined) {
        throw dataError("its ranges are not in order", { image: name });
      }
      changes = { map, patches: new Map(), pages: new Map() };
      this.#changes.set(name, changes);
    }
    return changes;
  }

  /** Notes the other tasks that share the written memory. */
  #noteSharers(task: Task, vma: VmaEntry, from: bigint, to: bigint): void {
    const id = isSharedMemory(vma) ? this.dump.sharedMemory.idOf(vma) : undefined;
    const offset = vma.pgoff - vma.start;
    const sharers = this.dump.tasks.filter((other) => {
      if (other === task || other.isDead) return false;
      if (other.pageMapName === task.pageMapName) return true;
      return id !== undefined && other.memory.areas.some((area) => {
        const shift = offset - area.pgoff + area.start;
        return isSharedMemory(area) && this.dump.sharedMemory.idOf(area) === id &&
          area.start < to + shift && from + shift < area.end;
      });
    });
    if (sharers.length === 0) return;
    const pids = sharers.map(({ pid }) => pid).join(", ");
    const who = sharers.length === 1 ? `task ${pids} sees` : `tasks ${pids} see`;
    this.notes.add(`0x${from.toString(16)} of task ${task.pid} is shared: ${who} it, too`);
  }

  /** The image of a page map with other ranges. */
  #pageMapImage(name: string, { entries }: Ranges): Uint8Array {
    const { entries: old, version, error } = this.dump.image(name);
    if (error !== undefined) throw error;
    const [head] = old;
    return encodeImage({ type: "PAGEMAP", entries: [head!, ...entries] }, version);
  }
}

/** Whether an area maps shared memory, so that others see writes to it. */
function isSharedMemory(vma: VmaEntry): boolean {
  return mapsSharedMemory(vma) && (vma.flags & 1) !== 0;
}

function spanOf({ start }: VmaEntry, page: bigint, size: number): { from: number; to: number } {
  const from = Number(page - start);
  return { from, to: from + size };
}

/** A range as in the image. */
interface RangeEntry {
  readonly vaddr: bigint;
  readonly compat_nr_pages: number;
  readonly nr_pages?: bigint;
  readonly flags?: number;
  readonly in_parent?: boolean;
}

/** The ranges of a page map with added pages, and the parts of its file of pages. */
interface Ranges {
  readonly entries: RangeEntry[];
  readonly segments: OverlayPart[];
}

function rangesWith(map: PageMap, pages: ReadonlyMap<number, Uint8Array>, size: number): Ranges {
  const entries: RangeEntry[] = [];
  const segments: OverlayPart[] = [];
  const add = (address: number, length: number, flags: number, stored: number | Uint8Array) => {
    if (length === 0) return;
    entries.push(entryOf(map, address, length, flags));
    if (typeof stored !== "number") segments.push({ bytes: stored });
    else if ((flags & PAGES.PRESENT) !== 0) {
      segments.push({ from: stored * size, length: length * size });
    }
  };
  const wanted = [...pages].sort(([a], [b]) => a - b);
  let next = 0;
  for (let i = 0; i < map.count; i++) {
    let from = map.addresses[i]!;
    const end = from + map.lengths[i]! * size;
    const flags = map.flags[i]!;
    for (; next < wanted.length && wanted[next]![0] < end; next++) {
      const [at, bytes] = wanted[next]!;
      // A page outside all ranges comes before this one.
      if (at >= from) {
        add(from, (at - from) / size, flags, map.stored[i]!);
        from = at + size;
      }
      add(at, 1, PAGES.PRESENT, bytes);
    }
    add(from, (end - from) / size, flags, map.stored[i]!);
  }
  for (; next < wanted.length; next++) add(wanted[next]![0], 1, PAGES.PRESENT, wanted[next]![1]);
  return { entries, segments };
}

/** Makes a range in the form of the others of its page map. */
function entryOf(map: PageMap, address: number, length: number, flags: number): RangeEntry {
  const vaddr = BigInt(address);
  if (map.hasNewCounts) return { vaddr, compat_nr_pages: 0, nr_pages: BigInt(length), flags };
  const hasFlags = map.count === 0 || (map.fields >> 4 & 1) !== 0;
  if (hasFlags) return { vaddr, compat_nr_pages: length, flags };
  const in_parent = (flags & PAGES.PARENT) !== 0;
  return { vaddr, compat_nr_pages: length, ...(in_parent ? { in_parent } : {}) };
}

/**
 * Replaces bytes in the original parts of a file.
 *
 * @param pieces in the order of the file
 * @param patches new bytes by offset in the original file
 */
function patched(
  pieces: readonly OverlayPart[],
  patches: ReadonlyMap<number, Uint8Array>,
): Overlay {
  const wanted = [...patches].sort(([a], [b]) => a - b);
  const result: OverlayPart[] = [];
  let next = 0;
  for (const piece of pieces) {
    if ("bytes" in piece) {
      result.push(piece);
      continue;
    }
    const end = piece.from + piece.length;
    let from = piece.from;
    for (; next < wanted.length && wanted[next]![0] < end; next++) {
      const [offset, bytes] = wanted[next]!;
      const first = Math.max(offset, from);
      const last = Math.min(offset + bytes.length, end);
      if (first >= last) continue;
      if (first > from) result.push({ from, length: first - from });
      result.push({ bytes: bytes.subarray(first - offset, last - offset) });
      from = last;
      // The rest is in the next piece.
      if (offset + bytes.length > end) break;
    }
    if (from < end) result.push({ from, length: end - from });
  }
  return result;
}
