/**
 * A path that may be given as an option or as a positional argument.
 *
 * @module
 */

import { CritError } from "../images/errors.ts";

/**
 * The one path that was given, if any.
 *
 * @throws {CritError} `usage` when both were
 */
export function onePath(
  option: string | undefined,
  positional: string | undefined,
): string | undefined {
  if (option !== undefined && positional !== undefined) {
    throw new CritError("usage", `two inputs: ${option} and ${positional}`);
  }
  return option ?? positional;
}
