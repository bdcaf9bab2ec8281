/**
 * New directories, which are complete or absent.
 *
 * This is the one way in which crit makes a directory of files, for commands and for the library.
 * It is made under a temporary name beside its place, where only its owner may look into it. A name
 * in it is created once, never opened, so that nothing is written through a link.
 *
 * @module
 */

import { OutputError } from "../errors.ts";
import { isDirectory } from "./io.ts";
import { below, directoryOf, temporaryName, withoutSlash } from "./paths.ts";
import {
  createFile,
  inOutput,
  type Permissions,
  permissionsOfNew,
  resemble,
  WrittenFile,
} from "./written_file.ts";

/** Permission bits of a directory into which something is being written. */
export const PRIVATE = 0o700;

/** A new directory; {@link StagedDirectory.commit} puts it in its place. */
export class StagedDirectory implements Disposable {
  /** Where it is to stand, without a slash at its end. */
  readonly target: string;
  readonly #temporary: string;
  readonly #made = new Map<string, Permissions>();
  readonly #release: () => void;
  #isDone = false;

  /**
   * Makes it under a temporary name.
   *
   * @param path where it is to stand; nothing but an empty directory may be there
   * @param permissions what the directory gets in the end
   * @param guard sees to it that an interrupt removes the temporary directory; returns what ends
   * that
   * @throws {CritError} `file` if something is there, or there is no place for it
   */
  constructor(
    readonly path: string,
    permissions: Permissions = permissionsOfNew(PRIVATE),
    guard: (temporary: string) => () => void = () => () => {},
  ) {
    this.target = withoutSlash(path);
    requireFree(this.target);
    this.#temporary = temporaryName(this.target);
    this.#release = guard(this.#temporary);
    try {
      inOutput(path, () => Deno.mkdirSync(this.#temporary, { mode: PRIVATE }));
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#made.set("", permissions);
  }

  /** Where a place is until the directory is complete. */
  at(place: string): string {
    return below(this.#temporary, place);
  }

  /** Where a place is to be, for messages. */
  label(place: string): string {
    return below(this.target, place);
  }

  /** Makes a directory; those above it must be there. It gets its permissions in the end. */
  makeDirectory(place: string, permissions: Permissions): void {
    inOutput(this.label(place), () => Deno.mkdirSync(this.at(place), { mode: PRIVATE }));
    this.#made.set(place, permissions);
  }

  /** Whether a directory was made. */
  hasDirectory(place: string): boolean {
    return this.#made.has(place);
  }

  /** Creates a file. @throws {CritError} `file` if there is something of that name */
  create(place: string, permissions: Permissions): WrittenFile {
    const [path, label] = [this.at(place), this.label(place)];
    return new WrittenFile(createFile(path, path, label, permissions), label);
  }

  /** Makes a symbolic link. */
  link(place: string, text: string): void {
    inOutput(this.label(place), () => Deno.symlinkSync(text, this.at(place)));
  }

  /** Gives all directories their permissions; nothing can be added then. */
  seal(): void {
    // From the innermost out: a directory that is not for writing takes no more changes.
    for (const [place, permissions] of [...this.#made].reverse()) {
      const path = this.at(place);
      if (permissions.isExact) resemble(path, permissions);
      else Deno.chmodSync(path, permissions.mode & ~Deno.umask());
    }
    this.#made.clear();
  }

  /** Puts the directory in its place. */
  commit(): void {
    this.seal();
    inOutput(this.path, () => Deno.renameSync(this.#temporary, this.target));
    this.#isDone = true;
  }

  /** Removes the directory unless it is in its place. */
  [Symbol.dispose](): void {
    this.#release();
    if (this.#isDone) return;
    try {
      Deno.removeSync(this.#temporary, { recursive: true });
    } catch {
      // The error that brought us here is the one to report.
    }
  }
}

/** @throws {CritError} `file` unless there is nothing at a path, or an empty directory */
function requireFree(path: string): void {
  const info = lstatOrUndefined(path);
  if (info === undefined) {
    const above = directoryOf(path);
    if (isDirectory(above)) return;
    throw new OutputError("file", `there is no directory ${above}`, { image: path });
  }
  if (info.isDirectory && [...Deno.readDirSync(path)].length === 0) return;
  const reason = info.isDirectory ? "the directory is not empty" : "it exists already";
  throw new OutputError("file", reason, { image: path }, "OUT must be new");
}

/** What stands at a path, not where it leads; undefined for nothing. */
export function lstatOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
