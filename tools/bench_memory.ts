/**
 * Compares `crit search` and `crit strings` with grep and binutils on the same pages, and with
 * checkpointctl's memparse if it is available, and `crit extract` with cp: CPU seconds and peak
 * memory of whole processes, with a synthetic dump of 1 GiB in 20,000 ranges.
 *
 * ```text
 * deno run -A tools/bench_memory.ts [--runs N] [--dir DIRECTORY] [--only extract]
 * deno run -A tools/bench_memory.ts --keep DIRECTORY    only makes the dump
 * ```
 *
 * A quarter each of the pages is random, pointers, text, and mostly zeros; the searched text occurs
 * in few places. `$CRIT_BIN` names the executable to measure instead of the checkout;
 * `$CHECKPOINTCTL_BIN` names a checkpointctl that is not installed (`tools/debian-program
 * checkpointctl` unpacks one). `--only extract` only measures extract. Prints Markdown.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { encodeImage, type Entry } from "../mod.ts";
import { CHECKOUT, type Cost, measure, memory, type Program, row, seconds } from "./measuring.ts";

const PAGE = 4096;
const RANGES = 20_000;
const TOTAL_PAGES = 1024 * 1024 * 1024 / PAGE;
const START = 0x7f0000000000n;
const PID = 100;
const SECRET = "password=hunter2";

const CRIT: Program = Deno.env.get("CRIT_BIN") ? [Deno.env.get("CRIT_BIN")!] : CHECKOUT;

/** The measurements: crit and another program on the file of pages, and the target ratio. */
const CASES: ReadonlyArray<{
  readonly title: string;
  readonly crit: readonly string[];
  readonly other: readonly string[];
  readonly aim: number;
}> = [
  {
    title: "literal",
    crit: ["search", "-c", SECRET],
    other: ["grep", "-c", "-a", "-F", SECRET],
    aim: 2,
  },
  {
    title: "hexadecimal with wildcards",
    crit: ["search", "-c", "--hex", "70 61 ?? 73 7? 6f 72 64"],
    other: ["grep", "-a", "-P", "-c", "\\x70\\x61.\\x73[\\x70-\\x7f]\\x6f\\x72\\x64"],
    aim: 3,
  },
  ...["passw[a-z]+=\\w{4,}", "[a-z]+@[a-z]+\\.com", "[0-9]{3}-[0-9]{4}"].map((expression) => ({
    title: `\`${expression}\``,
    crit: ["search", "-c", "--regex", expression],
    other: ["grep", "-a", "-P", "-c", expression],
    aim: 6,
  })),
  { title: "strings", crit: ["strings", "--plain"], other: ["strings", "-a"], aim: 1.5 },
  {
    title: "strings -n 8",
    crit: ["strings", "-n", "8"],
    other: ["strings", "-a", "-n", "8"],
    aim: 1.5,
  },
];

