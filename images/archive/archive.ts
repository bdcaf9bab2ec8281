/**
 * An open archive: its files by directory, the targets of its links, and nested archives.
 *
 * @module
 */

import { NameTable, withRoom } from "../bytes/name_table.ts";
import { placeAbove } from "../bytes/paths.ts";
import { CritError, dataError } from "../errors.ts";
import { ArchivedBytes, type ArchivedFile } from "./archived_file.ts";
import { type Bytes, readUpTo, type SizedBytes } from "./bytes.ts";
import { loadDecompressor } from "./decompress.ts";
import { DirectoryFiles } from "./directory_files.ts";
import { type ArchiveFormat, archiveFormatOf, TELLING_BYTES } from "./format.ts";
import { type ArchiveIndex, type Hold, readIndex } from "./index.ts";
import { UnpackedBytes } from "./unpacked.ts";

/** Options for reading an archive. */
export interface ReadOptions {
  /** The archive's path, for messages. */
  readonly path: string;
  /** Most bytes that compressed data may decompress to. */
  readonly maxSize: number;
  /**
   * Decides which files of a compressed archive are held in memory.
   *
   * @param windowSize memory that decompression holds, in bytes
   */
  readonly hold: (windowSize: () => number) => Hold;
  /** Offset of the archive in a file on disk, in bytes; undefined if it is not in one. */
  readonly base: number | undefined;
}

/**
 * Bytes to which every compressed archive may decompress, and further bytes for each compressed
 * one.
 */
const FREE_SIZE = 1 << 30;
const LARGEST_RATIO = 128;

/** Default limit on the decompressed size of an archive, in bytes. */
export function usualMaxSize(packedSize: number): number {
  return FREE_SIZE + LARGEST_RATIO * packedSize;
}

/** Longest chain of links, as in Linux. */
const MOST_LINKS = 40;

/** Longest path on Linux, in bytes. */
const PATH_MAX = 4096;

/** An open archive. */
export class Archive {
  /** Directories that have files. */
  readonly #directories = new NameTable();
  /** The last file added to each directory, by the number of the directory. */
  #last = new Int32Array();
  /** The file added before a file to the same directory, by the number of the file; -1 for none. */
  readonly #before: Int32Array;
  /** Number of directories with a last file. */
  #count = 0;
  /** Targets of links that are files, by the numbers of the links. */
  readonly #linked: Int32Array;
  /**
   * Remaining steps for following links, because an archive may be crafted to need endless ones.
   */
  #stepsLeft = 1 << 18;

  /**
   * @param bytes the archive after decompression
   * @param base offset of these bytes in the file on disk; undefined if they are not stored there
   * @param close ends decompression
   */
  constructor(
    readonly bytes: Bytes,
    readonly index: ArchiveIndex,
    readonly base: number | undefined,
    readonly close: () => void = () => {},
  ) {
    const { table, links } = index;
    this.#before = new Int32Array(table.count);
    this.#linked = new Int32Array(links.size === 0 ? 0 : table.count);
    for (let number = 0; number < table.count; number++) {
      if (table.isFile(number)) this.#add(number);
    }
    for (let number = 0; links.size > 0 && number < table.count; number++) {
      if (!table.isLink(number)) continue;
      const target = this.#fileNumber(this.resolve(table.pathOf(number)));
      this.#linked[number] = target ?? -1;
      if (target !== undefined) this.#add(number);
    }
  }

  /** Directories that have files. */
  *directories(): Generator<string> {
    for (let number = 0; number < this.#directories.size; number++) {
      yield this.#directories.nameOf(number);
    }
  }

  /** Files of a directory by name; undefined if it has none. */
  filesIn(directory: string): DirectoryFiles | undefined {
    const number = this.#directories.numberOf(directory);
    if (number === undefined) return undefined;
    return new DirectoryFiles({
      table: this.index.table,
      directory,
      numbers: () => this.#numbersIn(number),
      numberAt: (path) => this.#numberAt(path),
    });
  }

  /** Numbers of the files and links to files in a directory, in the order of the archive. */
  #numbersIn(directory: number): Int32Array {
    const last = this.#last[directory]!;
    let count = 0;
    for (let at = last; at >= 0; at = this.#before[at]!) count++;
    const numbers = new Int32Array(count);
    for (let at = last; at >= 0; at = this.#before[at]!) numbers[--count] = at;
    return numbers;
  }

  /** The number of the file at a path, after following links. */
  #numberAt(path: string): number | undefined {
    const number = this.index.table.numberOf(path);
    if (number === undefined || !this.index.table.isLink(number)) return this.#fileNumber(path);
    const target = this.#linked[number]!;
    return target < 0 ? undefined : target;
  }

