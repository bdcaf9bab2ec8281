/**
 * The members of an archive in columns, because an archive of many dumps has hundreds of thousands.
 *
 * @module
 */

import { LazyMap } from "../bytes/lazy_map.ts";
import { NameTable, withRoom } from "../bytes/name_table.ts";
import { type ArchivedFile, cutFile } from "./archived_file.ts";
import type { SparseSegment } from "./tar_reader.ts";

/** Types of a path; at most one of these, besides a directory. */
const FILE = 1;
const LINK = 2;
const OTHER = 3;
const KIND = 3;
/** Whether the archive has a directory at the path. */
const DIRECTORY = 4;

/** Members of an archive by path; each path has a number from 0. */
export class MemberTable {
  readonly #paths = new NameTable();
  /** Targets of links. */
  readonly #targets = new NameTable();
  #kinds = new Uint8Array();
  /** For a file, the offset of its contents; for a link, the number of its target. */
  #offsets = new Float64Array();
  #sizes = new Float64Array();
  #storedSizes = new Float64Array();
  #modified = new Float64Array();
  #modes = new Uint16Array();
  readonly #segments = new Map<number, readonly SparseSegment[]>();
  readonly #held = new HeldContents();

  /** Number of paths, including replaced ones. */
  get count(): number {
    return this.#paths.size;
  }

  /** The number of a path; undefined if the archive does not have it. */
  numberOf(path: string): number | undefined {
    return this.#paths.numberOf(path);
  }

  /** The path of a number. */
  pathOf(number: number): string {
    return this.#paths.nameOf(number);
  }

  /** Negative if the first path sorts before the second. */
  compare(a: number, b: number): number {
    return this.#paths.compare(a, b);
  }

  isFile(number: number): boolean {
    return (this.#kinds[number]! & KIND) === FILE;
  }

  isLink(number: number): boolean {
    return (this.#kinds[number]! & KIND) === LINK;
  }

  isOther(number: number): boolean {
    return (this.#kinds[number]! & KIND) === OTHER;
  }

  isDirectory(number: number): boolean {
    return (this.#kinds[number]! & DIRECTORY) !== 0;
  }

  /** Size of a file in bytes. */
  sizeOf(number: number): number {
    return this.#sizes[number]!;
  }

  /** A file of the archive. */
  fileOf(number: number): ArchivedFile {
    return {
      path: this.pathOf(number),
      size: this.#sizes[number]!,
      offset: this.#offsets[number]!,
      storedSize: this.#storedSizes[number]!,
      segments: this.#segments.get(number),
      modified: this.#modified[number]!,
      mode: this.#modes[number]!,
      held: this.#held.of(number, this.#storedSizes[number]!),
    };
  }

  /** Target of a link as stored. */
  targetOf(number: number): string {
    return this.#targets.nameOf(this.#offsets[number]!);
  }

  /** Adds a file, and replaces the member at its path. */
  addFile(file: ArchivedFile): void {
    this.#held.set(this.#addFacts(file.path, file), file.held);
  }

  /**
   * Adds another path for a file, and replaces the member at that path; held contents are shared.
   */
  addHardLink(path: string, target: number): void {
    this.#held.share(this.#addFacts(path, this.fileOf(target)), target);
  }

  /** Adds a link, and replaces the member at its path. */
  addLink(path: string, target: string): void {
    const number = this.#add(path, LINK);
    this.#offsets = withRoom(this.#offsets, number + 1);
    this.#offsets[number] = this.#targets.add(target);
  }

  /** Adds a device or other special file, and replaces the member at its path. */
  addOther(path: string): void {
    this.#add(path, OTHER);
  }

  /** Adds a directory, which can share its path with a file. */
  addDirectory(path: string): void {
    const number = this.#add(path, 0);
    this.#kinds[number]! |= DIRECTORY;
  }

  /** Limits files to an archive of `archiveSize` bytes. */
  cut(archiveSize: number): void {
    for (let number = 0; number < this.count; number++) {
      if (!this.isFile(number)) continue;
      const file = this.fileOf(number);
      const whole = cutFile(file, archiveSize);
      if (whole !== file) this.#setFacts(number, whole);
    }
  }

  #addFacts(path: string, file: ArchivedFile): number {
    const number = this.#add(path, FILE);
    this.#setFacts(number, file);
    if (file.segments === undefined) this.#segments.delete(number);
    else this.#segments.set(number, file.segments);
    return number;
  }

  #add(path: string, kind: number): number {
    const number = this.#paths.add(path);
    this.#kinds = withRoom(this.#kinds, number + 1);
    this.#kinds[number] = this.#kinds[number]! & DIRECTORY | kind;
    return number;
  }

  #setFacts(
    number: number,
    facts: Pick<ArchivedFile, "size" | "offset" | "storedSize" | "modified" | "mode">,
  ): void {
    const room = number + 1;
    this.#sizes = withRoom(this.#sizes, room);
    this.#offsets = withRoom(this.#offsets, room);
    this.#storedSizes = withRoom(this.#storedSizes, room);
    this.#modified = withRoom(this.#modified, room);
    this.#modes = withRoom(this.#modes, room);
    this.#sizes[number] = facts.size;
    this.#offsets[number] = facts.offset;
    this.#storedSizes[number] = facts.storedSize;
    this.#modified[number] = facts.modified;
    this.#modes[number] = facts.mode;
  }
}

/** Files of an archive by path. */
export class FilesByPath extends LazyMap<ArchivedFile> {
  constructor(readonly table: MemberTable) {
    super();
  }

