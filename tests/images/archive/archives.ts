/** Archives for tests, made by the programs that make them. @module */

import assert from "node:assert/strict";
import { runProgram } from "../../programs.ts";

/** Runs a program that must succeed. */
export async function run(program: string, args: string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, { cwd });
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Makes an archive of a directory's contents. */
export async function tar(archive: string, directory: string, ...args: string[]): Promise<string> {
  await run("tar", ["-cf", archive, ...args, "-C", directory, "."]);
  return archive;
}

/** An open file as random bytes. */
export class OpenFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly size: number;

  constructor(readonly name: string) {
    this.#file = Deno.openSync(name);
    this.size = this.#file.statSync().size;
  }

  read(offset: number, into: Uint8Array): number {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < into.length) {
      const count = this.#file.readSync(into.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return filled;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Numbers below a bound, the same in each run. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}
