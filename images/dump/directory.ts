/**
 * Dumps in directories.
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import { canonicalPath, fileError, inFile, isDirectory, kindOf, readInput } from "../bytes/io.ts";
import { plainPath } from "../bytes/paths.ts";
import { dataError } from "../errors.ts";
import type { FileTree } from "../oci/layout.ts";
import { SortedSizes } from "./sorted_sizes.ts";
import { EMPTY_PARENT, type ImageFile, type ImageSource, PARENT, PATH_MAX } from "./source.ts";
import {
  BESIDE_DIRECTORIES,
  type BesideFile,
  ENGINE_FILES,
  type Surroundings,
} from "./surroundings.ts";

/** Unit of what a file system says that a file takes, in bytes (stat(2), `st_blocks`). */
const BLOCK = 512;

/** The images in a directory. */
export class DirectorySource implements ImageSource {
  readonly identity: string;
  /** The directory without links, which stays short for long chains of dumps. */
  readonly #real: string;
  #files: SortedSizes | undefined;
  #mode = 0o777;
  /** Null if there is none. */
  #parentLink: string | null | undefined;

  /**
   * Looks up a directory; its files are listed when asked for.
   *
   * @throws {CritError} `file` when there is no such directory
   */
  constructor(readonly path: string) {
    this.identity = identityOf(path);
    this.#real = canonicalPath(path) ?? path;
  }

