/**
 * Where a command reads from: a file, or standard input for `-` and undefined.
 *
 * @module
 */

import type { SyncReader } from "../../images/bytes/io.ts";

/** An opened input. */
export interface Input extends SyncReader, Disposable {
  /** Name for messages, without directories; none for standard input. */
  readonly name: string | undefined;
  /** Size in bytes, of a regular file. */
  readonly size: number | undefined;
}

/** Opens a file for reading, or standard input. */
export function openInput(path?: string): Input {
  if (path === undefined || path === "-") {
    return {
      name: undefined,
      size: undefined,
      readSync: (into) => Deno.stdin.readSync(into),
      read: (into) => Deno.stdin.read(into),
      [Symbol.dispose]: () => {},
    };
  }
  const file = Deno.openSync(path);
  const info = file.statSync();
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    size: info.isFile ? info.size : undefined,
    readSync: (into) => file.readSync(into),
    [Symbol.dispose]: () => file.close(),
  };
}
