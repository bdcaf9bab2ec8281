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

/** Runs crit from the checkout. */
export function crit(
  args: string[],
  options: { env?: Record<string, string>; cwd?: string; permissions?: string[] } = {},
): Promise<Ended> {
  const permissions = options.permissions ?? ["--allow-all"];
  const deno = ["run", "--no-check", "--quiet", ...permissions, `${ROOT}main.ts`, ...args];
  return runProgram(Deno.execPath(), deno, options);
}
