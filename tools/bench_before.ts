/**
 * Compares crit with an earlier commit, in alternating runs: CPU seconds of whole processes with
 * the images of `tools/bench.ts`.
 *
 * ```text
 * git worktree add --detach /tmp/before 1dd12e5
 * deno run -A tools/bench_before.ts [--runs N] /tmp/before
 * ```
 *
 * Prints Markdown with the minimum of the runs, which other work on the machine affects less than
 * the median. Each turn also runs an empty Deno program.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  writeFiles,
  writeInventory,
  writeMemoryMap,
  writePagemap,
  writePipesData,
} from "./bench_images.ts";
import { CHECKOUT, measureInTurn, type Program, ROOT, row, seconds } from "./measuring.ts";

const IMAGES = [
  ["inventory.img", writeInventory],
  ["pagemap, 1,000,000 entries", (path: string) => writePagemap(path, 1_000_000)],
  ["files.img, 100,000 regular files", (path: string) => writeFiles(path, 100_000)],
  ["mm, 10,000 VMAs", (path: string) => writeMemoryMap(path, 10_000)],
  ["pipes-data, 64 MiB", (path: string) => writePipesData(path, 64)],
] as const;

async function benchBefore(directory: string, before: string, runs: number): Promise<void> {
  const earlier: Program = CHECKOUT.map((word) => word === `${ROOT}main.ts` ? before : word);
  const empty = `${directory}/empty.ts`;
  Deno.writeTextFileSync(empty, "export {};\n");
  const nothing = [Deno.execPath(), "run", "--no-check", "-A", empty];
  row(["image", "", "before", "now", "ratio", "an empty program"]);
  row(["---", "---", "--:", "--:", "--:", "--:"]);
  for (const [title, write] of IMAGES) {
    const image = `${directory}/image.img`;
    const json = `${directory}/image.json`;
    write(image);
    for (
      const [command, ...files] of [["decode", image, json], ["encode", json, `${image}.back`]]
    ) {
      const args = [command!, "-i", files[0]!, "-o", files[1]!];
      const programs = [[...earlier, ...args], [...CHECKOUT, ...args], nothing];
      const [old, now, none] = await measureInTurn(programs, { directory, runs, least: true });
      row([
        title,
        command!,
        seconds(old!.cpu),
        seconds(now!.cpu),
        (now!.cpu / old!.cpu).toFixed(2),
        seconds(none!.cpu),
      ]);
    }
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: { runs: { type: "string", default: "9" } },
    allowPositionals: true,
  });
  const [before] = positionals;
  if (before === undefined) {
    console.error("usage: deno run -A tools/bench_before.ts [--runs N] CHECKOUT");
    Deno.exit(2);
  }
  const directory = await Deno.makeTempDir({ prefix: "crit-bench-" });
  try {
    await benchBefore(directory, `${Deno.realPathSync(before)}/main.ts`, Number(values.runs));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
