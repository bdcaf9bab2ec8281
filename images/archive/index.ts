/**
 * What an archive has, and where: read once, from header to header.
 *
 * @module
 */

import { firstIndex } from "../bytes/binary_search.ts";
import { plainPath } from "../bytes/paths.ts";
import { CritError } from "../errors.ts";
import { type Bytes, readUpTo } from "./bytes.ts";
import { type Member, readTar, type SparseSegment } from "./tar_reader.ts";

/** A file in an archive. */
export interface ArchivedFile {
  /** Without `./` and the like. */
  readonly path: string;
  /** Size in bytes, holes included; less than the archive says where that is cut short. */
  readonly size: number;
  /** Where its contents begin in the archive, in bytes. */
  readonly offset: number;
  /** Bytes of contents there. */
  readonly storedSize: number;
  /** What the contents are of a sparse file, in order; undefined: the whole file. */
  readonly segments: readonly SparseSegment[] | undefined;
  /** When it was changed, in seconds since 1970. */
  readonly modified: number;
  /** Permission bits. */
  readonly mode: number;
  /** The contents, if they are held in memory. */
  readonly held: Uint8Array | undefined;
}

/** What an archive has. */
export interface ArchiveIndex {
  /** Files by path; hard links are files too. */
  readonly files: ReadonlyMap<string, ArchivedFile>;
  /** Where symbolic links lead, as it is written there, by path. */
  readonly links: ReadonlyMap<string, string>;
  /** Paths of directories that the archive names, empty ones among them. */
  readonly directories: ReadonlySet<string>;
  /** Paths of what is none of these: devices, pipes, hard links to files that are not there. */
  readonly others: ReadonlySet<string>;
  /** What is wrong with the archive; what stands before it is there. */
  readonly fault: CritError | undefined;
}

/** Whether a file's contents are to be held in memory. */
export type Hold = (path: string, storedSize: number) => boolean;

/** Most memory that an index may take, in bytes: enough for 180,000 files. */
const LARGEST_INDEX = 5 << 23;
/** Most bytes of holes that all files together may have: 16 TiB, the largest file of ext4. */
const MOST_HOLES = 2 ** 44;
/** About what an index takes for a file, and for a segment of a sparse one. */
const FILE_COST = 200;
const SEGMENT_COST = 40;

/** Reads an archive's index; does not throw for what is wrong with the archive. */
export function readIndex(bytes: Bytes, hold: Hold): ArchiveIndex {
  const builder = new IndexBuilder(bytes, hold);
  try {
    builder.read();
    return builder.index(undefined);
  } catch (error) {
    if (error instanceof CritError) return builder.index(error);
    throw error;
  }
}

class IndexBuilder {
  readonly #files = new Map<string, ArchivedFile>();
  readonly #links = new Map<string, string>();
  readonly #directories = new Set<string>();
  readonly #others = new Set<string>();
  #at = 0;
  /** Where what was read last begins. */
  #begin = 0;
  #left = LARGEST_INDEX;
  #holesLeft = MOST_HOLES;

  constructor(readonly bytes: Bytes, readonly hold: Hold) {}

