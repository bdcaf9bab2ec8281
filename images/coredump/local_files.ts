/** Mapped files on this machine. @module */

import { plainPath } from "../bytes/paths.ts";
import { openIfFile } from "../dump/directory.ts";
import type { OpenMapped } from "./mapped_files.ts";

/**
 * Opens mapped files below a directory: `/`, or a copy of the file system of the dumped process. A
 * path of a dump does not lead out of it, except through a symbolic link.
 */
export function filesBelow(root: string): OpenMapped {
  const base = root.replace(/\/+$/, "");
  return (path) => path.startsWith("/") ? openIfFile(`${base}/${plainPath(path)}`) : undefined;
}
