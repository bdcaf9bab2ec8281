/**
 * Measures commands on dumps of many tasks, made by `multiply_dump.ts` from fixtures/dumps/shloop:
 * CPU for each image, which must not grow with the number of tasks, and peak memory.
 *
 * ```text
 * deno run -A tools/bench_dumps.ts [--runs N] [--least] [--tasks N,N,…] [--other CHECKOUT]
 * ```
 *
 * `--other` is another checkout of crit, measured in the same run; `--least` prints the minimum of
 * the runs instead of the median. Prints Markdown.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { CHECKOUT, measure, memory, type Program, row, seconds } from "./measuring.ts";
import { multiplyDump } from "./multiply_dump.ts";

/** Commands by their names in the table; `DUMP` and `OUT` stand for paths. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "check": ["check", "DUMP"],
  "stats": ["stats", "DUMP"],
  "report": ["report", "DUMP", "-o", "OUT"],
  "report --offline": ["report", "DUMP", "--offline", "-o", "OUT"],
  "x fds": ["x", "DUMP", "fds"],
  "x mems": ["x", "DUMP", "mems"],
  "x rss": ["x", "DUMP", "rss"],
  "coredump": ["coredump", "DUMP", "--no-files", "-o", "OUT"],
};

/** Memory of crit in KiB that does not depend on the dump. */
const BASE = 80 * 1024;

/** Options of the benchmark. */
export interface DumpBench {
  /** Numbers of tasks. */
  readonly tasks: readonly number[];
  readonly runs: number;
  /** Whether to print the minimum of the runs instead of the median. */
  readonly least: boolean;
  /** Another checkout of crit, its root directory. */
  readonly other?: string;
}

/** Prints a table of medians; writes files below `directory`. */
export async function benchDumps(directory: string, bench: DumpBench): Promise<void> {
  const programs: [string, Program][] = [["crit", CHECKOUT]];
  if (bench.other !== undefined) {
    const main = `${Deno.realPathSync(bench.other)}/main.ts`;
    programs.unshift(["other", CHECKOUT.with(-1, main)]);
  }
  row(["tasks", "images", "command", "", "CPU", "CPU an image", "peak", "above 80 MiB, a task"]);
  row(["--:", "--:", "---", "---", "--:", "--:", "--:", "--:"]);
  for (const wanted of bench.tasks) {
    const dump = `${directory}/${wanted}`;
    const { tasks, images } = multiplyDump(dump, { tasks: wanted });
    for (const [name, words] of Object.entries(COMMANDS)) {
      for (const [title, program] of programs) {
        const out = `${directory}/out`;
        const args = words.map((word) => ({ DUMP: dump, OUT: out })[word] ?? word);
        const { cpu, peak } = await measure([...program, ...args], {
          directory,
          runs: bench.runs,
          least: bench.least,
        });
        await Deno.remove(out, { recursive: true }).catch(() => {});
        const each = peak === undefined ? "?" : `${((peak - BASE) / tasks).toFixed(0)} KiB`;
        const image = `${(cpu / images * 1000).toFixed(3)} ms`;
        row([`${tasks}`, `${images}`, name, title, seconds(cpu), image, memory(peak), each]);
      }
    }
    await Deno.remove(dump, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "3" },
      least: { type: "boolean", default: false },
      tasks: { type: "string", default: "500,2000,8000" },
      other: { type: "string" },
    },
  });
  const directory = await Deno.makeTempDir({ prefix: "crit-bench-" });
  const tasks = values.tasks.split(",").map(Number);
  try {
    const { least, other } = values;
    await benchDumps(directory, { tasks, runs: Number(values.runs), least, other });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
