/**
 * Where a command writes: standard output, or a file that is complete or not there at all.
 *
 * @module
 */

import { canonicalPath, writeAll } from "../../images/bytes/io.ts";
import { directoryOf, temporaryName } from "../../images/bytes/paths.ts";
import {
  createFile,
  inOutput,
  type Permissions,
  permissionsOf,
  permissionsOfNew,
  WrittenFile,
} from "../../images/bytes/written_file.ts";
import { CritError, OutputError } from "../../images/errors.ts";
import { removeOnSignal } from "../terminal/interrupt.ts";
import { isTerminal, writeBytes } from "../terminal/terminal.ts";

/**
 * Takes a command's output. Without a {@link Output.commit} it leaves no trace:
 *
 * ```ts
 * using output = openOutput(path);
 * output.write(bytes);
 * output.commit();
 * ```
 */
export interface Output extends Disposable {
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): void;
  /**
   * Begins to write all of the bytes, which must stay as they are until the promise is fulfilled;
   * the output is not to be used before.
   */
  writeBehind(bytes: Uint8Array): Promise<void>;
  /** Writes so many zeros; in a regular file they are a hole, which takes no room on the disk. */
  skip(length: number): void;
  /** Says that the output is whole but not yet to be put in its place; nothing is left open. */
  seal(): void;
  /** Says that the output is whole, and puts it in its place. */
  commit(): void;
}

/**
 * Opens a file for an image, or standard output unless it is a terminal, as {@link openOutput}
 * does.
 *
 * @throws {CritError} `usage` when bytes that are no text would go to a terminal
 */
export function openImageOutput(command: string, path?: string, mode?: number): Output {
  if ((path === undefined || STANDARD_OUTPUT.includes(path)) && isTerminal("stdout")) {
    const reason = `${command}: an image is not printed to a terminal`;
    throw new CritError("usage", reason, {}, "--out FILE writes it, and so does a pipe");
  }
  return openOutput(path, mode);
}

/**
 * Opens a file for writing, or standard output for `-` and undefined.
 *
 * A regular file is written beside its place, as `.NAME.crit-NUMBER`, and renamed by `commit`; it
 * keeps the permissions of the file that it replaces, and a symbolic link stays and leads to the
 * new file. Devices, pipes and sockets are written as they are.
 *
 * @param mode permission bits that the output has at most; those of what it is made from
 * @throws {CritError} `file` when the path is a directory or stands in none
 */
export function openOutput(path?: string, mode?: number): Output {
  if (path === undefined || STANDARD_OUTPUT.includes(path)) return standardOutput;
  const info = statOf(path);
  if (info?.isDirectory || path.endsWith("/")) {
    throw new OutputError("file", "it is a directory, not a file", { image: path });
  }
  if (info !== undefined && (!info.isFile || DESCRIPTOR.test(path))) return new DirectOutput(path);
  const isLink = info !== undefined && statOf(path, Deno.lstatSync)?.isSymlink;
  const target = isLink ? linkedPath(path) : path;
  const directory = directoryOf(target);
  if (info === undefined && statOf(directory)?.isDirectory !== true) {
    throw new OutputError("file", `there is no directory ${directory}`, { image: path });
  }
  return new ReplacingOutput(target, path, permissionsFor(info, mode));
}

/** Where a symbolic link to a file leads. */
function linkedPath(path: string): string {
  const target = canonicalPath(path);
  if (target !== undefined) return target;
  const reason = "it is a symbolic link that cannot be followed from here";
  throw new OutputError("file", reason, { image: path });
}

/**
 * Opens a file for writing by its name in a directory: a symbolic link of that name is replaced
 * and not followed.
 *
 * @param mode permission bits that the file has at most, beside the umask
 * @throws {CritError} `file` when there is a directory of that name
 */
export function openEntry(path: string, mode: number): Output {
  const info = statOf(path, Deno.lstatSync);
  if (info?.isDirectory) throw new OutputError("file", "it is a directory", { image: path });
  return new ReplacingOutput(path, path, permissionsFor(info?.isFile ? info : undefined, mode));
}

/**
 * Creates a file in a directory that nobody looks into yet.
 *
 * @param label the path that errors name
 * @throws {CritError} `file` when there is something of that name
 */
export function createEntry(path: string, label: string, permissions: Permissions): Output {
  return new NewOutput(path, label, permissions);
}

/** Bits by which a file's owner reads and writes it, so that what is made can be edited. */
const OWNER = 0o600;

