/**
 * What a directory or an archive of images holds, by the types of its images.
 *
 * @module
 */

import type { DumpImages } from "./images.ts";

/**
 * What a place holds.
 *
 * - `dump`: processes to be restored
 * - `pre-dump`: pages alone, for a dump that will build upon it
 * - `pages`: page maps and pages without an inventory, as `criu page-server` writes them
 * - `service`: images that go with no process, as `criu cpuinfo dump` writes one
 * - `nothing`: no image
 */
export type DumpKind = "dump" | "pre-dump" | "pages" | "service" | "nothing";

/** Image types that only a dump of processes has. */
const OF_PROCESSES = /^(PSTREE|CORE|IDS|MM|FS|FDINFO|FILES|VMAS|REG_FILES|CREDS)$/;
/** Image types of contents of memory. */
const OF_MEMORY = /^(PAGEMAP|SHMEM_PAGEMAP|PAGES)$/;

/** `img_version` of a pre-dump, which cannot be restored (CRIU: criu/cr-dump.c). */
const NOT_RESTORABLE = 0;

/** What a place holds; what is left of a dump, as of a copy that was cut off, is a dump. */
export function kindOfDump(dump: DumpImages): DumpKind {
  const types = new Set(dump.dumpFiles.map(({ type }) => type?.name ?? ""));
  const some = (pattern: RegExp) => [...types].some((type) => pattern.test(type));
  if (some(OF_PROCESSES)) return "dump";
  if (types.has("INVENTORY")) {
    const version = types.has("PAGEMAP") ? NOT_RESTORABLE : dump.inventory?.img_version;
    // An inventory alone is what is left of a dump.
    return version === NOT_RESTORABLE ? "pre-dump" : "dump";
  }
  if (some(OF_MEMORY)) return types.has("PAGEMAP") ? "pages" : "dump";
  return some(/./) ? "service" : "nothing";
}