  /** The file at a path, after following links. */
  fileAt(path: string): ArchivedFile | undefined {
    const { files, links, table } = this.index;
    const number = this.#numberAt(path);
    if (number !== undefined) return table.fileOf(number);
    return links.size === 0 ? undefined : files.get(this.resolve(path) ?? "");
  }

  #fileNumber(path: string | undefined): number | undefined {
    const { table } = this.index;
    const number = path === undefined ? undefined : table.numberOf(path);
    return number !== undefined && table.isFile(number) ? number : undefined;
  }

  /** The contents of a file. */
  open(file: ArchivedFile): SizedBytes {
    return new SizedArchivedBytes(this.bytes, file);
  }

  /** Resolves the links in a path; undefined if it leads out of the archive. */
  resolve(path: string): string | undefined {
    let at = "";
    const todo: string[] = [];
    const follow = (to: string) => to.length < PATH_MAX && todo.push(...to.split("/").reverse());
    if (!follow(path)) return undefined;
    for (let links = 0; todo.length > 0;) {
      if (--this.#stepsLeft < 0) return undefined;
      const part = todo.pop()!;
      if (part === "" || part === ".") continue;
      if (part === ".." && at === "") return undefined;
      at = part === ".." ? placeAbove(at) : at === "" ? part : `${at}/${part}`;
      const link = this.index.links.get(at);
      if (link === undefined) continue;
      if (link.startsWith("/") || ++links > MOST_LINKS || !follow(link)) return undefined;
      at = placeAbove(at);
    }
    return at;
  }

  #add(number: number): void {
    const directory = this.#directories.add(placeAbove(this.index.table.pathOf(number)));
    const isNew = directory >= this.#count;
    if (isNew) this.#count = directory + 1;
    this.#last = withRoom(this.#last, directory + 1);
    this.#before[number] = isNew ? -1 : this.#last[directory]!;
    this.#last[directory] = number;
  }
}

/** A file's contents with their size. */
class SizedArchivedBytes extends ArchivedBytes implements SizedBytes {
  get size(): number {
    return this.file.size;
  }

  [Symbol.dispose](): void {}
}

/**
 * Reads an archive in any compression.
 *
 * @returns undefined if the bytes are not an archive
 * @throws {CritError} `unsupported` if its compression is unknown to crit, or it decompresses to
 * too much; `data` if the decompressed data is not an archive
 */
export async function readArchive(
  file: SizedBytes,
  options: ReadOptions,
): Promise<Archive | undefined> {
  const { path, maxSize, hold, base } = options;
  const format = archiveFormatOf(readUpTo(file, 0, TELLING_BYTES));
  if (format === undefined) return undefined;
  if (format === "tar") {
    const index = readIndex(file, () => false);
    refuseExcess(index, path);
    return new Archive(file, wholeIndex(index, path, file.size), base);
  }
  if (format !== "gzip" && format !== "zstd") throw notReadable(format, path);
  const bytes = new UnpackedBytes(file, await loadDecompressor(format), maxSize);
  try {
    const { fault, ...index } = readIndex(bytes, hold(() => bytes.windowSize));
    refuseExcess({ ...index, fault }, path);
    bytes.readToEnd();
    if (bytes.isTooLarge) throw bytes.fault!.at({ image: path });
    if (bytes.fault === undefined && fault?.place.offset === 0) throw notTar(format, path);
    const whole = wholeIndex({ ...index, fault: bytes.fault ?? fault }, path, bytes.size!);
    return new Archive(bytes, whole, undefined, () => bytes.close());
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** Refuses archives with too many or too large files, which are malicious. */
function refuseExcess({ fault }: ArchiveIndex, path: string): void {
  if (fault?.kind === "unsupported") throw fault.at({ image: path });
}

function notReadable(format: ArchiveFormat, path: string): CritError {
  const reason = `an archive compressed with ${format} cannot be read`;
  const hint = `decompress it first, or compress it with zstd or gzip`;
  return new CritError("unsupported", reason, { image: path }, hint);
}

/** The error for compressed data that is not an archive from its first byte, such as an image. */
function notTar(format: ArchiveFormat, path: string): CritError {
  const reason = `it is ${format} data, but not of an archive`;
  return dataError(reason, { image: path }, "decompress it first");
}

/** An index whose files end at the end of the archive, and whose fault names the archive. */
function wholeIndex(index: ArchiveIndex, path: string, size: number): ArchiveIndex {
  const { fault } = index;
  if (fault === undefined) return index;
  index.table.cut(size);
  return { ...index, fault: fault.at({ image: path }) };
}

/** The error for a file that should be an archive. */
export function noArchive(path: string): CritError {
  return dataError("it is neither an archive nor a directory", { image: path });
}
