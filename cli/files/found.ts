/** A file that a command has found. @module */

import { type Permissions, permissionsOf } from "../../images/bytes/written_file.ts";

/** A regular file. */
export interface Found {
  /** Where it is from the top of what was named, and where it goes below the output directory. */
  readonly place: string;
  /** Its path on the disk, without links; undefined in an archive. */
  readonly path: string | undefined;
  /** In bytes. */
  readonly size: number;
  /** Bytes that it takes on the disk; undefined where nobody knows. */
  readonly allocated: number | undefined;
  /** Whose it is, and who may read it. */
  readonly permissions: Permissions;
}

/** A file on the disk. */
export function foundAt(place: string, path: string, info: Deno.FileInfo): Found {
  // A unit of its own, whatever the file system's blocks are: see stat(2).
  const allocated = info.blocks === null ? undefined : info.blocks * 512;
  return { place, path, size: info.size, allocated, permissions: permissionsOf(info) };
}