  get files(): ReadonlyMap<string, number> {
    if (this.#files !== undefined) return this.#files;
    const entries = inFile(this.path, () => [...Deno.readDirSync(this.#real)]);
    return this.#files = new SortedSizes(this.#filesAmong(entries), entries.length);
  }

  *#filesAmong(entries: readonly Deno.DirEntry[]): Generator<readonly [string, number]> {
    for (const { name, isDirectory } of entries) {
      const info = isDirectory ? undefined : this.#stat(name);
      if (!info?.isFile || name === PARENT) continue;
      this.#mode &= info.mode ?? 0o600;
      yield [name, info.size];
    }
  }

  get mode(): number {
    void this.files;
    return this.#mode & (this.#stat("")?.mode ?? 0o600);
  }

  open(name: string): ImageFile {
    return inFile(name, () => new DirectoryFile(name, Deno.openSync(`${this.#real}/${name}`)));
  }

  readFirst(name: string, room: Uint8Array): number {
    return inFile(name, () => {
      using file = Deno.openSync(`${this.#real}/${name}`);
      return readFully(file, room);
    });
  }

  get parentLink(): string | undefined {
    if (this.#parentLink === undefined) this.#parentLink = this.#readParentLink() ?? null;
    return this.#parentLink ?? undefined;
  }

  #readParentLink(): string | undefined {
    const path = `${this.#real}/${PARENT}`;
    try {
      const info = Deno.lstatSync(path);
      if (info.isSymlink) return Deno.readLinkSync(path);
      if (info.isDirectory) return PARENT;
      // Copies that know no links have a file with the path instead, as git writes one.
      return info.isFile && info.size < PATH_MAX ? Deno.readTextFileSync(path).trim() : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw fileError(error, PARENT);
    }
  }

  openParent(): ImageSource {
    const link = this.parentLink;
    if (link === "") throw dataError(EMPTY_PARENT, { image: PARENT });
    const entry = `${this.#real}/${PARENT}`;
    // By its name the kernel follows a link however long its text is.
    const path = isDirectory(entry)
      ? entry
      : link?.startsWith("/")
      ? link
      : `${this.#real}/${link}`;
    if (link === undefined || !isDirectory(path)) {
      throw dataError(`it leads to ${link}, which is not a directory`, { image: PARENT });
    }
    return new DirectorySource(path);
  }

  allocated(name: string): number | undefined {
    const blocks = this.#stat(name)?.blocks ?? undefined;
    return blocks === undefined ? undefined : blocks * BLOCK;
  }

  modified(name: string): number | undefined {
    const time = this.#stat(name)?.mtime?.getTime();
    return time === undefined ? undefined : time / 1000;
  }

  get beside(): Surroundings | undefined {
    return besideDirectory(this.#real);
  }

  [Symbol.dispose](): void {}

  /** What a name stands for; undefined when a link leads nowhere. */
  #stat(name: string): Deno.FileInfo | undefined {
    try {
      return Deno.statSync(`${this.#real}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      return undefined;
    }
  }
}

/** An open file. */
export class DirectoryFile implements ImageFile {
  #size: number | undefined;
  /** Where the next sequential read begins. */
  #position = 0;

  constructor(readonly name: string, readonly file: Deno.FsFile) {}

  get size(): number {
    return this.#size ??= this.file.statSync().size;
  }

  read(offset: number, into: Uint8Array): number {
    try {
      if (offset !== this.#position) this.file.seekSync(offset, Deno.SeekMode.Start);
      // Where it stands if reading fails is not known.
      this.#position = -1;
      const count = readFully(this.file, into);
      this.#position = offset + count;
      return count;
    } catch (error) {
      throw fileError(error, this.name);
    }
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

/** Fills a buffer from where the file stands; returns how many bytes there are. */
function readFully(file: Deno.FsFile, into: Uint8Array): number {
  let filled = 0;
  while (filled < into.length) {
    const count = file.readSync(filled === 0 ? into : into.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

/**
 * Opens a regular file for reading; undefined if it does not exist or cannot be read. Pipes and
 * other special files are not opened.
 */
export function openIfFile(path: string): DirectoryFile | undefined {
  try {
    return Deno.statSync(path).isFile ? new DirectoryFile(path, Deno.openSync(path)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/**
 * Equal for two paths to the same place.
 *
 * @throws {CritError} `file` when there is nothing
 */
export function identityOf(path: string): string {
  const { dev, ino } = inFile(path, () => Deno.statSync(path));
  return `${dev}:${ino}`;
}

/**
 * Opens a file by its path.
 *
 * @throws {CritError} `file` when it cannot be opened
 */
export function openFile(path: string): { file: DirectoryFile; identity: string } {
  return inFile(path, () => ({
    identity: identityOf(path),
    file: new DirectoryFile(path, Deno.openSync(path)),
  }));
}

/**
 * Standard input with random access. A file is read directly; data from a pipe is copied into an
 * unlinked temporary file.
 *
 * @throws {CritError} `file` when there is no room for it
 */
export function openStandardInput(): DirectoryFile {
  const name = "standard input";
  return inFile(name, () => {
    const place = "/proc/self/fd/0";
    if (Deno.statSync(place).isFile) return new DirectoryFile(name, Deno.openSync(place));
    return spooled(name, readInput);
  });
}

/** Whether a path leads to a named pipe. */
export function isNamedPipe(path: string): boolean {
  return inFile(path, () => Deno.statSync(path).isFifo === true);
}

/**
 * The data of a named pipe, such as `<(…)` in a shell, with random access.
 *
 * @throws {CritError} `file` when there is no room for it
 */
export function openPipe(path: string): DirectoryFile {
  return inFile(path, () => {
    using pipe = Deno.openSync(path);
    return spooled(path, (into) => pipe.readSync(into));
  });
}

/** Puts all that comes into a file without a name. */
function spooled(name: string, read: (into: Uint8Array) => number | null): DirectoryFile {
  const path = Deno.makeTempFileSync({ prefix: "crit-input-" });
  const file = Deno.openSync(path, { read: true, write: true });
  Deno.removeSync(path);
  const buffer = new Uint8Array(1 << 18);
  for (let count = read(buffer); count !== null; count = read(buffer)) {
    for (let done = 0; done < count;) done += file.writeSync(buffer.subarray(done, count));
  }
  file.seekSync(0, Deno.SeekMode.Start);
  return new DirectoryFile(name, file);
}

/** A directory as a tree of files. */
export class DirectoryTree implements FileTree {
  constructor(readonly path: string) {}

  open(path: string): SizedBytes | undefined {
    return openIfFile(`${this.path}/${plainPath(path)}`);
  }
}

/** Files by which a directory is one that an engine has left. */
const BESIDE: readonly string[] = [...ENGINE_FILES, "config.v2.json"];

/**
 * The files of an engine beside the dump in a directory: one level above it, two levels for Docker,
 * or in the directory itself.
 */
export function besideDirectory(path: string): Surroundings | undefined {
  const above = [`${path}/..`, path, `${path}/../..`];
  const place = above.find((place) => BESIDE.some((name) => kindOf(`${place}/${name}`) === "file"));
  return place === undefined ? undefined : surroundings(place);
}

function surroundings(path: string): Surroundings {
  const files = new Map<string, BesideFile>();
  for (const below of ["", ...BESIDE_DIRECTORIES.map((name) => `${name}/`)]) {
    for (const name of namesIn(`${path}/${below}`)) {
      const info = statIfFile(`${path}/${below}${name}`);
      if (info === undefined) continue;
      const modified = (info.mtime?.getTime() ?? 0) / 1000;
      files.set(below + name, { size: info.size, modified });
    }
  }
  return {
    path,
    files,
    open: (name) => (files.has(name) ? openIfFile(`${path}/${name}`) : undefined),
  };
}

/**
 * The entries of a directory, in the order of names; links are not followed.
 *
 * @throws {CritError} `file` when it cannot be read
 */
export function entriesIn(path: string): Deno.DirEntry[] {
  const entries = inFile(path, () => [...Deno.readDirSync(path)]);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names in a directory, in order; none if the directory does not exist. */
export function namesIn(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return [];
  }
}

function statIfFile(path: string): Deno.FileInfo | undefined {
  try {
    const info = Deno.statSync(path);
    return info.isFile ? info : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}
