/**
 * The files beside a dump, in which container engines describe the container.
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import type { StoredImage } from "../oci/layout.ts";

/** A file beside a dump. */
export interface BesideFile {
  /** In bytes. */
  readonly size: number;
  /** Time of the last change, in seconds since 1970. */
  readonly modified: number;
}

/** The files beside a dump. */
export interface Surroundings {
  /** Path of the files, as the user would write it. */
  readonly path: string;
  /** Files by their relative paths, including those below `volumes/`. */
  readonly files: ReadonlyMap<string, BesideFile>;
  /** Opens one of {@link Surroundings.files}; undefined when there is none. */
  open(path: string): SizedBytes | undefined;
  /** The container image that holds the files. */
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

/** Directories beside a dump whose files are listed: volumes, and the files that CRIU wrote. */
export const BESIDE_DIRECTORIES: readonly string[] = ["volumes", "criu.work"];

/** Directories in which container engines keep a dump, the usual one first. */
export const ENGINE_DIRECTORIES: readonly string[] = [
  "checkpoint",
  "final",
  "state",
  "pre-checkpoint",
];
