/**
 * Compares `crit coredump` with `cp` of the same dump's pages: wall time and peak memory, with a
 * synthetic dump of 512 MiB in 65,000 ranges.
 *
 * ```text
 * deno run -A tools/bench_coredump.ts [--runs N] [--dir DIRECTORY]
 * ```
 *
 * Three dumps are measured. In `ranges`, the ranges are adjacent in one area, as in an incremental
 * dump. In `areas`, each is a separate memory area; the number is the largest that Linux allows. In
 * `holes`, all are in one area, separated by pages that were never touched: the core file has
 * 65,000 holes, which costs the file system more time than a complete file. Runs of the two
 * programs alternate; the target is removed before each.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { encodeImage, type Entry } from "../mod.ts";

const PAGE = 4096;
const RANGES = 65_000;
const TOTAL_PAGES = 512 * 1024 * 1024 / PAGE;
const START = 0x7f0000000000n;
const PID = 100;

const ROOT = new URL("..", import.meta.url).pathname;
const CRIT = Deno.env.get("CRIT_BIN") ?? "";
const PROGRAM = CRIT ? [CRIT] : [Deno.execPath(), "run", "--no-check", "-A", `${ROOT}main.ts`];

/** Placement of the ranges in memory. */
type Shape = "ranges" | "areas" | "holes";

/** Lengths of the ranges in pages: one to three, on average two. */
function lengthsOfRanges(): number[] {
  const lengths = Array.from({ length: RANGES }, (_, i) => 1 + i % 3);
  let missing = TOTAL_PAGES - lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; missing > 0; i++, missing--) lengths[i % RANGES]!++;
  return lengths;
}

function writeImage(directory: string, name: string, magic: string, entries: Entry[]): void {
  Deno.writeFileSync(`${directory}/${name}`, encodeImage({ type: magic, entries }));
}

/** An area of private memory. */
function area(start: bigint, pages: number): Entry {
  return {
    start,
    end: start + BigInt(pages * PAGE),
    pgoff: 0n,
    shmid: 0n,
    prot: 3,
    flags: 0x22,
    status: 0x201,
    fd: -1n,
  };
}

/** Writes a dump of one process; returns the path of its pages. */
function writeDump(directory: string, shape: Shape): string {
  const lengths = lengthsOfRanges();
  const ranges: Entry[] = [];
  const areas: Entry[] = [];
  let at = START;
  for (const length of lengths) {
    const flags = 4;
    ranges.push({ vaddr: at, compat_nr_pages: 0, nr_pages: BigInt(length), flags });
    areas.push(area(at, length));
    at += BigInt((shape === "ranges" ? length : length + 1) * PAGE);
  }
  const registers = Object.fromEntries(REGISTERS.map((name) => [name, 0n]));
  const fpregs = {
    ...{ cwd: 0x37f, swd: 0, twd: 0, fop: 0, rip: 0n, rdp: 0n, mxcsr: 0x1f80, mxcsr_mask: 0xffff },
    st_space: Array<number>(32).fill(0),
    xmm_space: Array<number>(64).fill(0),
  };
  const whole = area(START, Number(at - START) / PAGE);
  const mm = Object.fromEntries(MEMORY_FIELDS.map((name) => [name, 0n]));
  writeImage(directory, "inventory.img", "INVENTORY", [{ img_version: 2, fdinfo_per_id: true }]);
  writeImage(directory, "pstree.img", "PSTREE", [
    { pid: PID, ppid: 0, pgid: PID, sid: PID, threads: [PID] },
  ]);
  writeImage(directory, "files.img", "FILES", []);
  writeImage(directory, `ids-${PID}.img`, "IDS", [
    { vm_id: 1, files_id: 1, fs_id: 1, sighand_id: 1 },
  ]);
  writeImage(directory, `core-${PID}.img`, "CORE", [{
    mtype: "X86_64",
    thread_info: { clear_tid_addr: 0n, gpregs: registers, fpregs },
    tc: { task_state: 1, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm: "bench" },
    thread_core: { futex_rla: 0n, futex_rla_len: 0 },
  }]);
  writeImage(directory, `mm-${PID}.img`, "MM", [
    { ...mm, exe_file_id: 0, vmas: shape === "areas" ? areas : [whole] },
  ]);
  writeImage(directory, `pagemap-${PID}.img`, "PAGEMAP", [{ pages_id: 1 }, ...ranges]);
  const pages = `${directory}/pages-1.img`;
  using file = Deno.openSync(pages, { write: true, create: true });
  const buffer = new Uint8Array(1 << 20);
  for (let i = 0; i < buffer.length; i++) buffer[i] = 1 + i * 7 % 255;
  for (let done = 0; done < TOTAL_PAGES * PAGE;) done += file.writeSync(buffer);
  return pages;
}

