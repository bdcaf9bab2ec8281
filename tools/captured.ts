/** Runs a command line of crit in this process, and captures its output. @module */

/** Result of a command line. */
export interface Captured {
  /** The exit code; -1 if `run` threw. */
  code: number;
  stdout: Uint8Array;
  stderr: Uint8Array;
}

/** The `run` of a checkout's `cli/main.ts`. */
export type RunCrit = (args: readonly string[]) => Promise<number>;

/** Output and input of the current command line; undefined if there is none. */
let current: { written: Record<"stdout" | "stderr", Uint8Array[]>; input: Uint8Array } | undefined;
/** Settled if no command line is running. */
let free: Promise<unknown> = Promise.resolve();
let isReplaced = false;

/**
 * Runs a command line; concurrent calls wait for one another. Neither standard output nor standard
 * error is a terminal.
 */
export function captured(
  run: RunCrit,
  args: readonly string[],
  input = new Uint8Array(),
): Promise<Captured> {
  const ended = free.then(() => capture(run, args, input));
  free = ended.catch(() => {});
  return ended;
}

async function capture(
  run: RunCrit,
  args: readonly string[],
  input: Uint8Array,
): Promise<Captured> {
  if (!isReplaced) replaceStreams();
  const written = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  current = { written, input };
  let code: number;
  try {
    code = await run(args);
  } catch (error) {
    // An exception of `run` would end crit with Deno's own message.
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    written.stderr.push(new TextEncoder().encode(`Uncaught ${text}\n`));
    code = -1;
  } finally {
    current = undefined;
  }
  return { code, stdout: joined(written.stdout), stderr: joined(written.stderr) };
}

function replaceStreams(): void {
  isReplaced = true;
  for (const name of ["stdout", "stderr"] as const) {
    const original = Deno[name].writeSync.bind(Deno[name]);
    replace(Deno[name], {
      writeSync: (bytes: Uint8Array) => {
        if (current === undefined) return original(bytes);
        current.written[name].push(bytes.slice());
        return bytes.length;
      },
      isTerminal: () => false,
    });
  }
  const { readSync, read } = {
    readSync: Deno.stdin.readSync.bind(Deno.stdin),
    read: Deno.stdin.read.bind(Deno.stdin),
  };
  replace(Deno.stdin, {
    readSync: (into: Uint8Array) => current === undefined ? readSync(into) : readInput(into),
    read: (into: Uint8Array) =>
      current === undefined ? read(into) : Promise.resolve(readInput(into)),
    isTerminal: () => false,
  });
}

function replace(target: object, by: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(by)) Object.defineProperty(target, key, { value });
}

function readInput(into: Uint8Array): number | null {
  const { input } = current!;
  if (input.length === 0) return null;
  const count = Math.min(into.length, input.length);
  into.set(input.subarray(0, count));
  current!.input = input.subarray(count);
  return count;
}

/** Joins pieces of bytes. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
