/**
 * Gives crit damaged input and looks for faults: exit codes other than crit's, stack traces, hangs,
 * excessive memory, files outside of the output.
 *
 * ```text
 * deno task fuzz [--minutes N | --seconds N] [--seed S] [--only KIND] [--case N]
 * ```
 *
 * KIND is image, json, dump or archive. Case N of a seed is always the same; a failing case is
 * minimized and kept in `build/fuzz/SEED-N/` with its command line.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { imageToJson } from "../mod.ts";
import "../plugins/mod.ts";
import {
  type Case,
  caseOf,
  type Corpus,
  type DamagedFile,
  type Kind,
  KINDS,
} from "./fuzz/cases.ts";
import { mutated } from "./fuzz/mutations.ts";
import { CritProcess, type Ended } from "./in_process.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** Seconds after which a command line counts as hanging; inputs are small. */
const HANG = 20;
/** Memory limit in MiB, including 100 to 200 for a warm process. */
const MEMORY = 700;
/** Largest file of the corpus in bytes. */
const LARGEST = 100_000;
/** Exit codes of crit. */
const EXIT_CODES = [0, 1, 2, 3, 4, 5];
/** Number of attempts to minimize a failing case. */
const TRIES = 150;

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    case: { type: "string" },
  },
});
const seed = Number(options.seed);
const seconds = Number(options.seconds ?? Number(options.minutes ?? 1) * 60);
const only = options.only as Kind | undefined;
if (only !== undefined && !KINDS.includes(only)) {
  console.error(`fuzz: --only is one of ${KINDS.join(", ")}`);
  Deno.exit(2);
}

/** Files below a path, with relative paths. */
function* filesIn(path: string, below = ""): Generator<readonly [string, Uint8Array]> {
  const entries = [...Deno.readDirSync(`${path}/${below}`)].sort((a, b) =>
    a.name < b.name ? -1 : 1
  );
  for (const { name, isDirectory } of entries) {
    const place = below === "" ? name : `${below}/${name}`;
    if (isDirectory) yield* filesIn(path, place);
    else if (Deno.statSync(`${path}/${place}`).isFile) {
      yield [place, Deno.readFileSync(`${path}/${place}`)];
    }
  }
}

