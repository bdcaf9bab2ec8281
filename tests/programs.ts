/** Running crit, and the programs that its work is compared with. @module */

import { run } from "../cli/main.ts";
import { captured } from "../tools/captured.ts";

/** The checkout's root directory. */
export const ROOT = new URL("..", import.meta.url).pathname;

/** How a program ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Whether a program is installed; a test that needs it is skipped if {@link lacks} says so. */
export function isInstalled(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** For a test's `ignore`: whether one of these programs is missing. The test runner reports it. */
export function lacks(...programs: string[]): boolean {
  return programs.filter((program) => isWithout(program, isInstalled(program))).length > 0;
}

/** For a test's `ignore`: whether something else that it needs is missing. */
export function isWithout(what: string, isThere: boolean): boolean {
  const list = Deno.env.get("CRIT_TESTS_LACK");
  if (!isThere && list) {
    const files = (new Error().stack ?? "").matchAll(/file:\/\/(\S+?_test\.ts):/g);
    const file = files.map(([, path]) => path!.slice(ROOT.length)).next().value;
    Deno.writeTextFileSync(list, `${JSON.stringify({ file, what })}\n`, { append: true });
  }
  return !isThere;
}

/** Runs a program to its end with nothing on standard input. */
export async function runProgram(
  program: string,
  args: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  const command = new Deno.Command(program, {
    args,
    stdin: "null",
    env: { NO_COLOR: "1", ...options.env },
    cwd: options.cwd,
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/**
 * Whether crit runs on a Deno that is older than 2.9: the tests' own, or an executable's. That one
 * does not list files of names that are not UTF-8, takes an argument that is not UTF-8 for another,
 * and words refused permissions in its own way.
 */
export const IS_OLD_DENO: boolean = Deno.env.has("CRIT_BIN") ||
  /^2\.[0-8]\./.test(Deno.version.deno);

/** The words that start crit: the executable that `$CRIT_BIN` names, or else the checkout. */
export const CRIT: readonly [string, ...string[]] = critCommand();

function critCommand(): [string, ...string[]] {
  const executable = Deno.env.get("CRIT_BIN");
  if (executable) return [Deno.realPathSync(executable)];
  return [Deno.execPath(), "run", "--no-check", "--quiet", "--allow-all", `${ROOT}main.ts`];
}

/**
 * Runs crit: `$CRIT_BIN` if it is set, else the checkout's. Unless a test needs a process (for an
 * environment, a directory, permissions or image types of the user), it runs in the test's own.
 */
export async function crit(
  args: string[],
  options: { env?: Record<string, string>; cwd?: string; permissions?: string[] } = {},
): Promise<Ended> {
  const needsProcess = Object.keys(options).length > 0 || args.includes("--plugin");
  // An older Deno takes the library of system calls for a leak of the test that loads it first.
  if (needsProcess || IS_OLD_DENO) return await critProcess(args, options);
  const { code, stdout, stderr } = await captured(run, args);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs crit in a process of its own: `$CRIT_BIN`, or the checkout, always if there are permissions. */
export function critProcess(
  args: string[],
  options: { env?: Record<string, string>; cwd?: string; permissions?: string[] } = {},
): Promise<Ended> {
  const [program, ...words] = options.permissions === undefined
    ? CRIT
    : [Deno.execPath(), "run", "--no-check", "--quiet", ...options.permissions, `${ROOT}main.ts`];
  return runProgram(program!, [...words, ...args], options);
}