  get size(): number {
    return lengthOf(this.keys());
  }

  get(path: string): ArchivedFile | undefined {
    const number = this.table.numberOf(path);
    return number !== undefined && this.table.isFile(number)
      ? this.table.fileOf(number)
      : undefined;
  }

  has(path: string): boolean {
    const number = this.table.numberOf(path);
    return number !== undefined && this.table.isFile(number);
  }

  *keys(): Generator<string, undefined> {
    const { table } = this;
    for (let number = 0; number < table.count; number++) {
      if (table.isFile(number)) yield table.pathOf(number);
    }
  }
}

/** Targets of links by path. */
export class LinksByPath extends LazyMap<string> {
  #size: number | undefined;

  constructor(readonly table: MemberTable) {
    super();
  }

  get size(): number {
    return this.#size ??= lengthOf(this.keys());
  }

  get(path: string): string | undefined {
    const number = this.table.numberOf(path);
    return number !== undefined && this.table.isLink(number)
      ? this.table.targetOf(number)
      : undefined;
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  *keys(): Generator<string, undefined> {
    const { table } = this;
    for (let number = 0; number < table.count; number++) {
      if (table.isLink(number)) yield table.pathOf(number);
    }
  }
}

function lengthOf(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

/** Bytes of a block of memory that holds small contents. */
const PIECE = 1 << 20;
/** Larger contents have memory of their own. */
const LARGEST_SMALL = PIECE >> 3;

/** Contents of files in memory. */
class HeldContents {
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  /** Used bytes of the last block. */
  #taken = PIECE;
  /** Offset of small contents in all blocks, plus 1; 0 for files that are not held. */
  #begins = new Float64Array();
  readonly #large = new Map<number, Uint8Array>();

  set(number: number, bytes: Uint8Array | undefined): void {
    this.#large.delete(number);
    if (number < this.#begins.length) this.#begins[number] = 0;
    if (bytes === undefined) return;
    if (bytes.length > LARGEST_SMALL) {
      this.#large.set(number, bytes);
      return;
    }
    if (this.#taken + bytes.length > PIECE) {
      this.#pieces.push(new Uint8Array(PIECE));
      this.#taken = 0;
    }
    this.#pieces.at(-1)!.set(bytes, this.#taken);
    this.#begins = withRoom(this.#begins, number + 1);
    this.#begins[number] = (this.#pieces.length - 1) * PIECE + this.#taken + 1;
    this.#taken += bytes.length;
  }

  /** Shares the contents of another file. */
  share(number: number, other: number): void {
    const large = this.#large.get(other);
    if (large === undefined) this.#large.delete(number);
    else this.#large.set(number, large);
    this.#begins = withRoom(this.#begins, number + 1);
    this.#begins[number] = this.#begins[other] ?? 0;
  }

  of(number: number, size: number): Uint8Array | undefined {
    const begin = (this.#begins[number] ?? 0) - 1;
    if (begin < 0) return this.#large.get(number);
    const from = begin % PIECE;
    return this.#pieces[Math.floor(begin / PIECE)]!.subarray(from, from + size);
  }
}