async function readCorpus(crit: CritProcess): Promise<Corpus> {
  const images = [...filesIn(`${ROOT}fixtures/images`)]
    .filter(([name, bytes]) => !name.endsWith(".json") && bytes.length < LARGEST)
    .map(([path, bytes]) => [path.slice(path.lastIndexOf("/") + 1), bytes] as const);
  const encoder = new TextEncoder();
  const json = images.flatMap(([name, bytes]) =>
    [false, true].map((pretty) =>
      [`${name}.json`, encoder.encode(imageToJson(bytes, { name, pretty }))] as const
    )
  ).filter(([, bytes]) => bytes.length < LARGEST);
  const dumps = [...Deno.readDirSync(`${ROOT}fixtures/dumps`)].map(({ name }) => name).sort()
    .map((name) =>
      [...filesIn(`${ROOT}fixtures/dumps/${name}`)].filter(([, bytes]) => bytes.length < LARGEST)
    );
  const { stderr } = await crit.run({ args: ["x", ROOT, "?"], directory: "/" });
  const views = /is none of (.*?) \(see/.exec(new TextDecoder().decode(stderr))![1]!.split(", ");
  return { images, json, dumps, views };
}

/** The fault of a finished command line; undefined if there is none. */
function faultOf(ended: Ended): string | undefined {
  const text = new TextDecoder().decode(ended.stderr);
  if (ended.lost === "hang") return `it ran for more than ${HANG} s`;
  if (ended.lost === "crash") return `it took the process with it (exit code ${ended.code})`;
  if (!EXIT_CODES.includes(ended.code)) return `exit code ${ended.code}: ${text.trim()}`;
  if (/^ {4}at /m.test(text)) return `a stack trace: ${text.trim()}`;
  if (ended.peak > MEMORY * 1024) return `it took ${Math.round(ended.peak / 1024)} MiB of memory`;
  if (ended.code > 1 && !/^crit: /m.test(text)) return `exit code ${ended.code} without a word`;
  return undefined;
}

/** Every file in a directory by path, with a fingerprint. */
function snapshot(path: string, below = ""): string[] {
  return [...Deno.readDirSync(`${path}/${below}`)].flatMap(({ name, isDirectory }) => {
    const place = below === "" ? name : `${below}/${name}`;
    if (isDirectory) return [place, ...snapshot(path, place)];
    const { size, mtime } = Deno.lstatSync(`${path}/${place}`);
    return [`${place} ${size} ${mtime?.getTime()}`];
  }).sort();
}

/** Writes the files of a case below a directory. */
function writeFiles(files: readonly DamagedFile[], directory: string): void {
  for (const { path, bytes, mutations } of files) {
    const place = `${directory}/${path}`;
    Deno.mkdirSync(place.slice(0, place.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(place, mutated(bytes, mutations));
  }
}

/** Runs command lines on files; returns the first fault, if any. */
async function attempt(
  crit: CritProcess,
  files: readonly DamagedFile[],
  lines: readonly string[][],
): Promise<{ line: string[]; fault: string } | undefined> {
  // Two levels down, so that a name that leads out of the output leads into `top`.
  const top = Deno.makeTempDirSync({ prefix: "crit-fuzz-" });
  const directory = `${top}/a/b`;
  try {
    Deno.mkdirSync(directory, { recursive: true });
    writeFiles(files, directory);
    const before = snapshot(top);
    for (const line of lines) {
      const ended = await crit.run({ args: line, directory });
      await Deno.remove(`${directory}/out`, { recursive: true }).catch(() => {});
      const fault = faultOf(ended);
      if (fault !== undefined) return { line, fault };
      const changed = snapshot(top).filter((entry) => !before.includes(entry));
      if (changed.length > 0) return { line, fault: `it wrote ${changed.join(", ")}` };
    }
    return undefined;
  } finally {
    Deno.removeSync(top, { recursive: true });
  }
}

/** The first words of a fault, which identify it. */
function kindOf(fault: string): string {
  return fault.replace(/\d+/g, "N").slice(0, 60);
}

/** Reduces a failing case to as few files and changes as possible. */
async function minimised(crit: CritProcess, files: DamagedFile[], line: string[], fault: string) {
  let tries = 0;
  const fails = async (fewer: DamagedFile[]) => {
    if (tries++ > TRIES) return false;
    const found = await attempt(crit, fewer, [line]);
    return found !== undefined && kindOf(found.fault) === kindOf(fault);
  };
  for (const file of [...files]) {
    const fewer = files.filter((other) => other !== file);
    if (fewer.length > 0 && await fails(fewer)) files = fewer;
  }
  for (const [index, file] of files.entries()) {
    for (const mutation of [...file.mutations]) {
      const fewer = files.with(index, {
        ...files[index]!,
        mutations: files[index]!.mutations.filter((other) => other !== mutation),
      });
      if (await fails(fewer)) files = fewer;
    }
  }
  return files;
}

async function keep(
  index: number,
  { kind }: Case,
  found: { line: string[]; fault: string },
  files: DamagedFile[],
) {
  const place = `${ROOT}build/fuzz/${seed}-${index}`;
  await Deno.remove(place, { recursive: true }).catch(() => {});
  writeFiles(files, place);
  Deno.writeTextFileSync(`${place}/fault`, `${found.line.join(" ")}\n${found.fault}\n`);
  console.log(`case ${index} (${kind}): crit ${found.line.join(" ")}\n  ${found.fault}`);
  console.log(`  kept in build/fuzz/${seed}-${index}, ${files.length} files`);
}

const limits = { seconds: HANG, v8Flags: "--max-old-space-size=600" };
await using crit = new CritProcess(ROOT.replace(/\/$/, ""), limits);
const corpus = await readCorpus(crit);
const until = Date.now() + seconds * 1000;
const first = options.case === undefined ? 0 : Number(options.case);
const seen = new Map<string, number>();
let cases = 0;
for (let index = first; Date.now() < until; index++) {
  const one = caseOf(seed, index, corpus, only);
  const found = await attempt(crit, one.files, one.lines);
  cases++;
  if (found !== undefined) {
    const kind = `${found.line[0]} ${kindOf(found.fault)}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (seen.get(kind)! <= 3) {
      await keep(index, one, found, await minimised(crit, one.files, found.line, found.fault));
    }
  }
  if (options.case !== undefined) break;
}
const faults = [...seen.values()].reduce((sum, count) => sum + count, 0);
console.log(`fuzz: seed ${seed}: ${cases} cases, ${faults} faults of ${seen.size} kinds`);
if (faults > 0) Deno.exitCode = 1;
