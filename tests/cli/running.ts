/** crit as a process that goes on while the test does. @module */

import { CRIT, type Ended } from "../programs.ts";

/**
 * MiB of memory that crit may take while it streams: 100, but Deno 2.7, which the executable is
 * made of, takes some 40 for itself that Deno 2.9 does not.
 */
export const STREAMING_MEMORY = Deno.env.get("CRIT_BIN") || /^2\.[78]\./.test(Deno.version.deno)
  ? 130
  : 100;

/** A running crit. */
export class Running {
  readonly child: Deno.ChildProcess;
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  /** The most memory that it was seen to hold, in MiB. */
  peak = 0;

  constructor(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
    const [program, ...words] = CRIT;
    this.child = new Deno.Command(program, {
      args: [...words, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...options,
    }).spawn();
    this.#stdout = new Response(this.child.stdout).text();
    this.#stderr = new Response(this.child.stderr).text();
  }

  async ended(): Promise<Ended> {
    const [{ code }, stdout, stderr] = await Promise.all([
      this.child.status,
      this.#stdout,
      this.#stderr,
    ]);
    return { code, stdout, stderr };
  }

  /** Takes note of the process's memory until what it is given is done. */
  async watch<T>(work: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.look(), 10);
    return await work.finally(() => clearInterval(timer));
  }

  look(): void {
    try {
      const status = Deno.readTextFileSync(`/proc/${this.child.pid}/status`);
      const kibibytes = Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0);
      this.peak = Math.max(this.peak, kibibytes / 1024);
    } catch {
      // It has ended.
    }
  }
}
