/**
 * Compares the results of two checkouts of crit with the same dumps: standard output and error,
 * files, and exit codes.
 *
 * ```text
 * deno run -A tools/compare.ts OLD NEW [--dumps DIR]… [--only COMMAND] [--all] [--json]
 * ```
 *
 * OLD and NEW are checkouts. Without `--dumps`, it uses `../shared/dumps` or else `fixtures/dumps`.
 * Prints the differences grouped by command, equal ones counted (`--all` prints each), and exits
 * with 1 if there are any.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { CritProcess, type Ended } from "./in_process.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** A command line to compare; `out` and paths that begin with it are its output. */
interface Line {
  group: string;
  args: string[];
}

/** One difference. */
interface Difference {
  group: string;
  args: readonly string[];
  /** `exit code`, `stdout`, `stderr`, or an output file. */
  what: string;
  old: string;
  new: string;
}

const { values: options, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    dumps: { type: "string", multiple: true },
    only: { type: "string", multiple: true },
    all: { type: "boolean" },
    json: { type: "boolean" },
  },
});
if (positionals.length !== 2) {
  console.error("compare: give two checkouts (see the comment in tools/compare.ts)");
  Deno.exit(2);
}
const [oldCheckout, newCheckout] = positionals.map((path) => Deno.realPathSync(path));
const roots = options.dumps ?? [`${ROOT}../shared/dumps`].filter(isThere);
const directories = (roots.length > 0 ? roots : [`${ROOT}fixtures/dumps`]).map((path) =>
  Deno.realPathSync(path)
);

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Directories with images below a path. */
function* dumpsIn(path: string): Generator<string> {
  const entries = [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  if (entries.some(({ name }) => name.endsWith(".img"))) yield path;
  for (const { name, isDirectory } of entries) if (isDirectory) yield* dumpsIn(`${path}/${name}`);
}

/** The views of a checkout, from its own error message. */
async function viewsOf(crit: CritProcess): Promise<string[]> {
  const { stderr } = await crit.run({ args: ["x", ROOT, "?"], directory: "/" });
  const list = /is none of (.*?) \(see/.exec(text(stderr));
  if (list === null) throw new Error(`no views are named in: ${text(stderr)}`);
  return list[1]!.split(", ");
}

const RELEASES = ["1.0", "1.1", "1.8", "2.12", "3.17.1", "4.1", "4.2"];

/** The command lines for a dump; `next` is another one to compare it with. */
function* linesFor(dump: string, next: string, views: readonly string[]): Generator<Line> {
  const images = [...Deno.readDirSync(dump)].map(({ name }) => name).sort()
    .filter((name) => name.endsWith(".img"));
  const line = (group: string, ...args: string[]): Line => ({ group, args: [group, ...args] });
  yield line("decode", "-i", dump, "-o", "out");
  yield line("decode", "-i", dump, "-o", "out", "--pretty", "--jobs", "1");
  yield line("decode", "-i", dump, "-o", "out", "-f", "nice", "--nopl", "-k", "--jobs", "1");
  for (const name of images) {
    if (name.startsWith("pages-")) continue;
    yield line("decode", "-i", `${dump}/${name}`);
    yield line("show", `${dump}/${name}`);
    yield line("info", "-v", `${dump}/${name}`);
    yield line("edit", `${dump}/${name}`, "--set", "[0].pid=77");
    yield line("edit", `${dump}/${name}`, "--delete", "[-1]");
  }
  yield line("info", dump);
  for (const view of views) {
    yield line("x", dump, view);
    yield line("x", dump, view, "--json");
  }
  yield line("x", dump, "ps", "--args", "--tree");
  yield line("x", dump, "fds", "-p", "1,2");
  yield line("stats", dump);
  yield line("stats", dump, "--json");
  yield line("stats", dump, "--json", "--pages");
  yield line("check", dump);
  yield line("check", dump, "--json", "--fix-hints");
  yield line("diff", dump, next);
  yield line("diff", dump, next, "--json");
  for (const release of RELEASES) {
    yield line("convert", dump, "out", "--to", release);
    yield line("convert", dump, "--to", release, "--dry-run", "--json");
  }
  yield line("convert", dump, "out", "--copy");
  yield line("coredump", dump, "-o", "out");
  yield line("coredump", dump, "-o", "out", "--no-files", "--filter", "0x33");
  yield line("edit", dump, "-o", "out", "--set", "pstree.img:[*].sid=7");
  yield line("edit", dump, "-o", "out", "--set", "core-*.img:[0].tc.comm=changed", "--copy");
  yield line("edit", dump, "-o", "out", "--set", "mm-*.img:[0].vmas[0].prot=PROT_READ");
  yield line("edit", dump, "-o", "out", "--delete", "files.img:[type=REG]");
  yield line("edit", dump, "-o", "out", "--filter", "pstree.img=sed s/1/2/");
}

/** The output at a path: a line for each file of a directory. */
function* outcome(path: string, below = "."): Generator<[name: string, what: string]> {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(`${path}/${below}`);
  } catch {
    return;
  }
  const { mode, size } = info;
  const permissions = (mode! & 0o7777).toString(8);
  if (info.isSymlink) yield [below, `link to ${Deno.readLinkSync(`${path}/${below}`)}`];
  else if (info.isFile) {
    const hash = createHash("sha256").update(Deno.readFileSync(`${path}/${below}`)).digest("hex");
    yield [below, `file of ${size} bytes, ${permissions}, ${holes(info)}, sha256 ${hash}`];
  } else {
    yield [below, `directory, ${permissions}`];
    const names = [...Deno.readDirSync(`${path}/${below}`)].map(({ name }) => name).sort();
    for (const name of names) yield* outcome(path, `${below}/${name}`);
  }
}

/** Whether a file occupies much less space on disk than its size. */
function holes({ size, blocks }: Deno.FileInfo): string {
  return size >= 1 << 16 && blocks! * 512 < size / 2 ? "with holes" : "without holes";
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The first lines in which two texts differ, cut to a readable length. */
function firstDifference(a: string, b: string): [string, string] {
  const [left, right] = [a.split("\n"), b.split("\n")];
  const count = Math.max(left.length, right.length);
  for (let i = 0; i < count; i++) {
    const [one, other] = [left[i], right[i]];
    if (one === other) continue;
    let from = 0;
    while (one?.[from] === other?.[from] && from < (one?.length ?? 0)) from++;
    const start = Math.max(0, from - 40);
    const cut = (line?: string) => line === undefined ? "(end)" : line.slice(start, start + 160);
    return [cut(one), cut(other)];
  }
  return ["", ""];
}

function* differences(
  line: Line,
  ended: readonly Ended[],
  places: string[],
): Generator<Difference> {
  const [a, b] = ended as [Ended, Ended];
  const { group, args } = line;
  if (a.code !== b.code || a.lost !== undefined || b.lost !== undefined) {
    const [one, other] = [a, b].map(({ code, lost }) => lost ?? `${code}`);
    yield { group, args, what: "exit code", old: one!, new: other! };
  }
  for (const name of ["stdout", "stderr"] as const) {
    const [one, other] = [text(a[name]), text(b[name])];
    if (one === other) continue;
    const [before, after] = firstDifference(one, other);
    yield { group, args, what: name, old: before, new: after };
  }
  const [one, other] = places.map((place) => new Map(outcome(`${place}/out`))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    const [before, after] = [one, other].map((files) => files.get(name) ?? "not there");
    if (before !== after) yield { group, args, what: name, old: before!, new: after! };
  }
}

/** A key for similar differences: the same change in the same kind of output. */
function signature({ group, what, old, new: now }: Difference): string {
  const plain = (words: string) =>
    words.replace(/[0-9a-f]{16,}/g, "HASH").replace(/\d+/g, "N").replace(/\S*\/\S*/g, "PATH");
  return JSON.stringify([group, plain(what), plain(old), plain(now)]);
}

const scratch = Deno.makeTempDirSync({ prefix: "crit-compare-" });
const places = ["old", "new"].map((name) => `${scratch}/${name}`);
const started = Date.now();
const found: Difference[] = [];
const counts = new Map<string, number>();
try {
  await using before = new CritProcess(oldCheckout!, { seconds: 120 });
  await using after = new CritProcess(newCheckout!, { seconds: 120 });
  const [oldViews, newViews] = [await viewsOf(before), await viewsOf(after)];
  const views = oldViews.filter((view) => newViews.includes(view));
  const dumps = directories.flatMap((directory) => [...dumpsIn(directory)]);
  for (const [index, dump] of dumps.entries()) {
    for (const line of linesFor(dump, dumps[(index + 1) % dumps.length]!, views)) {
      if (options.only !== undefined && !options.only.includes(line.group)) continue;
      for (const place of places) Deno.mkdirSync(place);
      const ended = await Promise.all(
        [before, after].map((crit, i) => crit.run({ args: line.args, directory: places[i]! })),
      );
      counts.set(line.group, (counts.get(line.group) ?? 0) + 1);
      found.push(...differences(line, ended, places));
      for (const place of places) Deno.removeSync(place, { recursive: true });
    }
  }
  report(dumps.length);
} finally {
  Deno.removeSync(scratch, { recursive: true });
}

function report(dumpCount: number): void {
  if (options.json) {
    console.log(JSON.stringify(found, undefined, 2));
    return;
  }
  for (const [group, count] of counts) {
    const own = found.filter((difference) => difference.group === group);
    const lines = new Set(own.map(({ args }) => args.join(" ")));
    console.log(`\n${group}: ${lines.size} of ${count} command lines differ`);
    const alike = Map.groupBy(own, options.all ? (_, i) => `${i}` : signature);
    for (const [first, ...more] of [...alike.values()].sort((a, b) => b.length - a.length)) {
      const again = more.length === 0 ? "" : ` (and ${more.length} like it)`;
      console.log(`  crit ${first!.args.join(" ")}: ${first!.what}${again}`);
      console.log(`    - ${first!.old}\n    + ${first!.new}`);
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const seconds = Math.round((Date.now() - started) / 1000);
  const kinds = new Set(found.map(signature)).size;
  console.log(
    `\n${total} command lines over ${dumpCount} dumps in ${seconds} s: ` +
      `${found.length} differences of ${kinds} kinds`,
  );
}

if (found.length > 0) Deno.exitCode = 1;