// deno-fmt-ignore
const REGISTERS = [
  "r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si", "di",
  "orig_ax", "ip", "cs", "flags", "sp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
];
// deno-fmt-ignore
const MEMORY_FIELDS = [
  "mm_start_code", "mm_end_code", "mm_start_data", "mm_end_data", "mm_start_stack", "mm_start_brk",
  "mm_brk", "mm_arg_start", "mm_arg_end", "mm_env_start", "mm_env_end",
];

/** Cost of a program. */
interface Cost {
  /** In seconds. */
  wall: number;
  /** In KiB; undefined without `/usr/bin/time`. */
  peak: number | undefined;
}

const TIME = "/usr/bin/time";

async function run(program: readonly string[]): Promise<Cost> {
  // Earlier writes must not delay those of the next program.
  await new Deno.Command("sync").output();
  const hasTime = await Deno.stat(TIME).then(() => true, () => false);
  const [command, ...args] = hasTime ? [TIME, "-f", "%M", ...program] : program;
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(command!, { args }).output();
  const wall = (performance.now() - start) / 1000;
  const text = new TextDecoder().decode(stderr).trim();
  if (!success) throw new Error(`${program.join(" ")}: ${text}`);
  return { wall, peak: hasTime ? Number(text.split("\n").at(-1)) : undefined };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

async function measure(directory: string, shape: Shape, runs: number): Promise<void> {
  const dump = `${directory}/${shape}`;
  await Deno.mkdir(dump);
  const pages = writeDump(dump, shape);
  const [copy, core] = [`${directory}/copy`, `${directory}/core`];
  const costs: { cp: Cost[]; crit: Cost[] } = { cp: [], crit: [] };
  for (let i = 0; i <= runs; i++) {
    const cp = await run(["cp", pages, copy]);
    await Deno.remove(copy);
    const crit = await run([...PROGRAM, "coredump", dump, "-p", `${PID}`, "-o", core]);
    await Deno.remove(core);
    // The first round warms the page cache.
    if (i > 0) {
      costs.cp.push(cp);
      costs.crit.push(crit);
    }
  }
  const [cp, crit] = [median(costs.cp.map(wallOf)), median(costs.crit.map(wallOf))];
  const peaks = costs.crit.map(({ peak }) => peak).filter((peak) => peak !== undefined);
  const peak = peaks.length > 0 ? `${(Math.max(...peaks) / 1024).toFixed(0)} MiB` : "?";
  const cells = [shape, `${cp.toFixed(3)} s`, `${crit.toFixed(3)} s`, (crit / cp).toFixed(2), peak];
  console.log(`| ${cells.join(" | ")} |`);
  await Deno.remove(dump, { recursive: true });
}

function wallOf({ wall }: Cost): number {
  return wall;
}

/** Prints a table of medians over `runs` runs; removes the files that it writes below `parent`. */
export async function benchCoredump(runs: number, parent?: string): Promise<void> {
  const directory = await Deno.makeTempDir({ dir: parent, prefix: "crit-bench-" });
  console.log(
    "| core file of 512 MiB in 65,000 | cp of its pages | crit coredump | ratio | peak |",
  );
  console.log("| --- | --: | --: | --: | --: |");
  try {
    for (const shape of ["ranges", "areas", "holes"] as const) {
      await measure(directory, shape, runs);
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
  await benchCoredump(Number(values.runs), values.dir);
}
