/** crit as CRIU's action script. @module */

import { CRIT, type Ended, runProgram } from "../../programs.ts";
import type { Scratch } from "../../scratch.ts";

/** Runs a hook as CRIU does: no arguments, the environment, a directory named through `/proc`. */
export async function runHook(
  scratch: Scratch,
  args: string[],
  action: string,
  directory: string,
): Promise<Ended> {
  const script = `${scratch.path}/hook.sh`;
  const quoted = [...CRIT, ...args].map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(script, `#!/bin/sh\nexec ${quoted}\n`, { mode: 0o755 });
  // The shell is CRIU here: it lives while the script runs and holds the directory open, and, as
  // CRIU might, another descriptor that is not the script's business.
  const shell = `exec 5<"$1" 7<"$3"
    CRTOOLS_SCRIPT_ACTION=$2 CRTOOLS_IMAGE_DIR=/proc/$$/fd/5 "$3"
    exit $?`;
  return await runProgram("sh", ["-c", shell, "sh", directory, action, script]);
}
