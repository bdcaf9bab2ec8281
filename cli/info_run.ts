/** What `crit info` does. @module */

import { CritError } from "../images/errors.ts";
import type { Arguments, Context } from "./command.ts";
import type { info } from "./info.ts";

/** Runs `crit info`. */
export function run(_args: Arguments<typeof info>, _context: Context): number {
  throw new CritError("unsupported", "info is not built yet");
}
