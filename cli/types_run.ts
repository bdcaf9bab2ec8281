/** What `crit types` does. @module */

import { CritError } from "../images/errors.ts";
import type { Arguments, Context } from "./command.ts";
import type { types } from "./types.ts";

/** Runs `crit types`. */
export function run(_args: Arguments<typeof types>, _context: Context): number {
  throw new CritError("unsupported", "types is not built yet");
}
