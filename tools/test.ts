/**
 * Runs the tests, and lists at the end which were skipped for want of what.
 *
 * ```text
 * deno task test [OPTION of deno test]… [FILE]…
 * ```
 *
 * Without files it runs all of `tests/` in parallel, then the examples in the documentation of
 * `mod.ts`, `lib/` and docs/LIBRARY.md. `deno test` loads and compiles crit anew for each file it is
 * given. It is given a few parts instead, one for each job, modules that import the test files: the
 * tests of a part share what is loaded and compiled, which halves their time.
 *
 * @module
 */

import { existsSync, statfsSync } from "node:fs";

const ROOT = new URL("..", import.meta.url).pathname;

/** More than there are processors: many tests wait for programs. */
const JOBS = 2 * navigator.hardwareConcurrency;

/** A file system in memory, on most machines: tests make tens of thousands of files. */
const MEMORY = "/dev/shm";

/** Bytes that must be free there; tests of large files make some of up to a GiB. */
const ROOM = 8 * 2 ** 30;

/** Options for many files; `deno task ok` has looked at the types. */
const QUICKLY = ["--parallel", "--no-check"];

/** What a test file lacks, as `isWithout` of `tests/programs.ts` writes it. */
interface Lack {
  file: string;
  what: string;
}

/** Runs `deno test`; gives its exit code. */
async function test(args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args: ["test", "-A", ...args], env });
  return (await command.spawn().status).code;
}

/** Runs all of `tests/` in parts. */
async function testAll(options: readonly string[], directory: string): Promise<number> {
  const files = [...filesIn(`${ROOT}tests`)].sort();
  for (let part = 0; part < JOBS; part++) {
    // Neighbours are alike, and take as long as each other: no part gets several of them.
    const own = files.filter((_, index) => index % JOBS === part);
    const text = own.map((file) => `import ${JSON.stringify(`file://${file}`)};\n`).join("");
    Deno.writeTextFileSync(`${directory}/part_${part + 1}_test.ts`, text);
  }
  return await test([...QUICKLY, ...options, directory], {
    DENO_JOBS: `${JOBS}`,
    TMPDIR: directory,
  });
}

function* filesIn(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) yield* filesIn(`${directory}/${name}`);
    else if (name.endsWith("_test.ts")) yield `${directory}/${name}`;
  }
}

/** A directory for temporary files: in memory if there is room, or else where such files go. */
function temporaryDirectory(): string {
  const isRoomy = existsSync(MEMORY) && ROOM < freeBytes(MEMORY);
  return Deno.makeTempDirSync({ prefix: "crit-", ...isRoomy ? { dir: MEMORY } : {} });
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Tests that were skipped, by their file, read from a report in JUnit's form. */
function skippedIn(report: string): Map<string, string[]> {
  const skipped = new Map<string, string[]>();
  const pattern = /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*<skipped\/>/g;
  if (!existsSync(report)) return skipped;
  for (const [, name, path] of Deno.readTextFileSync(report).matchAll(pattern)) {
    const file = plain(path!).replace(/^.*?(?=tests\/)/, "");
    skipped.set(file, [...skipped.get(file) ?? [], plain(name!)]);
  }
  return skipped;
}

const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

/** An attribute of XML as text. */
function plain(attribute: string): string {
  return attribute.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}

/** What each file lacks, without repetition. */
function lacksIn(path: string): Map<string, string[]> {
  const lacks: Lack[] = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const byFile = Map.groupBy(lacks, ({ file }) => file);
  return new Map(
    [...byFile].map(([file, own]) => [file, [...new Set(own.map(({ what }) => what))]]),
  );
}

/** The list of what was skipped: by what is missing, the tests of each file. */
function listed(
  skipped: ReadonlyMap<string, readonly string[]>,
  lacks: ReadonlyMap<string, readonly string[]>,
): string {
  const count = [...skipped.values()].flat().length;
  if (count === 0) return "No test was skipped.";
  const lines = [`Skipped ${count} test${count === 1 ? "" : "s"}:`];
  const wants = Map.groupBy(skipped, ([file]) => lacks.get(file)?.join(" or ") ?? "(no reason)");
  for (const [what, files] of [...wants].sort(([a], [b]) => a < b ? -1 : 1)) {
    lines.push(`  missing: ${what}`);
    for (const [file, names] of files) {
      lines.push(`    ${file}`, ...names.map((name) => `      ${name}`));
    }
  }
  return lines.join("\n");
}

const directory = temporaryDirectory();
// Some tests run programs as nobody, who reads files there.
Deno.chmodSync(directory, 0o755);
const [lacks, report] = [`${directory}/lacks`, `${directory}/report.xml`];
Deno.writeTextFileSync(lacks, "");
Deno.env.set("CRIT_TESTS_LACK", lacks);
try {
  const isWhole = Deno.args.every((arg) => arg.startsWith("-"));
  const options = [`--junit-path=${report}`, ...Deno.args];
  const codes = isWhole
    ? [
      await testAll(options, directory),
      await test(["--doc", ...QUICKLY, ...Deno.args, "mod.ts", "lib", "docs/LIBRARY.md"]),
    ]
    : [await test(options)];
  console.log(`\n${listed(skippedIn(report), lacksIn(lacks))}`);
  Deno.exitCode = codes.find((code) => code !== 0) ?? 0;
} finally {
  Deno.removeSync(directory, { recursive: true });
}
