/**
 * The `crit` program.
 *
 * @module
 */

import { run } from "./cli/main.ts";
import { environment } from "./cli/terminal/environment.ts";

if (import.meta.main) {
  // A damaged dump has thousands of errors, whose stacks nobody asks for.
  if (environment("CRIT_DEBUG") !== "1") Error.stackTraceLimit = 0;
  Deno.exit(await run(Deno.args));
}
