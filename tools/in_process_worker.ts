/**
 * Runs command lines of a checkout of crit, one after another in one process, as
 * `in_process.ts` asks: a line of JSON on standard input for each.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Answer, Question } from "./in_process.ts";

const [checkout] = Deno.args;
const { run }: { run(args: readonly string[]): Promise<number> } = await import(
  `file://${checkout}/cli/main.ts`
);

const reply = Deno.stdout.writeSync.bind(Deno.stdout);
const ask = Deno.stdin.read.bind(Deno.stdin);

/** The lines of standard input as it is before commands are given another. */
async function* lines(): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1 << 16);
  let rest = "";
  for (let count; (count = await ask(buffer)) !== null;) {
    const parts = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

let written: Record<"stdout" | "stderr", Uint8Array[]>;
let given = new Uint8Array();

for (const name of ["stdout", "stderr"] as const) {
  replace(Deno[name], {
    writeSync: (bytes: Uint8Array) => (written[name].push(bytes.slice()), bytes.length),
    isTerminal: () => false,
  });
}

function readGiven(into: Uint8Array): number | null {
  if (given.length === 0) return null;
  const count = Math.min(into.length, given.length);
  into.set(given.subarray(0, count));
  given = given.subarray(count);
  return count;
}
replace(Deno.stdin, {
  readSync: readGiven,
  read: (into: Uint8Array) => Promise.resolve(readGiven(into)),
  isTerminal: () => false,
});

function replace(target: object, by: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(by)) Object.defineProperty(target, key, { value });
}

/** Peak memory since it was last set back, in KiB. */
function peakMemory(): number {
  return Number(/^VmHWM:\s*(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? 0);
}

async function answer({ args, directory, input }: Question): Promise<[Answer, Uint8Array[]]> {
  written = { stdout: [], stderr: [] };
  given = input === undefined ? new Uint8Array() : Deno.readFileSync(input);
  Deno.chdir(directory);
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  let code: number;
  try {
    code = await run(args);
  } catch (error) {
    // What `run` lets out would end crit with Deno's own report.
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    written.stderr.push(new TextEncoder().encode(`Uncaught ${text}\n`));
    code = -1;
  }
  const [stdout, stderr] = [Buffer.concat(written.stdout), Buffer.concat(written.stderr)];
  const sizes = { stdout: stdout.length, stderr: stderr.length };
  return [{ code, peak: peakMemory(), ...sizes }, [stdout, stderr]];
}

for await (const line of lines()) {
  const [head, bodies] = await answer(JSON.parse(line));
  for (const bytes of [new TextEncoder().encode(`${JSON.stringify(head)}\n`), ...bodies]) {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(reply(rest));
  }
}
