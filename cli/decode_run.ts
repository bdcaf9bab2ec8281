/** What `crit decode` does. @module */

import { CritError } from "../images/errors.ts";
import type { Arguments, Context } from "./command.ts";
import type { decode } from "./decode.ts";

/** Runs `crit decode`. */
export function run(_args: Arguments<typeof decode>, _context: Context): number {
  throw new CritError("unsupported", "decode is not built yet");
}
