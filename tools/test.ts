/**
 * Runs the tests, and lists at the end which were skipped for want of what.
 *
 * ```text
 * deno task test [OPTION of deno test]… [FILE]…
 * ```
 *
 * Without files it runs all of `tests/` in parallel, then the examples in the documentation of
 * `mod.ts`, `lib/` and docs/LIBRARY.md.
 *
 * @module
 */

/** What a test file lacks, as `isWithout` of `tests/programs.ts` writes it. */
interface Lack {
  file: string;
  what: string;
}

const PATTERNS = {
  file: /^running \d+ tests? from \.\/(.*)$/,
  // With --parallel each line names its file.
  ignored: /^(?:\.\/(\S+) => )?(.*) \.\.\. ignored \(/,
  color: new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"),
};

/** Tests that were skipped, by their file. */
const skipped = new Map<string, string[]>();

/** Runs `deno test` and takes note of what it skips; gives its exit code. */
async function test(args: readonly string[], env: Record<string, string>): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...args],
    env,
    stdout: "piped",
  }).spawn();
  let file = "";
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    await write(text);
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines.map((line) => line.replaceAll(PATTERNS.color, ""))) {
      file = PATTERNS.file.exec(line)?.[1] ?? file;
      const [, place = file, name] = PATTERNS.ignored.exec(line) ?? [];
      if (name !== undefined) skipped.set(place, [...skipped.get(place) ?? [], name.trim()]);
    }
  }
  return (await child.status).code;
}

async function write(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
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
function report(lacks: ReadonlyMap<string, readonly string[]>): string {
  const count = [...skipped.values()].flat().length;
  if (count === 0) return "No test was skipped.\n";
  const lines = [`Skipped ${count} test${count === 1 ? "" : "s"}:`];
  const wants = Map.groupBy(skipped, ([file]) => lacks.get(file)?.join(" or ") ?? "(no reason)");
  for (const [what, files] of [...wants].sort(([a], [b]) => a < b ? -1 : 1)) {
    lines.push(`  missing: ${what}`);
    for (const [file, names] of files) {
      lines.push(`    ${file}`, ...names.map((name) => `      ${name}`));
    }
  }
  return `${lines.join("\n")}\n`;
}

const list = Deno.makeTempFileSync({ prefix: "crit-tests-" });
const isWhole = Deno.args.every((arg) => arg.startsWith("-"));
try {
  const env = { CRIT_TESTS_LACK: list };
  const codes = isWhole
    ? [
      // `deno check` has looked at the types of all but the examples.
      await test(["--parallel", "--no-check", ...Deno.args, "tests"], env),
      await test(["--doc", ...Deno.args, "mod.ts", "lib", "docs/LIBRARY.md"], env),
    ]
    : [await test(Deno.args, env)];
  await write(`\n${report(lacksIn(list))}`);
  Deno.exitCode = codes.find((code) => code !== 0) ?? 0;
} finally {
  Deno.removeSync(list);
}
