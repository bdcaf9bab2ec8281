/** Serves a dump from an archive. @module */

import { openArchive } from "../dump/archive.ts";
import type { ArchiveSource } from "../dump/archive_source.ts";
import { type DumpAddress, type OpenOptions, placeIn, rootOf } from "../dump/open.ts";
import { check, type SystemCalls } from "./system.ts";
import { SystemFile } from "./system_file.ts";

/**
 * Opens an archive, or an image in a layout, with system calls, so that the kernel can splice its
 * contents.
 *
 * @throws {CritError} `file` if it cannot be opened, `data` if it is damaged or contains no dump
 */
export async function openServedArchive(
  system: SystemCalls,
  place: Exclude<DumpAddress, { kind: "directory" }>,
  options: OpenOptions = {},
): Promise<ArchiveSource> {
  const file = place.kind === "archive" ? openFile(system, place.path) : undefined;
  const root = file === undefined ? rootOf(place) : { file };
  const archive = await openArchive(root, {
    ...placeIn(place, options),
    ...file && { identity: file.identity },
  });
  if (archive.fault === undefined) return archive;
  archive[Symbol.dispose]();
  throw archive.fault;
}

function openFile(system: SystemCalls, path: string): SystemFile {
  return new SystemFile(system, path, check(system, system.open(path, "read"), path));
}
