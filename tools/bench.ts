/**
 * Measures crit: CPU seconds (user + system) and peak memory of whole processes with synthetic
 * images, compared with the `crit` of Debian's package criu if it is installed.
 *
 * ```text
 * deno task bench [--runs N] [NAME…]    NAME: pagemap files mm pipes-data ghost-file batch
 *                                       start-up coredump
 * ```
 *
 * `$CRIT_BIN` and `$EMPTY_BIN` name executables of crit and of an empty program, whose start-up is
 * then compared. `coredump` compares `crit coredump` with `cp` of the dump's pages
 * (`bench_coredump.ts`). Prints Markdown.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { benchBatch } from "./bench_batch.ts";
import { benchCoredump } from "./bench_coredump.ts";
import {
  writeFiles,
  writeGhostFile,
  writeInventory,
  writeMemoryMap,
  writePagemap,
  writePipesData,
} from "./bench_images.ts";
import {
  CHECKOUT,
  type Cost,
  DEBIAN,
  exists,
  measure,
  measureInTurn,
  memory,
  type Program,
  row,
  seconds,
} from "./measuring.ts";

const WORKLOADS = [
  {
    name: "pagemap",
    title: "pagemap, 1,000,000 entries",
    write: (path: string) => writePagemap(path, 1_000_000),
    debian: true,
  },
  {
    name: "files",
    title: "files.img, 100,000 regular files",
    write: (path: string) => writeFiles(path, 100_000),
    debian: true,
  },
  {
    name: "mm",
    title: "mm, 10,000 VMAs",
    write: (path: string) => writeMemoryMap(path, 10_000),
    debian: true,
  },
  {
    name: "pipes-data",
    title: "pipes-data, 64 MiB",
    write: (path: string) => writePipesData(path, 64),
    debian: true,
  },
  {
    name: "ghost-file",
    title: "ghost file, 1 GiB",
    write: (path: string) => writeGhostFile(path, 1024),
    debian: false,
  },
] as const;

async function isSameFile(left: string, right: string): Promise<boolean> {
  const { success } = await new Deno.Command("cmp", { args: ["-s", left, right] }).output();
  return success;
}

/** Decodes and encodes; each program encodes its own JSON. */
async function measureBothWays(
  program: Program,
  image: string,
  settings: { directory: string; runs: number },
): Promise<[decode: Cost, encode: Cost]> {
  const json = `${settings.directory}/out.json`;
  const back = `${settings.directory}/out.img`;
  const decode = await measure([...program, "decode", "-i", image, "-o", json], settings);
  const encode = await measure([...program, "encode", "-i", json, "-o", back], settings);
  if (!await isSameFile(image, back)) throw new Error(`${program[0]} lost data of ${image}`);
  Deno.removeSync(json);
  Deno.removeSync(back);
  return [decode, encode];
}

async function benchImages(directory: string, names: Set<string>, runs: number): Promise<void> {
  row(["image", "", "crit CPU", "Debian's CPU", "ratio", "crit peak", "Debian's peak"]);
  row(["---", "---", "--:", "--:", "--:", "--:", "--:"]);
  for (const { name, title, write, debian } of WORKLOADS) {
    if (!names.has(name)) continue;
    const image = `${directory}/${name}.img`;
    write(image);
    const ours = await measureBothWays(CHECKOUT, image, { directory, runs });
    const theirs = debian && exists(DEBIAN[0]!)
      ? await measureBothWays(DEBIAN, image, { directory, runs })
      : undefined;
    for (const [index, direction] of ["decode", "encode"].entries()) {
      const [our, their] = [ours[index]!, theirs?.[index]];
      row([
        title,
        direction,
        seconds(our.cpu),
        their ? seconds(their.cpu) : "",
        their ? `1 : ${(their.cpu / our.cpu).toFixed(1)}` : "",
        memory(our.peak),
        their ? memory(their.peak) : "",
      ]);
    }
    Deno.removeSync(image);
  }
}

async function benchStartUp(directory: string, runs: number): Promise<void> {
  const image = `${directory}/inventory.img`;
  writeInventory(image);
  const empty = `${directory}/empty.ts`;
  Deno.writeTextFileSync(empty, "export {};\n");
  const [critBin, emptyBin] = [Deno.env.get("CRIT_BIN"), Deno.env.get("EMPTY_BIN")];
  const decode = ["decode", "-i", image, "-o", `${directory}/inventory.json`];
  const programs: [string, Program][] = [
    ["crit from a checkout", [...CHECKOUT, ...decode]],
    ["an empty Deno program", [Deno.execPath(), "run", "--no-check", "-A", empty]],
  ];
  if (critBin) programs.push(["crit, executable", [Deno.realPathSync(critBin), ...decode]]);
  if (emptyBin) programs.push(["an empty executable", [Deno.realPathSync(emptyBin)]]);
  if (exists(DEBIAN[0]!)) programs.push(["Debian's crit", [...DEBIAN, ...decode]]);
  row(["start-up: decode inventory.img", "CPU", "wall", "peak"]);
  row(["---", "--:", "--:", "--:"]);
  const measured = programs.map(([, program]) => program);
  const costs = await measureInTurn(measured, { directory, runs, times: 20 });
  for (const [index, { cpu, wall, peak }] of costs.entries()) {
    const [title] = programs[index]!;
    row([title, `${(cpu * 1000).toFixed(0)} ms`, `${(wall * 1000).toFixed(0)} ms`, memory(peak)]);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: { runs: { type: "string", default: "3" } },
    allowPositionals: true,
  });
  const all = [...WORKLOADS.map(({ name }) => name), "batch", "start-up", "coredump"];
  const unknown = positionals.find((name) => !all.includes(name));
  const runs = Number(values.runs);
  if (unknown !== undefined || !Number.isInteger(runs) || runs < 1) {
    console.error(`usage: deno task bench [--runs N] [NAME…], NAME one of ${all.join(", ")}`);
    Deno.exit(2);
  }
  const names = new Set<string>(positionals.length > 0 ? positionals : all);
  const directory = await Deno.makeTempDir({ prefix: "crit-bench-" });
  try {
    if (WORKLOADS.some(({ name }) => names.has(name))) await benchImages(directory, names, runs);
    console.log();
    if (names.has("batch")) await benchBatch(directory, runs, 100);
    console.log();
    if (names.has("start-up")) await benchStartUp(directory, runs);
    if (names.has("coredump")) {
      console.log();
      await benchCoredump(runs);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) await main();
