/** crit with bytes on standard input, and directories for what it writes. */

import assert from "node:assert/strict";
import { CRIT } from "../programs.ts";

/** Runs something in a directory that is removed afterwards. */
export async function inTemporaryDirectory(
  body: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Runs crit with bytes on standard input. */
export async function pipeThrough(args: string[], input: Uint8Array): Promise<Uint8Array> {
  const [program, ...words] = CRIT;
  const child = new Deno.Command(program, {
    args: [...words, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(input).then(() => writer.close());
  const { code, stdout } = await child.output();
  await written;
  assert.equal(code, 0);
  return stdout;
}
