/** Programs of a newer Debian, which crit is compared with. @module */

import { isInstalled, ROOT, runProgram } from "../programs.ts";

/**
 * The path of a program: what an environment variable names, `CHECKPOINTCTL_BIN` for
 * `checkpointctl`, or what is installed, or what `tools/debian-program` unpacks; undefined where it
 * cannot be had.
 */
export async function debianProgram(name: string): Promise<string | undefined> {
  const named = Deno.env.get(`${name.toUpperCase()}_BIN`);
  if (named) return named;
  if (isInstalled(name)) return name;
  if (!["apt-get", "dpkg-deb"].every(isInstalled)) return undefined;
  const { code, stdout } = await runProgram(`${ROOT}tools/debian-program`, [name]);
  return code === 0 ? stdout.trim() : undefined;
}
