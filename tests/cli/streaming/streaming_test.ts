/** `crit serve` and `crit capture`: what they print, when they end, and their hooks. */

import assert from "node:assert/strict";
import { THOROUGH } from "../../dumps.ts";
import { CRIT, crit, ROOT, runProgram } from "../../programs.ts";
import { play } from "../../play.ts";
import { INVENTORY, pattern, Scratch } from "../../scratch.ts";
import { exists, until } from "../../waiting.ts";
import { Running, STREAMING_MEMORY } from "../running.ts";

const DUMP = { "a.img": pattern(2000, 1), "inventory.img": INVENTORY };

Deno.test("each kind of failure has its exit code", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const empty = scratch.directory("empty");
  const lines: Array<[args: string[], code: number, stderr: RegExp]> = [
    [["serve"], 2, /^crit: serve: DUMP is missing/],
    [["capture"], 2, /^crit: capture: OUTDIR is missing/],
    [["serve", `${empty}/none`], 4, /none: no such file or directory/],
    [["serve", empty], 3, /empty: no dump: there is no inventory\.img/],
    [["capture", directory], 4, /dump: it already holds a dump/],
    [["serve", directory, "--connect-timeout=1"], 4, /did not connect within 1 s/],
    [["serve", "--hook"], 2, /\$CRTOOLS_SCRIPT_ACTION is not set/],
  ];
  const ended = await Promise.all(lines.map(([args]) => crit(args)));
  for (const [i, [, code, stderr]] of lines.entries()) {
    assert.match(ended[i]!.stderr, stderr);
    assert.match(ended[i]!.stderr, /^[^\n]*\n$/);
    assert.equal(ended[i]!.code, code);
  }
});

Deno.test("a signal before CRIU connects leaves no files", async () => {
  using scratch = new Scratch();
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    const out = scratch.directory(signal);
    const running = new Running(["capture", out]);
    await until(() => exists(`${out}/capture.incomplete`));
    running.child.kill(signal);
    assert.equal((await running.ended()).code, code);
    assert.deepEqual([...Deno.readDirSync(out)], []);
  }
});

Deno.test("gigabytes of pages are served in less than 100 MiB of memory", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const size = THOROUGH ? 2 ** 31 : 2 ** 28;
  Deno.openSync(`${directory}/pages-1.img`, { write: true, create: true }).close();
  Deno.truncateSync(`${directory}/pages-1.img`, size);
  const running = new Running(["serve", directory]);
  const outcome = await running.watch(play("restore", {
    socket: `${directory}/streamer-serve.sock`,
    names: ["pages-1.img"],
    countOnly: true,
  }));
  assert.equal(outcome["pages-1.img"]?.size, size);
  assert.match(
    (await running.ended()).stderr,
    THOROUGH ? /1 image, 2\.0 GiB/ : /1 image, 256\.0 MiB/,
  );
  assert.ok(running.peak > 10 && running.peak < STREAMING_MEMORY, `${running.peak} MiB`);
});

Deno.test("hundreds of MiB of pages are captured in less than 100 MiB of memory", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const size = THOROUGH ? 2 ** 29 : 3 * 2 ** 26;
  Deno.openSync(`${directory}/pages-1.img`, { write: true, create: true }).close();
  Deno.truncateSync(`${directory}/pages-1.img`, size);
  const out = scratch.directory("out");
  const running = new Running(["capture", out]);
  await running.watch(play("dump", {
    socket: `${out}/streamer-capture.sock`,
    directory,
    names: ["pages-1.img", "inventory.img"],
  }));
  assert.equal((await running.ended()).code, 0);
  assert.equal(Deno.statSync(`${out}/pages-1.img`).size, size);
  assert.ok(running.peak > 10 && running.peak < STREAMING_MEMORY, `${running.peak} MiB`);
});

Deno.test("the error without --allow-ffi names the permission", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const { code, stderr } = await crit(["serve", directory], {
    permissions: ["--allow-read", "--no-prompt"],
  });
  assert.equal(code, 4);
  assert.match(stderr, /^crit: .*--allow-ffi.*\n$/);
});

/** Modules as `deno info --json` lists them. */
interface Graph {
  modules: Array<{
    specifier: string;
    dependencies?: Array<{ code?: { specifier?: string } }>;
  }>;
}

Deno.test("only serve and capture load the foreign functions", async () => {
  using scratch = new Scratch();
  const commands = [...Deno.readDirSync(`${ROOT}cli/commands`)]
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  const runOf = (name: string) => new URL(`file://${ROOT}cli/commands/${name}/run.ts`).href;
  const all = `${scratch.path}/all.ts`;
  Deno.writeTextFileSync(all, commands.map((name) => `import "${runOf(name)}";\n`).join(""));
  const { stdout } = await runProgram(Deno.execPath(), ["info", "--json", all]);
  const { modules }: Graph = JSON.parse(stdout);
  const imports = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code }) => code?.specifier ?? []),
  ]));
  const reached = (from: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(from)) return seen;
    seen.add(from);
    for (const to of imports.get(from) ?? []) reached(to, seen);
    return seen;
  };
  const importers = commands.filter((name) =>
    [...reached(runOf(name))].some((module) => module.endsWith("/images/stream/ffi.ts"))
  );
  assert.deepEqual(importers.sort(), ["capture", "serve"]);
});

Deno.test("as a hook, the log is not written through a symbolic link", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", { "inventory.img": INVENTORY });
  const victim = `${scratch.path}/victim`;
  Deno.symlinkSync(victim, `${directory}/crit-serve.log`);
  const { code, stderr } = await runProgram(CRIT[0], [...CRIT.slice(1), "serve", "--hook"], {
    env: { CRTOOLS_SCRIPT_ACTION: "pre-stream", CRTOOLS_IMAGE_DIR: directory },
  });
  assert.equal(code, 4);
  assert.match(stderr, /^crit: \S+\/crit-serve\.log: the log is a symbolic link, .*\n$/);
  assert.throws(() => Deno.lstatSync(victim), Deno.errors.NotFound);
});
