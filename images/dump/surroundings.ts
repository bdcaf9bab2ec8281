/**
 * What stands beside a dump: the files in which container engines say what was dumped.
 *
 * @module
 */

import type { SizedBytes } from "../archive/archive.ts";
import type { StoredImage } from "../oci/layout.ts";

/** A file beside a dump. */
export interface BesideFile {
  /** In bytes. */
  readonly size: number;
  /** When it was changed, in seconds since 1970. */
  readonly modified: number;
}

/** The files beside a dump. */
export interface Surroundings {
  /** Where they are, as the user would write it. */
  readonly path: string;
  /** Files by their paths from here, those below `volumes/` included. */
  readonly files: ReadonlyMap<string, BesideFile>;
  /** Opens one of {@link Surroundings.files}; undefined when there is none. */
  open(path: string): SizedBytes | undefined;
  /** The container image that all of this is in. */
  readonly image?: StoredImage | undefined;
}

/** Files that a container engine puts beside its dump. */
export const ENGINE_FILES: readonly string[] = [
  "config.dump",
  "spec.dump",
  "status.dump",
  "network.status",
  "pod.options",
  "backup.yaml",
];

/** Directories beside a dump whose files count: contents of volumes, and what CRIU itself wrote. */
export const BESIDE_DIRECTORIES: readonly string[] = ["volumes", "criu.work"];

/** Directories in which container engines keep a dump, the usual one first. */
export const ENGINE_DIRECTORIES: readonly string[] = [
  "checkpoint",
  "final",
  "state",
  "pre-checkpoint",
];
