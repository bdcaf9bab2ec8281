/**
 * Where a command reads from: a file, or standard input for `-` and undefined.
 *
 * @module
 */

import { type SyncReader, systemReason } from "../../images/bytes/io.ts";
import { baseName } from "../../images/bytes/paths.ts";
import { CritError } from "../../images/errors.ts";

/** An opened input. */
export interface Input extends SyncReader, Disposable {
  /** Name for messages, without directories; none for standard input. */
  readonly name: string | undefined;
  /** Size in bytes, of a regular file. */
  readonly size: number | undefined;
  /** Permission bits, of a regular file. */
  readonly mode: number | undefined;
  /** Passes over zeros that are known to come next, and gives how many they are. */
  skipHole?(): number;
}

/** Opens a file for reading, or standard input. */
export function openInput(path?: string): Input {
  if (path === undefined || path === "-") {
    return {
      name: undefined,
      size: undefined,
      mode: undefined,
      readSync: (into) => Deno.stdin.readSync(into),
      read: (into) => Deno.stdin.read(into),
      [Symbol.dispose]: () => {},
    };
  }
  const file = Deno.openSync(path);
  const info = file.statSync();
  return {
    name: baseName(path),
    size: info.isFile ? info.size : undefined,
    mode: info.isFile && info.mode !== null ? info.mode & 0o777 : undefined,
    readSync: (into) => readFrom(file, into, path),
    [Symbol.dispose]: () => file.close(),
  };
}

/** Reads some bytes; an error names the file, which Deno's does not. */
function readFrom(file: Deno.FsFile, into: Uint8Array, path: string): number | null {
  try {
    return file.readSync(into);
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new CritError("file", reason, { image: path }, undefined, { cause: error });
  }
}

/** Permission bits of the file that a command reads; undefined if it is none. */
export function modeOf(path: string | undefined): number | undefined {
  if (path === undefined || path === "-") return undefined;
  const { isFile, mode } = Deno.statSync(path);
  return isFile && mode !== null ? mode & 0o777 : undefined;
}
