/** The index of an archive, read once, from header to header. @module */

import { plainPath } from "../bytes/paths.ts";
import { CritError } from "../errors.ts";
import type { ArchivedFile } from "./archived_file.ts";
import { type Bytes, readUpTo } from "./bytes.ts";
import { FilesByPath, LinksByPath, MemberTable } from "./member_table.ts";
import { type Member, readTar } from "./tar_reader.ts";

/** The members of an archive. */
export interface ArchiveIndex {
  /** All members, by number. */
  readonly table: MemberTable;
  /** Files by path, including hard links. */
  readonly files: ReadonlyMap<string, ArchivedFile>;
  /** Targets of symbolic links as stored, by path. */
  readonly links: ReadonlyMap<string, string>;
  /** The fault of the archive; members before it are listed. */
  readonly fault: CritError | undefined;
}

/** Decides whether the contents of a file are held in memory. */
export type Hold = (path: string, storedSize: number) => boolean;

/** Most memory for the lists of a dump's files, in bytes: enough for 400,000 files. */
const LARGEST_INDEX = 3 << 25;
/** Most bytes of holes in all files together: 16 TiB, the largest file of ext4. */
const MOST_HOLES = 2 ** 44;
/** Approximate memory for a file besides its path, and for a segment of a sparse file. */
const FILE_COST = 200;
const SEGMENT_COST = 40;

/**
 * Reads the index of an archive; a damaged archive is no exception, but a fault of the index.
 *
 * @param largest most memory for its lists, in bytes
 */
export function readIndex(bytes: Bytes, hold: Hold, largest = LARGEST_INDEX): ArchiveIndex {
  const builder = new IndexBuilder(bytes, hold, largest);
  try {
    builder.read();
    return builder.index(undefined);
  } catch (error) {
    if (error instanceof CritError) return builder.index(error);
    throw error;
  }
}

class IndexBuilder {
  readonly #table = new MemberTable();
  #at = 0;
  /** Offset of the last read. */
  #begin = 0;
  #left: number;
  #holesLeft = MOST_HOLES;

  constructor(readonly bytes: Bytes, readonly hold: Hold, readonly largest: number) {
    this.#left = largest;
  }

  index(fault: CritError | undefined): ArchiveIndex {
    return {
      table: this.#table,
      files: new FilesByPath(this.#table),
      links: new LinksByPath(this.#table),
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
    if (this.#left < 0) throw tooManyFiles(this.largest);
    // Like tar, skips paths with `..`, which no honest archive has.
    if (member.path.split("/").includes("..")) return;
    const path = plainPath(member.path);
    const table = this.#table;
    // A later member replaces one with the same path.
    if (member.kind === "file") table.addFile(this.#fileOf(path, member));
    else if (member.kind === "symlink") table.addLink(path, member.link);
    else if (member.kind === "directory") table.addDirectory(path);
    else if (member.kind === "hardlink") this.#addHardLink(path, plainPath(member.link));
    else table.addOther(path);
  }

  #addHardLink(path: string, target: string): void {
    const number = this.#table.numberOf(target);
    const isThere = number !== undefined && this.#table.isFile(number);
    if (isThere) this.#table.addHardLink(path, number);
    else this.#table.addOther(path);
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

function tooManyFiles(largest: number): CritError {
  const reason = `the archive has too many files: a list of them takes more than ${largest} ` +
    "bytes of memory";
  return new CritError("unsupported", reason);
}

function tooManyHoles(path: string, size: number): CritError {
  const reason =
    `the sparse file ${path} of ${size} bytes is impossible: the archive's files have ` +
    `more than ${MOST_HOLES} bytes of holes`;
  return new CritError("unsupported", reason);
}
