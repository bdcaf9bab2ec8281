/**
 * Measures commands on many checkpoints in archives, made from fixtures/dumps/shloop: CPU and time
 * for each archive, peak memory, and bytes read, compared with checkpointctl if it is available.
 *
 * ```text
 * deno run -A tools/bench_containers.ts [--runs N] [--archives N,N,…] [--large N] [--mebibytes N]
 * ```
 *
 * `--archives` lists numbers of small archives for `check`, `--large` is the number of large
 * archives for `container`, of `--mebibytes` each. `$CHECKPOINTCTL_BIN` names a checkpointctl that
 * is not installed. Prints Markdown.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { CHECKOUT, measure, memory, type Program, ROOT, row, seconds } from "./measuring.ts";

/** Files that Podman writes beside a dump, as far as `container` and checkpointctl need them. */
const BESIDE: Readonly<Record<string, unknown>> = {
  "config.dump": {
    id: "5f0c".repeat(16),
    name: "web",
    rootfsImageName: "docker.io/library/web:1.0",
    runtime: "crun",
    createdTime: "2026-03-01T10:11:12.123456789+01:00",
  },
  "spec.dump": {
    ociVersion: "1.0.2",
    process: { args: ["/usr/bin/web"], env: ["PATH=/usr/bin:/bin"], cwd: "/", user: {} },
    annotations: { "io.container.manager": "libpod" },
  },
  "network.status": null,
};

async function run(program: string, args: string[]): Promise<string> {
  const command = new Deno.Command(program, { args });
  const { success, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${text(stderr)}`);
  return text(stdout);
}

/** Makes an archive like Podman's, with additional memory of a number of MiB. */
async function makeArchive(directory: string, mebibytes: number): Promise<string> {
  const tree = `${directory}/tree`;
  await Deno.mkdir(tree);
  for (const [name, value] of Object.entries(BESIDE)) {
    await Deno.writeTextFile(`${tree}/${name}`, JSON.stringify(value, undefined, 2));
  }
  await run("cp", ["-a", `${ROOT}fixtures/dumps/shloop`, `${tree}/checkpoint`]);
  await run("mv", [`${tree}/checkpoint/stats-dump`, tree]);
  if (mebibytes > 0) {
    await run("dd", [
      ...["if=/dev/urandom", `of=${tree}/checkpoint/pages-9.img`, "bs=1M", `count=${mebibytes}`],
      "status=none",
    ]);
  }
  const archive = `${directory}/archive.tar`;
  const names = [...Object.keys(BESIDE), "stats-dump", "checkpoint"];
  await run("tar", ["-cf", archive, "-C", tree, ...names]);
  await Deno.remove(tree, { recursive: true });
  return archive;
}

/** Makes hard links to an archive; returns their names. */
async function manyNames(directory: string, archive: string, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `${directory}/${i}.tar`);
  for (const name of names) await Deno.link(archive, name);
  await Deno.remove(archive);
  return names;
}

/** Bytes that a program reads from files, counted by the kernel. */
async function bytesRead(program: readonly string[]): Promise<number> {
  const text = await run("bash", ["-c", '"$@" >/dev/null; cat /proc/$$/io', "-", ...program]);
  return Number(/^rchar: (\d+)$/m.exec(text)![1]);
}

/** Options of the benchmark. */
export interface ContainerBench {
  /** Numbers of small archives. */
  readonly archives: readonly number[];
  /** Number of large archives, and their size in MiB. */
  readonly large: number;
  readonly mebibytes: number;
  readonly runs: number;
}

/** Prints tables of medians; writes files below `directory`. */
export async function benchContainers(directory: string, bench: ContainerBench): Promise<void> {
  await benchCheck(directory, bench);
  await benchContainer(directory, bench);
}

/** Runs `check` on small archives. */
async function benchCheck(directory: string, { archives, runs }: ContainerBench): Promise<void> {
  row(["archives", "command", "CPU", "CPU an archive", "time", "peak"]);
  row(["--:", "---", "--:", "--:", "--:", "--:"]);
  for (const count of archives) {
    const below = `${directory}/small-${count}`;
    await Deno.mkdir(below);
    const names = await manyNames(below, await makeArchive(below, 0), count);
    const list = `${below}/list`;
    await Deno.writeTextFile(list, names.join("\n"));
    for (const jobs of ["1", "2"]) {
      const words = ["check", "--jsonl", "-j", jobs];
      const program = [...CHECKOUT, ...words, "--from", list];
      const { cpu, wall, peak } = await measure(program, { directory, runs });
      const each = `${(cpu / count * 1000).toFixed(2)} ms`;
      row([`${count}`, words.join(" "), seconds(cpu), each, seconds(wall), memory(peak)]);
    }
    await Deno.remove(below, { recursive: true });
  }
  console.log();
}

/** Runs `container` on large archives, and checkpointctl for comparison. */
async function benchContainer(directory: string, bench: ContainerBench): Promise<void> {
  const { large, mebibytes, runs } = bench;
  const below = `${directory}/large`;
  await Deno.mkdir(below);
  const names = await manyNames(below, await makeArchive(below, mebibytes), large);
  const peer = Deno.env.get("CHECKPOINTCTL_BIN") ?? "checkpointctl";
  const programs: Record<string, Program> = {
    "crit container": [...CHECKOUT, "container"],
    "crit container --jsonl": [...CHECKOUT, "container", "--jsonl"],
    "checkpointctl show": [peer, "show"],
  };
  row([`${large} archives of ${mebibytes} MiB`, "CPU", "time", "peak", "read an archive"]);
  row(["---", "--:", "--:", "--:", "--:"]);
  for (const [title, program] of Object.entries(programs)) {
    try {
      const { cpu, wall, peak } = await measure([...program, ...names], { directory, runs });
      const [one, all] = [
        await bytesRead([...program, names[0]!]),
        await bytesRead([...program, ...names]),
      ];
      const each = `${((all - one) / (names.length - 1) / 1024).toFixed(0)} KiB`;
      row([title, seconds(cpu), seconds(wall), memory(peak), each]);
    } catch (error) {
      row([title, "-", "-", "-", error instanceof Error ? error.message.slice(0, 60) : "-"]);
    }
  }
  await Deno.remove(below, { recursive: true });
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "3" },
      archives: { type: "string", default: "200,2000" },
      large: { type: "string", default: "200" },
      mebibytes: { type: "string", default: "50" },
    },
  });
  const directory = await Deno.makeTempDir({ prefix: "crit-bench-" });
  try {
    await benchContainers(directory, {
      archives: values.archives.split(",").map(Number),
      large: Number(values.large),
      mebibytes: Number(values.mebibytes),
      runs: Number(values.runs),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
