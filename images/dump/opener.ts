/**
 * Opens archives that may hold dumps, and bounds the memory that they take.
 *
 * @module
 */

import { type Archive, readArchive, type ReadOptions } from "../archive/archive.ts";
import type { SizedBytes } from "../archive/bytes.ts";
import type { ArchivedFile } from "../archive/archived_file.ts";
import type { Hold } from "../archive/index.ts";
import { baseName, plainPath } from "../bytes/paths.ts";
import { CritError } from "../errors.ts";
import type { FileTree } from "../oci/layout.ts";
import { typeByFileName } from "../types/registry.ts";

/** Opens archives in a file, and closes them when it is disposed. */
export class Opener implements Disposable {
  readonly #open: Disposable[] = [];

  /**
   * @param path the file's path, for messages
   * @param maxSize most bytes that compressed data may decompress to
   */
  constructor(readonly path: string, readonly maxSize: number) {}

  /** Takes something that is to be closed with the rest. */
  own<T extends Disposable>(opened: T): T {
    this.#open.push(opened);
    return opened;
  }

  /** Reads an archive; undefined if the bytes are not an archive. */
  async archive(file: SizedBytes, base: number | undefined): Promise<Archive | undefined> {
    const { path, maxSize } = this;
    const options: ReadOptions = { path, maxSize, base, hold: smallFiles };
    const archive = await readArchive(file, options);
    if (archive !== undefined) refuseHoles(archive, path);
    if (archive !== undefined) this.#open.push({ [Symbol.dispose]: () => archive.close() });
    return archive;
  }

  /** Reads an archive in another archive; undefined if the file is not an archive. */
  async inner(archive: Archive, file: ArchivedFile): Promise<Archive | undefined> {
    const isPiece = archive.base !== undefined && file.segments === undefined;
    return await this.archive(
      archive.open(file),
      isPiece ? archive.base! + file.offset : undefined,
    );
  }

  [Symbol.dispose](): void {
    for (const opened of this.#open.reverse()) opened[Symbol.dispose]();
    this.#open.length = 0;
  }
}

/** Most bytes of holes in an image with entries: of CRIU's own none has any to speak of. */
const MOST_HOLES = 1 << 30;

/** Entries are read one by one, and holes are entries without fields: 2^40 of them would be. */
function refuseHoles({ index }: Archive, path: string): void {
  for (const [place, { size, storedSize, segments }] of index.files) {
    if (segments === undefined || size - storedSize <= MOST_HOLES) continue;
    const type = typeByFileName(baseName(place));
    if (type === undefined || type.raw !== undefined) continue;
    const reason = `the image ${place} has ${size - storedSize} bytes of holes`;
    throw new CritError("unsupported", reason, { image: path });
  }
}

/** Most bytes of images with entries that are held of a compressed archive. */
const MOST_ENTRIES = 64 << 20;
/** What holding a file takes besides its bytes. */
const HOLDING = 16;
/** Most bytes of its other files that are held: pages, above all. */
const MOST_OTHERS = 32 << 20;

/**
 * Which files of a compressed archive are held in memory: as many as fit beside what decompression
 * holds, those with entries before others. The rest is decompressed again where it is read.
 */
function smallFiles(windowSize: () => number): Hold {
  let entries = MOST_ENTRIES;
  let others = MOST_OTHERS;
  return (path, size) => {
    const type = typeByFileName(baseName(path));
    const hasEntries = type !== undefined && type.raw === undefined;
    if (size > (hasEntries ? entries : others) - windowSize()) return false;
    if (hasEntries) entries -= size + HOLDING;
    else others -= size + HOLDING;
    return true;
  };
}

/** An archive as a tree of files. */
export function archiveTree(archive: Archive, path: string): FileTree {
  return {
    path,
    open(path) {
      const file = archive.fileAt(plainPath(path));
      return file === undefined ? undefined : archive.open(file);
    },
  };
}
