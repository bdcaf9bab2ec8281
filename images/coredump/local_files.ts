/**
 * Mapped files as they are on this machine.
 *
 * @module
 */

import { plainPath } from "../bytes/paths.ts";
import { openIfFile } from "../dump/directory.ts";
import type { OpenMapped } from "./mapped_files.ts";

/**
 * Opens mapped files below a directory; `/`, or a copy of the file system that the dumped process
 * had. A path of a dump never leads out of it, unless by a symbolic link.
 */
export function filesBelow(root: string): OpenMapped {
  const base = root.replace(/\/+$/, "");
  return (path) => path.startsWith("/") ? openIfFile(`${base}/${plainPath(path)}`) : undefined;
}
