/**
 * Runs command lines of a checkout of crit in one process for `in_process.ts`: each is a line of
 * JSON on standard input.
 *
 * @module
 */

import { type Captured, captured, type RunCrit } from "./captured.ts";
import type { Answer, Question } from "./in_process.ts";

const [checkout] = Deno.args;
const { run }: { run: RunCrit } = await import(`file://${checkout}/cli/main.ts`);
const reply = Deno.stdout.writeSync.bind(Deno.stdout);
const ask = Deno.stdin.read.bind(Deno.stdin);

/** The lines of the original standard input, which commands do not see. */
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

/** Peak memory since the last reset, in KiB. */
function peakMemory(): number {
  return Number(/^VmHWM:\s*(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? 0);
}

async function answer({ args, directory, input }: Question): Promise<[Answer, Captured]> {
  Deno.chdir(directory);
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  const ended = await captured(
    run,
    args,
    input === undefined ? undefined : Deno.readFileSync(input),
  );
  const { code, stdout, stderr } = ended;
  return [{ code, peak: peakMemory(), stdout: stdout.length, stderr: stderr.length }, ended];
}

for await (const line of lines()) {
  const [head, { stdout, stderr }] = await answer(JSON.parse(line));
  for (const bytes of [new TextEncoder().encode(`${JSON.stringify(head)}\n`), stdout, stderr]) {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(reply(rest));
  }
}