  index(fault: CritError | undefined): ArchiveIndex {
    return {
      files: this.#files,
      links: this.#links,
      directories: this.#directories,
      others: this.#others,
      fault: fault?.at({ offset: this.#begin }),
    };
  }

  read(): void {
    const tar = readTar();
    let answer: Uint8Array | undefined;
    for (let step = tar.next(); !step.done; step = tar.next(answer)) {
      if ("count" in step.value) {
        this.#begin = this.#at;
        answer = readUpTo(this.bytes, this.#at, step.value.count);
        this.#at += answer.length;
      } else {
        answer = undefined;
        this.#add(step.value.member);
        this.#at += step.value.member.storedSize + step.value.padding;
      }
    }
  }

  #add(member: Member): void {
    this.#left -= FILE_COST + member.path.length + member.link.length +
      SEGMENT_COST * (member.segments?.length ?? 0);
    if (this.#left < 0) throw tooManyFiles();
    // As tar does: no honest archive leads out of where it is unpacked, or back.
    if (member.path.split("/").includes("..")) return;
    const path = plainPath(member.path);
    // Of two members with one path, the later one is meant.
    this.#files.delete(path);
    this.#links.delete(path);
    this.#others.delete(path);
    const target = this.#files.get(plainPath(member.link));
    if (member.kind === "file") this.#files.set(path, this.#fileOf(path, member));
    else if (member.kind === "symlink") this.#links.set(path, member.link);
    else if (member.kind === "directory") this.#directories.add(path);
    else if (member.kind === "hardlink" && target !== undefined) {
      this.#files.set(path, { ...target, path });
    } else this.#others.add(path);
  }

  #fileOf(path: string, member: Member): ArchivedFile {
    const { size, storedSize, segments, modified, mode } = member;
    this.#holesLeft -= size - storedSize;
    if (this.#holesLeft < 0) throw tooManyHoles(path, size);
    const offset = this.#at;
    const isHeld = storedSize > 0 && this.hold(path, storedSize);
    const held = isHeld ? readUpTo(this.bytes, offset, storedSize) : undefined;
    return { path, size, offset, storedSize, segments, modified, mode, held };
  }
}

function tooManyFiles(): CritError {
  const reason =
    `the archive has too many files: a list of them takes more than ${LARGEST_INDEX} ` +
    "bytes of memory";
  return new CritError("unsupported", reason);
}

function tooManyHoles(path: string, size: number): CritError {
  const reason = `the sparse file ${path} of ${size} bytes cannot be: the archive's files have ` +
    `more than ${MOST_HOLES} bytes of holes`;
  return new CritError("unsupported", reason);
}

/** The file as far as an archive of so many bytes has it. */
export function cutFile(file: ArchivedFile, archiveSize: number): ArchivedFile {
  const { offset, segments, size } = file;
  const storedSize = Math.min(file.storedSize, Math.max(0, archiveSize - offset));
  if (storedSize === file.storedSize) return file;
  if (segments === undefined) return { ...file, storedSize, size: Math.min(size, storedSize) };
  let stored = 0;
  for (const { at, length } of segments) {
    if (stored + length > storedSize) {
      return { ...file, storedSize, size: at + storedSize - stored };
    }
    stored += length;
  }
  return file;
}

/** Reads a file of an archive, holes as zeros, from any place. */
export class ArchivedBytes implements Bytes {
  /** Where each segment begins in the contents. */
  readonly #stored: Float64Array;

  constructor(readonly bytes: Bytes, readonly file: ArchivedFile) {
    const { segments = [] } = file;
    this.#stored = new Float64Array(segments.length);
    let stored = 0;
    for (let i = 0; i < segments.length; i++) {
      this.#stored[i] = stored;
      stored += segments[i]!.length;
    }
  }

  read(offset: number, into: Uint8Array): number {
    const { size, segments } = this.file;
    const room = into.subarray(0, Math.max(0, size - offset));
    if (segments === undefined) return this.#readStored(offset, room);
    let filled = 0;
    for (let i = segmentAfter(segments, offset); filled < room.length; i++) {
      const at = offset + filled;
      const segment = segments[i] ?? { at: size, length: 0 };
      const hole = Math.min(Math.max(0, segment.at - at), room.length - filled);
      room.fill(0, filled, filled += hole);
      const skipped = at + hole - segment.at;
      const piece = room.subarray(filled, filled + Math.max(0, segment.length - skipped));
      const count = this.#readStored((this.#stored[i] ?? 0) + skipped, piece);
      filled += count;
      if (count < piece.length) break;
    }
    return filled;
  }

  /** Where stored bytes begin, from an offset on; what is before them is zeros. */
  dataFrom(offset: number): number {
    const { segments, size } = this.file;
    if (segments === undefined || offset >= size) return offset;
    return Math.max(offset, segments[segmentAfter(segments, offset)]?.at ?? size);
  }

  #readStored(at: number, into: Uint8Array): number {
    if (into.length === 0) return 0;
    const { held, offset } = this.file;
    if (held === undefined) return this.bytes.read(offset + at, into);
    const piece = held.subarray(at, at + into.length);
    into.set(piece);
    return piece.length;
  }
}

/** Index of the first segment that ends after an offset. */
function segmentAfter(segments: readonly SparseSegment[], offset: number): number {
  return firstIndex(segments.length, (index) => {
    const { at, length } = segments[index]!;
    return at + length > offset;
  });
}
