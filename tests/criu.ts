/** A real CRIU, and processes for it to dump. @module */

import { CRIT, type Ended, isWithout, runProgram } from "./programs.ts";

/** The CRIU that `$CRIU_BIN` names; undefined without it, or if this is not root, who alone may dump. */
export const CRIU: string | undefined = (Deno.uid() === 0 && Deno.env.get("CRIU_BIN")) || undefined;

/** For a test's `ignore`: whether there is no CRIU that could be used. */
export function lacksCriu(): boolean {
  return isWithout("root and a CRIU ($CRIU_BIN)", CRIU !== undefined);
}

/** A process that does nothing for a long time, in a session of its own. */
export class Sleeper implements AsyncDisposable {
  readonly #child = new Deno.Command("setsid", {
    args: ["sleep", "1000"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  /** Settles when it is killed, and sees to it that its number is free again. */
  readonly #status = this.#child.status;

  get pid(): number {
    return this.#child.pid;
  }

  static async start(): Promise<Sleeper> {
    const sleeper = new Sleeper();
    // It is to be dumped as `sleep`, not as what it is at first.
    while (Deno.readTextFileSync(`/proc/${sleeper.pid}/comm`) !== "sleep\n") {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return sleeper;
  }

  /** Whether it runs; a process that CRIU has killed does not. */
  get isAlive(): boolean {
    try {
      return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${this.pid}/status`));
    } catch {
      return false;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  /** Ends it and waits until its number is free. */
  async kill(): Promise<void> {
    try {
      Deno.kill(this.pid, "SIGKILL");
    } catch {
      // It is gone.
    }
    await this.#status;
  }
}

/** Writes an action script for CRIU that calls crit. */
export function writeHook(path: string, args: readonly string[]): void {
  const words = [...CRIT, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  Deno.writeTextFileSync(path, `#!/bin/sh\nexec ${words.join(" ")}\n`, { mode: 0o755 });
}

/** Runs CRIU. */
export function criu(args: readonly string[]): Promise<Ended> {
  return runProgram(CRIU!, [...args]);
}
