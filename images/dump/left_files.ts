/**
 * The logs and statistics that CRIU writes. Container engines put them beside the dump or into a
 * directory of work files.
 *
 * @module
 */

import type { DumpImages } from "./images.ts";
import type { ImageFile } from "./source.ts";

/** Where such a file is, from the place of the engine's files on (Docker, runc: `criu.work`). */
const PLACES = ["", "criu.work/"];

/**
 * Opens a file that CRIU has written, in the dump or where container engines put it; undefined if
 * there is none. Its name is its path relative to the engine's files.
 *
 * @throws {CritError} `file` when it cannot be opened
 */
export function openLeftFile(dump: DumpImages, name: string): ImageFile | undefined {
  if (dump.has(name)) return dump.source.open(name);
  const { beside } = dump.source;
  for (const place of PLACES) {
    const file = beside?.open(place + name);
    if (file === undefined) continue;
    return {
      name: place + name,
      size: file.size,
      read: (offset, into) => file.read(offset, into),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  }
  return undefined;
}
