/**
 * Where a command reads from: a file, or standard input for `-` and undefined.
 *
 * @module
 */

import { inFile, readInput, readInputBehind, type SyncReader } from "../../images/bytes/io.ts";
import { baseName } from "../../images/bytes/paths.ts";

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
      readSync: readInput,
      read: readInputBehind,
      [Symbol.dispose]: () => {},
    };
  }
  const file = inFile(path, () => Deno.openSync(path));
  const info = file.statSync();
  return {
    name: baseName(path),
    size: info.isFile ? info.size : undefined,
    mode: info.isFile && info.mode !== null ? info.mode & 0o777 : undefined,
    readSync: (into) => inFile(path, () => file.readSync(into)),
    [Symbol.dispose]: () => file.close(),
  };
}

/** Permission bits of the file that a command reads; undefined if it is none. */
export function modeOf(path: string | undefined): number | undefined {
  if (path === undefined || path === "-") return undefined;
  const { isFile, mode } = Deno.statSync(path);
  return isFile && mode !== null ? mode & 0o777 : undefined;
}
