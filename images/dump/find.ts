/**
 * Finding dumps below a directory.
 *
 * @module
 */

import { archiveFormatOf, TELLING_BYTES } from "../archive/format.ts";
import { isDirectory } from "../bytes/io.ts";
import { below, withoutSlash } from "../bytes/paths.ts";
import { entriesIn, openIfFile } from "./directory.ts";
import { isCheckpoint } from "./open.ts";

/** Deepest directory that is searched. */
const DEEPEST = 16;

/**
 * Paths of the dumps below a directory, or of the directory if it is one: directories with images,
 * those that engines keep, and archives. What merely is an archive need not hold a dump. Links are
 * not followed.
 *
 * @throws {CritError} `file` when a directory cannot be read
 */
export function* dumpsBelow(path: string): Generator<string> {
  if (isDirectory(path) && !isCheckpoint(path)) yield* search(withoutSlash(path), 0);
  else yield path;
}

function* search(directory: string, depth: number): Generator<string> {
  for (const { name, isFile, isDirectory } of entriesIn(directory)) {
    const path = below(directory, name);
    if (isFile ? isArchive(path) : isDirectory && isCheckpoint(path)) yield path;
    else if (isDirectory && depth < DEEPEST) yield* search(path, depth + 1);
  }
}

/** Whether a file begins as an archive does. */
function isArchive(path: string): boolean {
  const begin = new Uint8Array(TELLING_BYTES);
  using file = openIfFile(path);
  if (file === undefined) return false;
  const format = archiveFormatOf(begin.subarray(0, file.read(0, begin)));
  return format === "tar" || format === "gzip" || format === "zstd";
}
