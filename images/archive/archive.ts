/**
 * An archive that is open: its files by directory, what its links lead to, archives inside.
 *
 * @module
 */

import { placeAbove } from "../bytes/paths.ts";
import { CritError, dataError } from "../errors.ts";
import { type Bytes, readUpTo } from "./bytes.ts";
import { loadDecompressor } from "./decompress.ts";
import { type ArchiveFormat, archiveFormatOf, TELLING_BYTES } from "./format.ts";
import {
  ArchivedBytes,
  type ArchivedFile,
  type ArchiveIndex,
  cutFile,
  type Hold,
  readIndex,
} from "./index.ts";
import { UnpackedBytes } from "./unpacked.ts";

/** Bytes of a known number; those of a file that was opened are to be closed. */
export interface SizedBytes extends Bytes, Disposable {
  /** In bytes. */
  readonly size: number;
}

/** How an archive is read. */
export interface ReadOptions {
  /** The archive's path, for messages. */
  readonly path: string;
  /** Most bytes that compressed data may decompress to. */
  readonly maxSize: number;
  /**
   * Which files of a compressed archive are held in memory.
   *
   * @param windowSize what decompression holds, in bytes
   */
  readonly hold: (windowSize: () => number) => Hold;
  /** Where the archive begins in a file on the disk, in bytes; undefined when it is not in one. */
  readonly base: number | undefined;
}

/** Bytes that every compressed archive may decompress to, and how many for each of its own. */
const FREE_SIZE = 1 << 30;
const LARGEST_RATIO = 128;

/** What a compressed archive of a size may decompress to unless the user allows more, in bytes. */
export function usualMaxSize(packedSize: number): number {
  return FREE_SIZE + LARGEST_RATIO * packedSize;
}

/** Most links that lead to one another, as in Linux. */
const MOST_LINKS = 40;

/** Longest path that Linux takes, in bytes. */
const PATH_MAX = 4096;

/** An archive that is open. */
export class Archive {
  /** Paths of the files in each directory. */
  readonly #directories = new Map<string, string[]>();
  /** Files that links lead to, by the link's path. */
  readonly #linked = new Map<string, ArchivedFile>();
  readonly #filesIn = new Map<string, ReadonlyMap<string, ArchivedFile>>();
  /** How many more steps are taken to follow links; an archive may be made to need endless ones. */
  #stepsLeft = 1 << 18;

  /**
   * @param bytes the archive after decompression
   * @param base where these bytes begin in the file on the disk; undefined when they are not there
   * @param close ends decompression
   */
  constructor(
    readonly bytes: Bytes,
    readonly index: ArchiveIndex,
    readonly base: number | undefined,
    readonly close: () => void = () => {},
  ) {
    for (const path of index.files.keys()) this.#add(path);
    for (const path of index.links.keys()) {
      const file = index.files.get(this.resolve(path) ?? "");
      if (file === undefined) continue;
      this.#linked.set(path, file);
      this.#add(path);
    }
  }

  /** Directories that have files. */
  get directories(): Iterable<string> {
    return this.#directories.keys();
  }

  /** Files of a directory by name. */
  filesIn(directory: string): ReadonlyMap<string, ArchivedFile> | undefined {
    const known = this.#filesIn.get(directory);
    if (known !== undefined) return known;
    const paths = this.#directories.get(directory);
    if (paths === undefined) return undefined;
    const length = directory === "" ? 0 : directory.length + 1;
    const files = new Map<string, ArchivedFile>();
    for (const path of paths) files.set(path.slice(length), this.fileAt(path)!);
    this.#filesIn.set(directory, files);
    return files;
  }

  /** The file that a path leads to, by way of links. */
  fileAt(path: string): ArchivedFile | undefined {
    const file = this.index.files.get(path) ?? this.#linked.get(path);
    if (file !== undefined || this.index.links.size === 0) return file;
    return this.index.files.get(this.resolve(path) ?? "");
  }

  /** The contents of a file. */
  open(file: ArchivedFile): SizedBytes {
    return new SizedArchivedBytes(this.bytes, file);
  }

  /** Where a path leads by way of links; undefined when that is out of the archive. */
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

  #add(path: string): void {
    const directory = placeAbove(path);
    const paths = this.#directories.get(directory);
    if (paths === undefined) this.#directories.set(directory, [path]);
    else paths.push(path);
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
 * Reads what an archive has, whatever it is compressed with.
 *
 * @returns undefined when the bytes are no archive
 * @throws {CritError} `unsupported` when it is compressed in a way that crit does not know, or
 * decompresses to too much
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
    const whole = wholeIndex({ ...index, fault: bytes.fault ?? fault }, path, bytes.size!);
    return new Archive(bytes, whole, undefined, () => bytes.close());
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** Archives with too many files or too large ones are refused: what there is of them is a trap. */
function refuseExcess({ fault }: ArchiveIndex, path: string): void {
  if (fault?.kind === "unsupported") throw fault.at({ image: path });
}

function notReadable(format: ArchiveFormat, path: string): CritError {
  const reason = `an archive compressed with ${format} cannot be read`;
  const hint = `decompress it first, or compress it with zstd or gzip`;
  return new CritError("unsupported", reason, { image: path }, hint);
}

/** An index whose files end where the archive does, and whose fault names the archive. */
function wholeIndex(index: ArchiveIndex, path: string, size: number): ArchiveIndex {
  const { fault } = index;
  if (fault === undefined) return index;
  const cut = [...index.files].map(([path, file]) => [path, cutFile(file, size)] as const);
  return { ...index, files: new Map(cut), fault: fault.at({ image: path }) };
}

/** What is said of a file that should be an archive and is none. */
export function noArchive(path: string): CritError {
  return dataError("it is no archive and no directory", { image: path });
}
