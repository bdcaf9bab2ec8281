/**
 * Compares the speed of `crit serve` and `crit capture` with a pages file of 1 GiB with that of
 * `cat` in the same run.
 *
 * ```text
 * deno run -A tools/bench_stream.ts [--runs N] [--dir DIRECTORY]
 * ```
 *
 * Serving is timed from the request to the end of the file, against `cat FILE | cat >/dev/null`;
 * capturing from the request to the end of crit, against `cat FILE | cat >OUT`. Runs alternate
 * after one warm-up of each. `$CRIT_BIN` names the executable to measure instead of the checkout.
 * Prints Markdown.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { check } from "../images/stream/system.ts";
import { connect, handOver, reply, request, system } from "../tests/images/stream/peer.ts";

const SIZE = 2 ** 30;
const NAME = "pages-1.img";
const INVENTORY = Uint8Array.of(0x16, 0x31, 0x31, 0x58, 2, 0, 0, 0, 8, 1);

const ROOT = new URL("..", import.meta.url).pathname;
const BINARY = Deno.env.get("CRIT_BIN");
const CRIT: [string, ...string[]] = BINARY
  ? [Deno.realPathSync(BINARY)]
  : [Deno.execPath(), "run", "--no-check", "-A", `${ROOT}main.ts`];

/** Moves the file; returns seconds. */
type Way = (directory: string) => Promise<number>;

/** Writes the dump, with pages that file systems neither compress nor omit. */
function writeDump(directory: string): void {
  const piece = new Uint8Array(1 << 20);
  for (let pos = 0; pos < piece.length; pos += 65_536) {
    crypto.getRandomValues(piece.subarray(pos, pos + 65_536));
  }
  using file = Deno.openSync(`${directory}/${NAME}`, { write: true, create: true });
  for (let written = 0; written < SIZE; written += piece.length) file.writeSync(piece);
  Deno.writeFileSync(`${directory}/inventory.img`, INVENTORY);
}

function startCrit(args: string[]): Deno.ChildProcess {
  const [program, ...words] = CRIT;
  const options = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return new Deno.Command(program, { args: [...words, ...args], ...options }).spawn();
}

async function ended(child: Deno.ChildProcess): Promise<void> {
  const { code } = await child.status;
  if (code !== 0) throw new Error(`crit ended with ${code}`);
}

/** Seconds of a shell command with the file as `$1` and a new file as `$2`. */
async function shell(line: string, directory: string): Promise<number> {
  const args = ["-c", line, "sh", `${directory}/${NAME}`, `${directory}/copy`];
  const start = performance.now();
  const { code } = await new Deno.Command("sh", { args }).output();
  if (code !== 0) throw new Error(`${line} ended with ${code}`);
  return (performance.now() - start) / 1000;
}

const catToNowhere: Way = (directory) => shell('cat "$1" | cat >/dev/null', directory);

const catToFile: Way = async (directory) => {
  const seconds = await shell('cat "$1" | cat >"$2"', directory);
  Deno.removeSync(`${directory}/copy`);
  return seconds;
};

/** CRIU's part in a restore, which reads like `cat >/dev/null`. */
const serve: Way = async (directory) => {
  const crit = startCrit(["serve", directory]);
  const socket = connect(`${directory}/streamer-serve.sock`);
  const buffer = new Uint8Array(128 * 1024);
  const start = performance.now();
  request(socket, NAME);
  if (!reply(socket)) throw new Error("it is not served");
  const pipe = handOver(socket, "write");
  let size = 0;
  for (let count = -1; count !== 0; size += count) {
    count = check(system, system.read(pipe, buffer), "read");
  }
  const seconds = (performance.now() - start) / 1000;
  if (size !== SIZE) throw new Error(`${size} bytes were served`);
  for (const descriptor of [pipe, socket]) system.close(descriptor);
  await ended(crit);
  return seconds;
};

/** CRIU's part in a dump, which writes like `cat FILE`. */
const capture: Way = async (directory) => {
  const out = `${directory}/out`;
  const crit = startCrit(["capture", out, "--socket-dir", directory]);
  const socket = connect(`${directory}/streamer-capture.sock`);
  const buffer = new Uint8Array(128 * 1024);
  const start = performance.now();
  for (const name of [NAME, "inventory.img"]) {
    request(socket, name);
    const pipe = handOver(socket, "read");
    using file = Deno.openSync(`${directory}/${name}`);
    for (let count = file.readSync(buffer); count !== null; count = file.readSync(buffer)) {
      let rest = buffer.subarray(0, count);
      while (rest.length > 0) {
        rest = rest.subarray(check(system, system.write(pipe, rest), "write"));
      }
    }
    system.close(pipe);
  }
  system.close(socket);
  await ended(crit);
  const seconds = (performance.now() - start) / 1000;
  Deno.removeSync(out, { recursive: true });
  return seconds;
};

const PAIRS: ReadonlyArray<readonly [title: string, crit: Way, cat: Way]> = [
  ["serve 1 GiB, against `cat FILE \\| cat >/dev/null`", serve, catToNowhere],
  ["capture 1 GiB, against `cat FILE \\| cat >OUT`", capture, catToFile],
];

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rate = (seconds: number) => `${(SIZE / 2 ** 20 / seconds).toFixed(0)} MiB/s`;

/** Prints a table of medians over `runs` runs; removes the files that it writes below `parent`. */
export async function benchStream(runs: number, parent?: string): Promise<void> {
  const directory = await Deno.makeTempDir({ dir: parent, prefix: "crit-bench-" });
  try {
    writeDump(directory);
    console.log("| through a pipe | crit | cat | ratio |");
    console.log("| --- | --: | --: | --: |");
    for (const [title, crit, cat] of PAIRS) {
      const [ours, theirs]: [number[], number[]] = [[], []];
      for (let run = -1; run < runs; run++) {
        const seconds = [await cat(directory), await crit(directory)] as const;
        if (run < 0) continue;
        theirs.push(seconds[0]);
        ours.push(seconds[1]);
      }
      const [our, their] = [median(ours), median(theirs)];
      console.log(`| ${title} | ${rate(our)} | ${rate(their)} | ${(their / our).toFixed(2)} |`);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { runs: { type: "string", default: "5" }, dir: { type: "string" } },
  });
  await benchStream(Number(values.runs), values.dir);
}
