/**
 * Where a command reads from: a file, or standard input for `-` and undefined.
 *
 * @module
 */

import { inFile, type InputReader, readInput, readInputBehind } from "../../images/bytes/io.ts";
import { baseName } from "../../images/bytes/paths.ts";

/** An opened input. */
export interface Input extends InputReader {
  /** Permission bits, of a regular file. */
  readonly mode: number | undefined;
  /** Skips the hole that begins here, if any, and returns its length in bytes. */
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
