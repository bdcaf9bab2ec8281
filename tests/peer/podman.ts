/** Containers of a real Podman, which are apart from those of the machine. @module */

import assert from "node:assert/strict";
import { CRIU } from "../criu.ts";
import { run } from "../images/archive/archives.ts";
import { type Ended, isInstalled, isWithout, runProgram } from "../programs.ts";
import { Scratch } from "../scratch.ts";

/** The image in the store of {@link Podman}; its program says a word and a number, again and again. */
export const IMAGE = "localhost/counter:1";

/** Says `WORD NUMBER` ten times a second; where the word is comes first. */
const PROGRAM = `
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static char word[64];
int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  strcpy(word, "first");
  printf("at %p\\n", (void *)word);
  for (int i = 0;; i++) {
    printf("%s %d\\n", word, i);
    usleep(100000);
  }
}
`;

/** What a container may open and run; more is not allowed to root everywhere. */
const LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"];

/** Podman with a store of its own, which is gone in the end with all of its containers. */
export class Podman implements AsyncDisposable {
  readonly #scratch: Scratch;
  readonly #options: readonly string[];

  private constructor(scratch: Scratch, runtime: string) {
    const at = (name: string) => `${scratch.path}/${name}`;
    this.#scratch = scratch;
    this.#options = [
      ...["--root", at("root"), "--runroot", at("run"), "--tmpdir", at("tmp")],
      ...["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", runtime],
    ];
  }

  /** Makes a store with {@link IMAGE} in it. */
  static async start(runtime: string): Promise<Podman> {
    // Podman allows 50 characters for the directory of what runs.
    const scratch = new Scratch("/var/tmp");
    const podman = new Podman(scratch, runtime);
    scratch.directory("rootfs");
    for (const name of ["bin", "proc", "sys", "dev", "tmp", "etc"]) {
      scratch.directory(`rootfs/${name}`);
    }
    Deno.writeTextFileSync(`${scratch.path}/counter.c`, PROGRAM);
    const program = `${scratch.path}/rootfs/bin/counter`;
    await run("gcc", ["-static", "-O1", "-o", program, `${scratch.path}/counter.c`]);
    await run("tar", ["-cf", `${scratch.path}/rootfs.tar`, "-C", `${scratch.path}/rootfs`, "."]);
    const change = 'CMD ["/bin/counter"]';
    await podman.do("import", "--change", change, `${scratch.path}/rootfs.tar`, IMAGE);
    return podman;
  }

  /** Path of a file for the test. */
  at(name: string): string {
    return `${this.#scratch.path}/${name}`;
  }

  /** Runs `podman` with the real CRIU for its runtime. */
  try(...args: string[]): Promise<Ended> {
    const path = `${CRIU!.replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}`;
    return runProgram("podman", [...this.#options, ...args], { env: { PATH: path } });
  }

  /** Runs `podman`, which must succeed. */
  async do(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(...args);
    assert.equal(code, 0, `podman ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Runs the program in a container until it has said some lines; gives the first. */
  async count(name: string): Promise<string> {
    await this.do("run", "-d", "--name", name, "--network", "host", ...LIMITS, IMAGE);
    return (await this.said(name, / 3$/m)).split("\n")[0]!;
  }

  /** Waits until what a container has said fits a pattern, and gives it. */
  async said(name: string, pattern: RegExp): Promise<string> {
    let text = "";
    for (let i = 0; i < 100; i++) {
      text = await this.do("logs", name);
      if (pattern.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${name} has not said ${pattern}: ${text}`);
  }

  /** Removes all containers. */
  async clear(): Promise<void> {
    await this.try("rm", "--all", "--force", "--time", "0");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clear();
    await this.try("rmi", "--all", "--force");
    this.#scratch[Symbol.dispose]();
  }
}

/** Whether Podman checkpoints and restores a container with this runtime here. */
async function works(runtime: string): Promise<boolean> {
  await using podman = await Podman.start(runtime);
  try {
    await podman.count("one");
    await podman.do("container", "checkpoint", "--export", podman.at("one.tar"), "one");
    await podman.clear();
    await podman.do("container", "restore", "--import", podman.at("one.tar"));
    await podman.said("one", / 5$/m);
    return true;
  } catch (error) {
    console.error(`Podman with ${runtime}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** The runtime with which Podman checkpoints containers here; undefined without one. */
export async function checkpointingRuntime(): Promise<string | undefined> {
  const needed = ["podman", "tar", "gcc"];
  if (CRIU === undefined || needed.some((name) => isWithout(name, isInstalled(name)))) {
    return undefined;
  }
  for (const runtime of ["crun", "runc"].filter(isInstalled)) {
    if (await works(runtime)) return runtime;
  }
  isWithout("a machine on which Podman checkpoints containers", false);
  return undefined;
}
