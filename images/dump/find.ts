/**
 * Finding dumps below a directory.
 *
 * @module
 */

import { archiveFormatOf, TELLING_BYTES } from "../archive/format.ts";
import { isDirectory } from "../bytes/io.ts";
import { below, withoutSlash } from "../bytes/paths.ts";
import { besideDirectory, entriesIn, openIfFile } from "./directory.ts";
import { isLayout } from "./open.ts";
import { hasImages, tipsAmong, tipsBelow } from "./unpacked.ts";

/** Deepest directory that is searched. */
const DEEPEST = 16;

/**
 * Paths of the dumps below a directory, or the directory itself if it is one: directories with
 * images, directories of engines, and archives. An archive may turn out to hold no dump. Links are
 * not followed.
 *
 * @throws {CritError} `file` when a directory cannot be read
 */
export function* dumpsBelow(path: string): Generator<string> {
  if (isDirectory(path) && !isOne(path)) yield* search(withoutSlash(path), 0);
  else yield path;
}

function* search(directory: string, depth: number): Generator<string> {
  const entries = entriesIn(directory).map((entry) => ({
    ...entry,
    path: below(directory, entry.name),
  }));
  const dumps = entries.filter(({ path, isDirectory }) => isDirectory && hasImages(path))
    .map(({ path }) => path);
  const tips = tipsAmong(dumps);
  for (const { path, isFile, isDirectory } of entries) {
    if (dumps.includes(path)) {
      if (tips.includes(path)) yield path;
    } else if (isFile ? isArchive(path) : isDirectory && isOne(path)) yield path;
    else if (isDirectory && depth < DEEPEST) yield* search(path, depth + 1);
  }
}

/** Whether a directory is a dump, or stands for one or a chain of them and holds nothing else. */
function isOne(path: string): boolean {
  if (hasImages(path) || isLayout(path) || besideDirectory(path)?.path === path) return true;
  return tipsBelow(path).length === 1 && entriesIn(path).every(({ name, isFile, isDirectory }) => {
    const inner = below(path, name);
    return isFile ? !isArchive(inner) : !isDirectory || hasImages(inner);
  });
}

/** Whether a file begins as an archive does. */
function isArchive(path: string): boolean {
  const begin = new Uint8Array(TELLING_BYTES);
  using file = openIfFile(path);
  if (file === undefined) return false;
  const format = archiveFormatOf(begin.subarray(0, file.read(0, begin)));
  return format === "tar" || format === "gzip" || format === "zstd";
}
