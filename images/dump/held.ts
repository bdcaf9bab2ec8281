/**
 * A dump whose files are in memory, which needs neither a file system nor Deno.
 *
 * @module
 */

import { CritError, dataError } from "../errors.ts";
import { Dump } from "./dump.ts";
import { HeldFile, type ImageFile, type ImageSource, PARENT } from "./source.ts";

/** How many were made; no two of them are the same place. */
let count = 0;

/** Files in memory. */
class HeldSource implements ImageSource {
  readonly identity: string = `memory ${++count}`;
  readonly files: ReadonlyMap<string, number>;
  readonly parentLink = undefined;
  readonly #bytes: ReadonlyMap<string, Uint8Array>;

  constructor(readonly path: string, files: Iterable<readonly [string, Uint8Array]>) {
    this.#bytes = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.files = new Map([...this.#bytes].map(([name, { length }]) => [name, length]));
  }

  open(name: string): ImageFile {
    return new HeldFile(name, this.readSmall(name));
  }

  readSmall(name: string): Uint8Array {
    const bytes = this.#bytes.get(name);
    if (bytes !== undefined) return bytes;
    throw new CritError("file", "it is not there", { image: name });
  }

  openParent(): ImageSource {
    throw dataError("there is no parent dump", { image: PARENT });
  }

  [Symbol.dispose](): void {}
}

/**
 * Makes a dump from files, by their names, such as `pstree.img`.
 *
 * @param path name of the dump in errors
 */
export function dumpOf(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  path: string = "memory",
): Dump {
  return new Dump(new HeldSource(path, files));
}
