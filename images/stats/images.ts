/**
 * Figures of a dump's files by image type.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { getOrInsert } from "./count.ts";

/** Files of one image type. */
export interface ImageStats {
  /** Number of files. */
  count: number;
  /** Bytes of the files. */
  bytes: number;
}

/** Name for files that are not images. */
const OTHER = "other";

/** Files by the image type of their names, largest first. */
export function imageStats(dump: Dump): Map<string, ImageStats> {
  const types = new Map<string, ImageStats>();
  for (const [type, { count, bytes }] of dump.dumpFiles.sums()) {
    const stats = getOrInsert(types, type?.name ?? OTHER, () => ({ count: 0, bytes: 0 }));
    stats.count += count;
    stats.bytes += bytes;
  }
  return new Map(
    [...types].sort(([a, x], [b, y]) => y.bytes - x.bytes || (a < b ? -1 : 1)),
  );
}
