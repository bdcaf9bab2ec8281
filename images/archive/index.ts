/**
 * What an archive has, and where: read once, from header to header.
 *
 * @module
 */

import { plainPath } from "../bytes/paths.ts";
import { CritError } from "../errors.ts";
import type { ArchivedFile } from "./archived_file.ts";
import { type Bytes, readUpTo } from "./bytes.ts";
import { FilesByPath, LinksByPath, MemberTable } from "./member_table.ts";
import { type Member, readTar } from "./tar_reader.ts";

/** What an archive has. */
export interface ArchiveIndex {
  /** All that follows, by number. */
  readonly table: MemberTable;
  /** Files by path; hard links are files too. */
  readonly files: ReadonlyMap<string, ArchivedFile>;
  /** Where symbolic links lead, as it is written there, by path. */
  readonly links: ReadonlyMap<string, string>;
  /** What is wrong with the archive; what stands before it is there. */
  readonly fault: CritError | undefined;
}

/** Whether a file's contents are to be held in memory. */
export type Hold = (path: string, storedSize: number) => boolean;

/** Most memory that a dump's lists of its files may take, in bytes: enough for 400,000 files. */
const LARGEST_INDEX = 3 << 25;
/** Most bytes of holes that all files together may have: 16 TiB, the largest file of ext4. */
const MOST_HOLES = 2 ** 44;
/** About what the lists take for a file besides its path, and for a segment of a sparse one. */
const FILE_COST = 200;
const SEGMENT_COST = 40;

/**
 * Reads an archive's index; does not throw for what is wrong with the archive.
 *
 * @param largest most memory that its lists may take, in bytes
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
  /** Where what was read last begins. */
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
    // As tar does: no honest archive leads out of where it is unpacked, or back.
    if (member.path.split("/").includes("..")) return;
    const path = plainPath(member.path);
    const table = this.#table;
    // Of two members with one path, the later one is meant.
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
