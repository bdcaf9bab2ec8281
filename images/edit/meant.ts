/** Which images a path, a filter or a transform is for. @module */

import type { Glob } from "../bytes/glob.ts";
import { typeByFileName } from "../types/registry.ts";

/** Whether there is one image, which all paths without a file name are for, or a dump. */
export type Scope = "image" | "dump";

/**
 * Whether a pattern means an image: one with a wildcard, or none in a dump, means images that have
 * entries.
 */
export function isMeant(files: Glob | undefined, name: string, scope: Scope): boolean {
  if (files?.fits(name) === false) return false;
  if (files === undefined ? scope === "image" : files.isExact) return true;
  return typeByFileName(name)?.entry !== undefined;
}
