/** What `crit show` does. @module */

import { CritError } from "../images/errors.ts";
import type { Arguments, Context } from "./command.ts";
import type { show } from "./show.ts";

/** Runs `crit show`. */
export function run(_args: Arguments<typeof show>, _context: Context): number {
  throw new CritError("unsupported", "show is not built yet");
}
