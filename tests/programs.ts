/** Running crit, and the programs that its work is compared with. @module */

/** The checkout's root directory. */
export const ROOT = new URL("..", import.meta.url).pathname;

/** How a program ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Whether a program is installed; tests that need it are ignored where it is not. */
export function isInstalled(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });
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

/** The words that start crit: the executable that `$CRIT_BIN` names, or else the checkout. */
export const CRIT: readonly [string, ...string[]] = critCommand();

function critCommand(): [string, ...string[]] {
  const executable = Deno.env.get("CRIT_BIN");
  if (executable) return [Deno.realPathSync(executable)];
  return [Deno.execPath(), "run", "--no-check", "--quiet", "--allow-all", `${ROOT}main.ts`];
}

/** Runs crit: `$CRIT_BIN`, or from the checkout, which certain permissions are always meant for. */
export function crit(
  args: string[],
  options: { env?: Record<string, string>; cwd?: string; permissions?: string[] } = {},
): Promise<Ended> {
  const [program, ...words] = options.permissions === undefined
    ? CRIT
    : [Deno.execPath(), "run", "--no-check", "--quiet", ...options.permissions, `${ROOT}main.ts`];
  return runProgram(program!, [...words, ...args], options);
}