/** Numbers that are the same in each run. */
function randomNumbers(): () => number {
  let state = 12345;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const WORDS = "the quick brown fox jumps over lazy dog session user token id value error warning " +
  "http://example.com/path name=";

function fillPage(page: Uint8Array, random: () => number, words: readonly Uint8Array[]): void {
  const view = new DataView(page.buffer, page.byteOffset);
  const kind = random() % 4;
  if (kind === 0) { for (let i = 0; i < PAGE; i += 4) view.setUint32(i, random()); }
  else if (kind === 1) {
    for (let i = 0; i < PAGE; i += 8) {
      view.setUint32(i, random() & 0xffffff0, true);
      view.setUint32(i + 4, 0x7f3a, true);
    }
  } else if (kind === 2) {
    for (let at = 0; at < PAGE;) {
      const word = words[random() % words.length]!.subarray(0, PAGE - at);
      page.set(word, at);
      at += word.length;
      if (at < PAGE) page[at++] = random() % 8 === 0 ? 0 : 0x20;
    }
  } else {
    page.fill(0);
    for (let i = 0; i < 50; i++) page[random() % PAGE] = random();
  }
}

/** Writes a dump of one process; returns the path of its pages. */
function writeDump(directory: string): string {
  const write = (name: string, type: string, entries: Entry[]) =>
    Deno.writeFileSync(`${directory}/${name}`, encodeImage({ type, entries }));
  const lengths = Array.from({ length: RANGES }, (_, i) => 8 + i % 11);
  for (let i = 0, left = TOTAL_PAGES - lengths.reduce((a, b) => a + b); left > 0; left--, i++) {
    lengths[i % RANGES]!++;
  }
  let at = START;
  const ranges: Entry[] = lengths.map((length) => {
    const range = { vaddr: at, compat_nr_pages: length, flags: 4 };
    at += BigInt((length + 1) * PAGE);
    return range;
  });
  const vma = {
    ...{
      start: START,
      end: at,
      pgoff: 0n,
      shmid: 0n,
      prot: 3,
      flags: 0x22,
      status: 0x201,
      fd: -1n,
    },
  };
  const places = [
    ...["start_code", "end_code", "start_data", "end_data", "start_stack", "start_brk", "brk"],
    ...["arg_start", "arg_end", "env_start", "env_end"],
  ];
  const mm = Object.fromEntries(places.map((name) => [`mm_${name}`, 0n]));
  write("inventory.img", "INVENTORY", [{ img_version: 2, fdinfo_per_id: true }]);
  write("pstree.img", "PSTREE", [{ pid: PID, ppid: 0, pgid: PID, sid: PID, threads: [PID] }]);
  write(`ids-${PID}.img`, "IDS", [{ vm_id: 1, files_id: 1, fs_id: 1, sighand_id: 1 }]);
  write(`core-${PID}.img`, "CORE", [{
    mtype: "X86_64",
    tc: { task_state: 1, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm: "bench" },
    thread_core: { futex_rla: 0n, futex_rla_len: 0 },
  }]);
  write("files.img", "FILES", []);
  write(`mm-${PID}.img`, "MM", [{ ...mm, exe_file_id: 0, vmas: [vma] }]);
  write(`pagemap-${PID}.img`, "PAGEMAP", [{ pages_id: 1 }, ...ranges]);
  const pages = `${directory}/pages-1.img`;
  writePages(pages);
  return pages;
}

function writePages(path: string): void {
  using file = Deno.openSync(path, { write: true, create: true });
  const random = randomNumbers();
  const words = WORDS.split(" ").map((word) => new TextEncoder().encode(word));
  const secret = new TextEncoder().encode(`\0${SECRET} jane@example.com 555-1234\n`);
  const buffer = new Uint8Array(256 * PAGE);
  for (let done = 0; done < TOTAL_PAGES; done += 256) {
    for (let i = 0; i < 256; i++) {
      fillPage(buffer.subarray(i * PAGE, (i + 1) * PAGE), random, words);
    }
    if (done % 65_536 === 0) buffer.set(secret, 1000);
    for (let at = 0; at < buffer.length;) at += file.writeSync(buffer.subarray(at));
  }
}

/** Prints a table of medians over `runs` runs; removes the files that it writes below `parent`. */
export async function benchMemory(runs: number, parent?: string, only?: string): Promise<void> {
  const directory = await Deno.makeTempDir({ dir: parent, prefix: "crit-bench-" });
  try {
    const dump = `${directory}/dump`;
    await Deno.mkdir(dump);
    const pages = writeDump(dump);
    row(["1 GiB in 20,000 ranges", "other CPU", "crit CPU", "ratio", "aim", "crit peak"]);
    row(["---", "--:", "--:", "--:", "--:", "--:"]);
    for (const { title, crit, other, aim } of only === "extract" ? [] : CASES) {
      const [command, ...args] = crit;
      // To /dev/null, grep would end at the first match.
      const piped = ["sh", "-c", '"$@" | cat', "sh", ...other, pages];
      const theirs = await measure(piped, { directory, runs });
      const ours = await measure([...CRIT, command!, dump, ...args], { directory, runs });
      report(title, theirs, ours, `${aim}`);
    }
    if (only !== "extract") await benchMemparse(directory, dump, runs);
    await benchExtract(directory, dump, pages, runs);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function report(title: string, theirs: Cost, ours: Cost, aim: string): void {
  const ratio = (ours.cpu / theirs.cpu).toFixed(2);
  row([title, seconds(theirs.cpu), seconds(ours.cpu), ratio, aim, memory(ours.peak)]);
}

/** Compares search in an archive with memparse of checkpointctl, which only reads archives. */
async function benchMemparse(directory: string, dump: string, runs: number): Promise<void> {
  const checkpointctl = Deno.env.get("CHECKPOINTCTL_BIN") ?? "checkpointctl";
  if (!await isThere(checkpointctl)) return;
  const archive = `${directory}/checkpoint.tar`;
  const config = { id: "0123", name: "bench", ociRuntime: "runc", rootfsImageName: "none" };
  const spec = { ociVersion: "1.0.0", annotations: { "io.container.manager": "libpod" } };
  await Deno.writeTextFile(`${directory}/config.dump`, JSON.stringify(config));
  await Deno.writeTextFile(`${directory}/spec.dump`, JSON.stringify(spec));
  await Deno.rename(dump, `${directory}/checkpoint`);
  const names = ["config.dump", "spec.dump", "checkpoint"];
  await new Deno.Command("tar", { args: ["-cf", archive, "-C", directory, ...names] }).output();
  await Deno.rename(`${directory}/checkpoint`, dump);
  for (
    const [title, theirs, ours] of [
      ["memparse --search", ["--search", SECRET], [SECRET]],
      [
        "memparse --search-regex",
        ["--search-regex", "passw[a-z]+=\\w{4,}"],
        ["--regex", "passw[a-z]+=\\w{4,}"],
      ],
    ] as const
  ) {
    // It takes half a minute or more.
    const peer = await measure(
      [checkpointctl, "memparse", "--pid", `${PID}`, ...theirs, archive],
      { directory, runs: 1 },
    );
    const own = await measure([...CRIT, "search", archive, ...ours], { directory, runs });
    report(title, peer, own, "0.1");
  }
  await Deno.remove(archive);
}

async function isThere(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--help"] }).output()).success;
  } catch {
    return false;
  }
}

/**
 * Compares extract with cp of the pages and of its output, which has holes; with SHA-256, also with
 * cp and OpenSSL.
 */
async function benchExtract(
  directory: string,
  dump: string,
  pages: string,
  runs: number,
): Promise<void> {
  const out = `${directory}/out`;
  const copy = `${directory}/copy`;
  const gone = (path: string) => () => {
    if (existsSync(path)) Deno.removeSync(path, { recursive: true });
  };
  const extract = (...options: string[]) => {
    const program = [...CRIT, "extract", dump, "-o", out, ...options];
    return measure(program, { directory, runs, prepare: gone(out) });
  };
  const cp = (from: string) =>
    measure(["cp", from, copy], { directory, runs, prepare: gone(copy) });
  const plain = await extract("--no-sha256");
  const hashed = await extract();
  const [{ name }] = [...Deno.readDirSync(`${out}/memory/${PID}`)] as [Deno.DirEntry];
  const file = `${out}/memory/${PID}/${name}`;
  const [copiedPages, copied] = [await cp(pages), await cp(file)];
  const hash = await measure(["openssl", "sha256", file], { directory, runs });
  const both = { ...copied, cpu: copied.cpu + hash.cpu };
  report("extract --no-sha256 beside cp of the file that it writes", copied, plain, "1.6");
  report("extract --no-sha256 beside cp of the pages", copiedPages, plain, "");
  report("extract beside cp and openssl sha256 of the file that it writes", both, hashed, "");
  report("extract beside cp of the pages", copiedPages, hashed, "1.6");
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "3" },
      dir: { type: "string" },
      keep: { type: "string" },
      only: { type: "string" },
    },
  });
  if (values.keep !== undefined) {
    await Deno.mkdir(values.keep);
    writeDump(values.keep);
  } else await benchMemory(Number(values.runs), values.dir, values.only);
}
