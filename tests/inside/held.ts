/** A program that holds known contents, and its dump by a real CRIU. @module */

import assert from "node:assert/strict";
import { CRIU, criu } from "../criu.ts";
import { ROOT, runProgram } from "../programs.ts";

/** The program of contents.c, running, and after {@link Held.dump} only its dump. */
export class Held implements AsyncDisposable {
  readonly directory: string = Deno.makeTempDirSync({ prefix: "crit-held-" });
  /** Where the dump is. */
  readonly images = `${this.directory}/dump`;
  #child: Deno.ChildProcess | undefined;

  /** Path of a file that the program writes. */
  at(name: string): string {
    return `${this.directory}/held/${name}`;
  }

  /**
   * Starts the program and waits until it holds all.
   *
   * @param boxed whether it runs in a mount and an IPC namespace, and holds what only is in such
   */
  static async start(boxed = false): Promise<Held> {
    const held = new Held();
    Deno.mkdirSync(held.at(""));
    const program = boxed ? held.at("contents") : `${held.directory}/contents`;
    const source = `${ROOT}tests/inside/contents.c`;
    const linking = boxed ? ["-static"] : [];
    const compiled = await runProgram("gcc", ["-O1", ...linking, "-o", program, source]);
    assert.equal(compiled.code, 0, compiled.stderr);
    held.#child = new Deno.Command("setsid", {
      args: [program, held.at(""), ...boxed ? ["box"] : []],
      clearEnv: true,
      env: { TOLD: "as it was", LONG: "x".repeat(20) },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let i = 0; !exists(held.at("said")); i++) {
      assert(i < 500, "the program does not get ready");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return held;
  }

  /** Its process id. */
  get pid(): number {
    return this.#child!.pid;
  }

  /** An address that the program tells. */
  place(name: string): bigint {
    const text = Deno.readTextFileSync(this.at("places"));
    return BigInt(`0x${new RegExp(`^${name} (\\w+)$`, "m").exec(text)![1]}`);
  }

  /** Dumps the program, which ends it. */
  async dump(): Promise<void> {
    Deno.mkdirSync(this.images);
    const args = ["dump", "-t", `${this.pid}`, "-D", this.images, "-o", "dump.log", "-v4"];
    const ended = await criu([
      ...args,
      "--tcp-established",
      "--network-lock",
      "skip",
      "--ghost-limit",
      "8M",
    ]);
    assert.equal(ended.code, 0, logOf(`${this.images}/dump.log`) + ended.stderr);
    await this.#child!.status;
    this.#child = undefined;
  }

  /**
   * Restores a dump of it in a pid namespace, where its number is free; gives what the program says
   * then, and ends it.
   */
  async restored(images: string): Promise<string> {
    return await this.runRestore(["restore", "-D", images], `${images}/restore.log`);
  }

  /** Runs a command of CRIU that restores; gives what the program says then, and ends it. */
  async runRestore(command: readonly string[], log: string): Promise<string> {
    Deno.removeSync(this.at("said"));
    const criu = [CRIU!, ...command, "-o", log, "-v4", "-d", "--tcp-established"];
    const child = new Deno.Command("unshare", {
      args: [
        ...["--pid", "--fork", "--mount-proc", "--kill-child"],
        ...["sh", "-c", '"$@" && exec sleep 60', "sh", ...criu],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      for (let i = 0; !exists(this.at("said")); i++) {
        assert(i < 500, `the program does not go on: ${logOf(log)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return Deno.readTextFileSync(this.at("said"));
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    Deno.removeSync(this.directory, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function logOf(path: string): string {
  return exists(path)
    ? Deno.readTextFileSync(path).split("\n").filter((line) => /Error|Warn/.test(line)).slice(0, 15)
      .join("\n")
    : "";
}
