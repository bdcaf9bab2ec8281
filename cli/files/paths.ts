/**
 * Paths that may be given as an option or as positional arguments, and what they lead to.
 *
 * @module
 */

import { isDirectory } from "../../images/bytes/io.ts";
import { CritError } from "../../images/errors.ts";

/**
 * The paths that were given, if any.
 *
 * @throws {CritError} `usage` when they were given in both ways
 */
export function pathsOf(option: string | undefined, positionals: readonly string[]): string[] {
  if (option === undefined) return [...positionals];
  if (positionals.length > 0) {
    throw new CritError("usage", `two inputs: ${option} and ${positionals[0]}`);
  }
  return [option];
}

/** Whether a path is that of an archive, or of a directory in one, by its name. */
export function isArchiveName(path: string): boolean {
  return /\.(tar|tgz|tzst)(\.\w+)?(\/|$)/.test(path) && !path.endsWith(".img");
}

/**
 * Whether paths stand for several files: they are several, lead to a directory or an archive, or
 * the output is a directory.
 */
export function isBatch(paths: readonly string[], out: string | undefined): boolean {
  if (paths.length !== 1) return paths.length > 1;
  const [path] = paths as [string];
  if (path === "-") return false;
  return isDirectory(path) || isArchiveName(path) ||
    (out !== undefined && out !== "-" && (out.endsWith("/") || isDirectory(out)));
}
