/** crit as CRIU's action script. @module */

import { CRIT, type Ended, runProgram } from "../../programs.ts";
import type { Scratch } from "../../scratch.ts";

/**
 * A shell in CRIU's place: it runs the script, as CRIU might with another descriptor open that is
 * not the script's business, and lives on for half a minute or until {@link endCriu}.
 */
const CRIU = `exec 5<"$1" 7<"$3"
  echo $$ > "$3.pid"
  CRTOOLS_SCRIPT_ACTION=$2 CRTOOLS_IMAGE_DIR=/proc/$$/fd/5 "$3" > "$3.out" 2> "$3.err"
  echo $? > "$3.tmp"
  mv "$3.tmp" "$3.code"
  exec sleep 30`;

/** Runs CRIU in the background and waits for the script that it runs. */
const RUN = `sh -c "$0" "$@" < /dev/null > /dev/null 2>&1 &
  until [ -e "$4.code" ]; do sleep 0.02; done
  cat "$4.out"; cat "$4.err" >&2; exit "$(cat "$4.code")"`;

let scripts = 0;

/**
 * Runs a hook as CRIU does: no arguments, the environment, a directory named through `/proc`.
 *
 * @returns how it ended, while CRIU lives on
 */
export async function runHook(
  scratch: Scratch,
  args: string[],
  action: string,
  directory: string,
): Promise<Ended> {
  const script = `${scratch.path}/hook-${++scripts}.sh`;
  const quoted = [...CRIT, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  await Deno.writeTextFile(script, `#!/bin/sh\nexec ${quoted}\n`, { mode: 0o755 });
  return await runProgram("sh", ["-c", RUN, CRIU, "sh", directory, action, script]);
}

/** Ends the processes in CRIU's place that have run hooks. */
export function endCriu(scratch: Scratch): void {
  for (const { name } of Deno.readDirSync(scratch.path)) {
    if (!/^hook-\d+\.sh\.pid$/.test(name)) continue;
    const pid = Number(Deno.readTextFileSync(`${scratch.path}/${name}`));
    Deno.removeSync(`${scratch.path}/${name}`);
    Deno.kill(pid, "SIGKILL");
  }
}
