/**
 * The kind of dump in a directory or an archive, by the types of its images.
 *
 * @module
 */

import type { DumpImages } from "./images.ts";

/**
 * Kinds of dumps.
 *
 * - `dump`: processes that can be restored
 * - `pre-dump`: only pages, for a later dump that builds on it
 * - `pages`: page maps and pages without an inventory, as `criu page-server` writes them
 * - `service`: images that belong to no process, as `criu cpuinfo dump` writes one
 * - `nothing`: no image
 */
export type DumpKind = "dump" | "pre-dump" | "pages" | "service" | "nothing";

/** Image types that only a dump of processes has. */
const OF_PROCESSES = /^(PSTREE|CORE|IDS|MM|FS|FDINFO|FILES|VMAS|REG_FILES|CREDS)$/;
/** Image types of contents of memory. */
const OF_MEMORY = /^(PAGEMAP|SHMEM_PAGEMAP|PAGES)$/;

/** `img_version` of a pre-dump, which cannot be restored (CRIU: criu/cr-dump.c). */
const NOT_RESTORABLE = 0;

/** The kind of a dump; an incomplete copy of a dump is a `dump`. */
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

/** A dump, as far as it tells whether it is whole. */
type Whole = Pick<DumpImages, "dumpFiles"> & {
  readonly kind: DumpKind;
  readonly tasks: ReadonlyArray<{ readonly isDead: boolean }>;
};

/** Whether page maps are missing because they were sent to `criu page-server`. */
export function lacksPageMaps(dump: Whole): boolean {
  const { kind, dumpFiles } = dump;
  if (kind !== "pre-dump" && kind !== "dump") return false;
  if (dumpFiles.some(({ type }) => type?.entry === "pagemap_entry")) return false;
  return kind === "pre-dump" || dump.tasks.some(({ isDead }) => !isDead);
}

/** A phrase for a place that is not a whole dump of processes; undefined if it is one. */
export function partOfDump(dump: Whole): string | undefined {
  const { kind } = dump;
  if (kind === "pages") return "page maps and pages alone, as criu page-server writes them";
  if (kind !== "pre-dump" && kind !== "dump") return undefined;
  const what = kind === "pre-dump" ? "a pre-dump" : "a dump";
  const command = kind === "pre-dump" ? "pre-dump" : "dump";
  if (lacksPageMaps(dump)) {
    return `${what} without its page maps, as criu ${command} --page-server leaves it`;
  }
  return kind === "pre-dump" ? what : undefined;
}

/** The fix for the halves of a dump that was made with a page server. */
export const JOIN_HALVES = "put its images and those of criu page-server into one directory";
