/**
 * Files that are being written: holes, permissions, and errors with the path that the user knows.
 *
 * @module
 */

import { OutputError } from "../errors.ts";
import { systemReason, writeAll } from "./io.ts";
import { directoryOf } from "./paths.ts";

/** A file that is being written, with holes where zeros are skipped. */
export class WrittenFile implements Disposable {
  #endsInHole = false;
  #isClosed = false;

  /** @param label the path that errors name */
  constructor(readonly file: Deno.FsFile, readonly label: string) {}

  write(bytes: Uint8Array): void {
    this.#endsInHole = false;
    inOutput(this.label, () => writeAll(this.file, bytes));
  }

  async writeBehind(bytes: Uint8Array): Promise<void> {
    this.#endsInHole = false;
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.file.write(rest));
    } catch (error) {
      throw outputError(error, this.label);
    }
  }

  skip(length: number): void {
    if (length === 0) return;
    this.file.seekSync(length, Deno.SeekMode.Current);
    this.#endsInHole = true;
  }

  /** Makes a hole at the end part of the file, and closes it. */
  end(): void {
    this.#isClosed = true;
    if (this.#endsInHole) {
      const size = this.file.seekSync(0, Deno.SeekMode.Current);
      inOutput(this.label, () => this.file.truncateSync(size));
    }
    this.file.close();
  }

  [Symbol.dispose](): void {
    if (!this.#isClosed) this.file.close();
    this.#isClosed = true;
  }
}

/** Who may do what with a file or directory. */
export interface Permissions {
  /** Permission bits. */
  readonly mode: number;
  /** Owner and group; null if they are those of whoever creates it. */
  readonly uid: number | null;
  readonly gid: number | null;
  /** Whether the umask does not apply to {@link Permissions.mode}. */
  readonly isExact: boolean;
}

/** Permissions of something that stands on the disk. */
export function permissionsOf({ mode, uid, gid }: Deno.FileInfo): Permissions {
  return { mode: (mode ?? 0o600) & 0o777, uid, gid, isExact: true };
}

/** Permissions of something new, less what the umask takes away. */
export function permissionsOfNew(mode: number): Permissions {
  return { mode: mode & 0o777, uid: null, gid: null, isExact: false };
}

/** Creates a file; `target` is the file that the user knows of. */
export function createFile(
  path: string,
  target: string,
  label: string,
  permissions: Permissions,
): Deno.FsFile {
  try {
    const file = Deno.openSync(path, { write: true, createNew: true, mode: permissions.mode });
    resemble(path, permissions);
    return file;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      const reason = `there is no permission to create a file in ${directoryOf(target)}`;
      throw new OutputError("file", reason, { image: label }, undefined, { cause: error });
    }
    throw outputError(error, label);
  }
}

/** Gives a file or directory an owner and permissions, as far as that is allowed. */
export function resemble(path: string, { uid, gid, mode, isExact }: Permissions): void {
  if (!isExact) return;
  const created = Deno.lstatSync(path);
  try {
    const isOther = (uid !== null && created.uid !== uid) || (gid !== null && created.gid !== gid);
    if (isOther) Deno.chownSync(path, uid, gid);
    if (created.mode === null || (created.mode & 0o777) !== mode) Deno.chmodSync(path, mode);
  } catch (error) {
    // Another's file, or a file system without owners: what was created is private enough.
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}

/** Runs something that may fail on an output, whose path errors then have. */
export function inOutput<T>(label: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw outputError(error, label);
  }
}

/** An operating system's error as one of an output. */
export function outputError(error: unknown, label: string): unknown {
  if (error instanceof Deno.errors.BrokenPipe) return error;
  const reason = systemReason(error);
  if (reason === undefined) return error;
  return new OutputError("file", reason, { image: label }, undefined, { cause: error });
}