/** Permissions of a file that replaces another, if any, and is made of something with this mode. */
function permissionsFor(replaced: Deno.FileInfo | undefined, mode?: number): Permissions {
  if (replaced === undefined) return permissionsOfNew((mode ?? 0o666) | OWNER);
  const kept = permissionsOf(replaced);
  return mode === undefined ? kept : { ...kept, mode: kept.mode & (mode | OWNER) };
}

/** Names of standard output; opening it anew by such a name would write over what is there. */
const STANDARD_OUTPUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** Names of open files, in whose directories nothing can be created. */
const DESCRIPTOR = /^\/(dev\/(fd\/\d+|std\w+)|proc\/[^/]+(\/task\/\d+)?\/fd\/\d+)$/;

const standardOutput: Output = {
  write: (bytes) => writeBytes(bytes),
  writeBehind: (bytes) => Promise.resolve(writeBytes(bytes)),
  skip: (length) => writeZeros(length, writeBytes),
  seal: () => {},
  commit: () => {},
  [Symbol.dispose]: () => {},
};

/** Writes to something that cannot be renamed over, such as a pipe. */
class DirectOutput implements Output {
  readonly #file: Deno.FsFile;

  constructor(readonly path: string) {
    this.#file = Deno.openSync(path, { write: true, truncate: true });
  }

  write(bytes: Uint8Array): void {
    inOutput(this.path, () => writeAll(this.#file, bytes));
  }

  writeBehind(bytes: Uint8Array): Promise<void> {
    return Promise.resolve(this.write(bytes));
  }

  skip(length: number): void {
    writeZeros(length, (zeros) => this.write(zeros));
  }

  seal(): void {}

  commit(): void {}

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Writes beside a file's place and takes the place when all is written. */
class ReplacingOutput implements Output {
  #file: WrittenFile | undefined;
  #temporary: string | undefined;
  #isSealed = false;
  #forget = () => {};

  /**
   * @param target where the file is to stand
   * @param permissions what it gets
   */
  constructor(
    readonly target: string,
    readonly label: string,
    readonly permissions: Permissions,
  ) {}

  write(bytes: Uint8Array): void {
    this.#open().write(bytes);
  }

  writeBehind(bytes: Uint8Array): Promise<void> {
    return this.#open().writeBehind(bytes);
  }

  skip(length: number): void {
    this.#open().skip(length);
  }

  seal(): void {
    this.#open().end();
    this.#file = undefined;
    this.#isSealed = true;
  }

  commit(): void {
    if (!this.#isSealed) this.seal();
    inOutput(this.label, () => Deno.renameSync(this.#temporary!, this.target));
    this.#temporary = undefined;
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
    if (this.#temporary !== undefined) removeIfThere(this.#temporary);
    this.#temporary = undefined;
    this.#forget();
  }

  /** Creates the file at the first write: an interrupt while waiting for input leaves nothing. */
  #open(): WrittenFile {
    if (this.#file !== undefined) return this.#file;
    const path = temporaryName(this.target);
    this.#forget = removeOnSignal(path);
    const file = createFile(path, this.target, this.label, this.permissions);
    this.#temporary = path;
    return this.#file = new WrittenFile(file, this.label);
  }
}

/** Writes a file where nobody looks yet, in a directory that is complete or absent. */
class NewOutput implements Output {
  readonly #file: WrittenFile;
  #isEnded = false;

  constructor(path: string, label: string, permissions: Permissions) {
    this.#file = new WrittenFile(createFile(path, path, label, permissions), label);
  }

  write(bytes: Uint8Array): void {
    this.#file.write(bytes);
  }

  writeBehind(bytes: Uint8Array): Promise<void> {
    return this.#file.writeBehind(bytes);
  }

  skip(length: number): void {
    this.#file.skip(length);
  }

  seal(): void {
    if (!this.#isEnded) this.#file.end();
    this.#isEnded = true;
  }

  commit(): void {
    this.seal();
  }

  [Symbol.dispose](): void {
    if (!this.#isEnded) this.#file[Symbol.dispose]();
    this.#isEnded = true;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The error that brought us here is the one to report.
  }
}

const ZEROS = new Uint8Array(1 << 16);

function writeZeros(length: number, write: (bytes: Uint8Array) => void): void {
  for (let left = length; left > 0; left -= ZEROS.length) {
    write(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
  }
}

function statOf(path: string, look = Deno.statSync): Deno.FileInfo | undefined {
  try {
    return look(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
