/** What `crit encode` does. @module */

import { CritError } from "../images/errors.ts";
import type { Arguments, Context } from "./command.ts";
import type { encode } from "./encode.ts";

/** Runs `crit encode`. */
export function run(_args: Arguments<typeof encode>, _context: Context): number {
  throw new CritError("unsupported", "encode is not built yet");
}
