/**
 * Where a command writes: standard output, or a file that is complete or not there at all.
 *
 * @module
 */

import { CritError } from "../../images/errors.ts";
import { removeOnSignal } from "../terminal/interrupt.ts";
import { writeBytes } from "../terminal/terminal.ts";

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
 * Opens a file for writing, or standard output for `-` and undefined.
 *
 * A regular file is written beside its place, as `.NAME.crit-PID`, and renamed by `commit`; it
 * keeps the permissions of the file that it replaces, and a symbolic link stays and leads to the
 * new file. Devices, pipes and sockets are written as they are.
 *
 * @throws {CritError} `file` when the path is a directory or stands in none
 */
export function openOutput(path?: string): Output {
  if (path === undefined || STANDARD_OUTPUT.includes(path)) return standardOutput;
  const info = statOf(path);
  if (info?.isDirectory || path.endsWith("/")) {
    throw new CritError("file", "it is a directory, not a file", { image: path });
  }
  const isDescriptor = /^\/(dev|proc)\//.test(path);
  if (info !== undefined && (!info.isFile || isDescriptor)) return new DirectOutput(path);
  const target = info === undefined ? path : Deno.realPathSync(path);
  const directory = directoryOf(target);
  if (info === undefined && statOf(directory)?.isDirectory !== true) {
    throw new CritError("file", `there is no directory ${directory}`, { image: path });
  }
  return new FileOutput(target, info);
}

/**
 * Opens a file for writing by its name in a directory: a symbolic link of that name is replaced
 * and not followed.
 *
 * @param mode permission bits of a new file, less what the umask takes away
 * @throws {CritError} `file` when there is a directory of that name
 */
export function openEntry(path: string, mode: number): Output {
  const info = statOf(path, Deno.lstatSync);
  if (info?.isDirectory) throw new CritError("file", "it is a directory", { image: path });
  return new FileOutput(path, info?.isFile ? info : undefined, mode);
}

/** Names of standard output; opening it anew by such a name would write over what is there. */
const STANDARD_OUTPUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

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

  constructor(path: string) {
    this.#file = Deno.openSync(path, { write: true, truncate: true });
  }

  write(bytes: Uint8Array): void {
    writeAll(this.#file, bytes);
  }

  writeBehind(bytes: Uint8Array): Promise<void> {
    return Promise.resolve(this.write(bytes));
  }

  skip(length: number): void {
    writeZeros(length, (zeros) => writeAll(this.#file, zeros));
  }

  seal(): void {}

  commit(): void {}

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Writes beside a file's place and takes the place when all is written. */
class FileOutput implements Output {
  readonly #target: string;
  readonly #replaced: Deno.FileInfo | undefined;
  #file: Deno.FsFile | undefined;
  #temporary: string | undefined;
  #endsInHole = false;
  #isSealed = false;
  #forget = () => {};

  /** @param mode permission bits of a file that replaces none */
  constructor(target: string, replaced: Deno.FileInfo | undefined, readonly mode = 0o666) {
    this.#target = target;
    this.#replaced = replaced;
  }

  write(bytes: Uint8Array): void {
    writeAll(this.#open(), bytes);
    this.#endsInHole = false;
  }

  async writeBehind(bytes: Uint8Array): Promise<void> {
    const file = this.#open();
    this.#endsInHole = false;
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }

  skip(length: number): void {
    this.#open().seekSync(length, Deno.SeekMode.Current);
    this.#endsInHole = true;
  }

  seal(): void {
    const file = this.#open();
    if (this.#endsInHole) file.truncateSync(file.seekSync(0, Deno.SeekMode.Current));
    file.close();
    this.#file = undefined;
    this.#isSealed = true;
  }

  commit(): void {
    if (!this.#isSealed) this.seal();
    Deno.renameSync(this.#temporary!, this.#target);
    this.#temporary = undefined;
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    if (this.#temporary !== undefined) removeIfThere(this.#temporary);
    this.#temporary = undefined;
    this.#forget();
  }

  /** Creates the file at the first write: an interrupt while waiting for input leaves nothing. */
  #open(): Deno.FsFile {
    if (this.#file !== undefined) return this.#file;
    const [file, path] = createBeside(this.#target, this.#replaced?.mode ?? this.mode);
    this.#file = file;
    this.#temporary = path;
    this.#forget = removeOnSignal(path);
    if (this.#replaced !== undefined) resemble(path, this.#replaced);
    return file;
  }
}

/** Creates a file in the directory of another, with a name of its own. */
export function createBeside(target: string, mode: number): [file: Deno.FsFile, path: string] {
  for (let attempt = 0;; attempt++) {
    const path = temporaryName(target, attempt);
    try {
      return [Deno.openSync(path, { write: true, createNew: true, mode: mode & 0o777 }), path];
    } catch (error) {
      // Left by a crash of an earlier process with this number.
      if (error instanceof Deno.errors.AlreadyExists && attempt < 100) continue;
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
      const reason = `there is no permission to create a file in ${directoryOf(target)}`;
      throw new CritError("file", reason, { image: target }, undefined, { cause: error });
    }
  }
}

/** Gives a file the owner and permissions of the one that it will replace, as far as allowed. */
export function resemble(path: string, replaced: Deno.FileInfo): void {
  const { uid, gid, mode } = replaced;
  const created = Deno.statSync(path);
  try {
    if (created.uid !== uid || created.gid !== gid) Deno.chownSync(path, uid, gid);
    if (mode !== null && created.mode !== mode) Deno.chmodSync(path, mode & 0o777);
  } catch (error) {
    // Another's file, or a file system without owners: what was created is private enough.
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The error that brought us here is the one to report.
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}

const ZEROS = new Uint8Array(1 << 16);

function writeZeros(length: number, write: (bytes: Uint8Array) => void): void {
  for (let left = length; left > 0; left -= ZEROS.length) {
    write(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
  }
}

/** `DIR/.NAME.crit-PID` for `DIR/NAME`, and other names at further attempts. */
export function temporaryName(target: string, attempt = 0): string {
  const directory = directoryOf(target);
  // File systems allow names of 255 bytes, and a character takes up to four of them.
  const name = target.slice(target.lastIndexOf("/") + 1).slice(0, 55);
  const again = attempt === 0 ? "" : `-${attempt}`;
  return `${directory === "/" ? "" : directory}/.${name}.crit-${Deno.pid}${again}`;
}

/** Whether a file's name is one of {@link temporaryName}: crit is writing it, or was killed. */
export function isTemporary(name: string): boolean {
  return /^\..*\.crit-\d+(-\d+)?$/.test(name);
}

/** The directory that a path's last name is in. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

function statOf(path: string, look = Deno.statSync): Deno.FileInfo | undefined {
  try {
    return look(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
