/** The images that a path, filter or transform selects. @module */

import type { Glob } from "../bytes/glob.ts";
import { typeByFileName } from "../types/registry.ts";

/** A single image, which all paths without a file name select, or a dump. */
export type Scope = "image" | "dump";

/**
 * Whether a pattern selects an image. A pattern with a wildcard, or no pattern in a dump, selects
 * only images with entries.
 */
export function isMeant(files: Glob | undefined, name: string, scope: Scope): boolean {
  if (files?.fits(name) === false) return false;
  if (files === undefined ? scope === "image" : files.isExact) return true;
  return typeByFileName(name)?.entry !== undefined;
}
