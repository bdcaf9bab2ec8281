/** `crit serve` and `crit capture`: what they print, when they end, and their hooks. */

import assert from "node:assert/strict";
import { crit, ROOT, runProgram } from "../../programs.ts";
import { INVENTORY, pattern, play, readDirectory, Scratch, seen } from "../../scratch.ts";
import { Running, STREAMING_MEMORY } from "../running.ts";
import { endCriu, runHook } from "./hooks.ts";

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(condition());
}

const DUMP = { "a.img": pattern(2000, 1), "inventory.img": INVENTORY };

Deno.test("crit serve says where it listens and what it served", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const running = new Running(["serve", directory]);
  const socket = `${directory}/streamer-serve.sock`;
  const names = ["a.img", "none.img", "inventory.img"];
  const outcome = await play("restore", { socket, names });
  assert.deepEqual(outcome, { ...seen(DUMP), "none.img": { exists: false } });
  assert.deepEqual(await running.ended(), {
    code: 0,
    stdout: `${socket}\n`,
    stderr: "crit: served 2 images, 2.0 KiB, 0 edited (1 asked for and absent)\n",
  });
  assert.ok(!exists(socket));
});

Deno.test("crit capture makes its directory and says what it wrote", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const out = `${scratch.path}/new/out`;
  const running = new Running(["capture", out, "--json"]);
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", { socket, directory, names: Object.keys(DUMP) });
  const { code, stdout, stderr } = await running.ended();
  assert.deepEqual([code, stderr], [0, ""]);
  const said = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(said, [{ listening: socket }, { files: 2, edited: 0, bytes: 2010 }]);
  assert.deepEqual(readDirectory(out), DUMP);
});

Deno.test("the socket may stand elsewhere", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const sockets = scratch.directory("sockets");
  const running = new Running(["serve", directory, "--socket-dir", sockets]);
  const outcome = await play("restore", {
    socket: `${sockets}/streamer-serve.sock`,
    names: ["a.img", "inventory.img"],
  });
  assert.deepEqual(outcome, seen(DUMP));
  assert.equal((await running.ended()).code, 0);
});

Deno.test("failures have their exit codes", async () => {
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

Deno.test("a peer that breaks the protocol is exit code 3", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const running = new Running(["serve", directory]);
  const socket = `${directory}/streamer-serve.sock`;
  await play("misbehave", { socket, steps: [{ request: "../x" }, { awaitClose: true }] });
  const { code, stderr } = await running.ended();
  assert.equal(code, 3);
  assert.match(stderr, /^crit: a request for "..\/x": not a bare file name\n$/);
});

Deno.test("a signal before CRIU comes leaves nothing", async () => {
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

Deno.test("2 GiB of pages are served in less than 100 MiB of memory", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const size = 2 ** 31;
  Deno.openSync(`${directory}/pages-1.img`, { write: true, create: true }).close();
  Deno.truncateSync(`${directory}/pages-1.img`, size);
  const running = new Running(["serve", directory]);
  const outcome = await running.watch(play("restore", {
    socket: `${directory}/streamer-serve.sock`,
    names: ["pages-1.img"],
    countOnly: true,
  }));
  assert.equal(outcome["pages-1.img"]?.size, size);
  assert.match((await running.ended()).stderr, /1 image, 2\.0 GiB/);
  assert.ok(running.peak > 10 && running.peak < STREAMING_MEMORY, `${running.peak} MiB`);
});

Deno.test("half a GiB of pages is captured in less than 100 MiB of memory", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const size = 2 ** 29;
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

Deno.test("the serve hook leaves a server behind", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  assert.deepEqual(await runHook(scratch, ["serve", "--hook"], "pre-stream", directory), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  const socket = `${directory}/streamer-serve.sock`;
  assert.ok(exists(socket));
  const outcome = await play("restore", { socket, names: ["a.img", "inventory.img"] });
  assert.deepEqual(outcome, seen(DUMP));
  const log = `${directory}/crit-serve.log`;
  await until(() => Deno.readTextFileSync(log) !== "");
  assert.equal(
    Deno.readTextFileSync(log),
    "crit: served 2 images, 2.0 KiB, 0 edited (0 asked for and absent)\n",
  );
  await until(() => !exists(socket));
});

Deno.test("the capture hook takes the dump, although CRIU's directory path is gone", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const out = scratch.directory("out");
  const log = `${scratch.path}/log`;
  const args = ["capture", "--hook", `--log=${log}`];
  assert.equal((await runHook(scratch, args, "pre-stream", out)).code, 0);
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", { socket, directory, names: Object.keys(DUMP), allOpen: true });
  endCriu(scratch);
  await until(() => Deno.readTextFileSync(log) !== "");
  assert.match(Deno.readTextFileSync(log), /^crit: captured 2 images, 2\.0 KiB, 0 edited\n$/);
  assert.deepEqual(readDirectory(out), DUMP);
});

Deno.test("the hook at post-dump ends well only if the dump is whole", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const failing = ["--filter", "inventory.img=exit 7"];
  for (const [edit, code] of [[[], 0], [failing, 3]] as const) {
    const out = scratch.directory(`out-${code}`);
    const hook = ["capture", "--hook", ...edit];
    assert.equal((await runHook(scratch, hook, "pre-stream", out)).code, 0);
    // CRIU's connection stays open while it runs the hook.
    const dumping = play("misbehave", {
      socket: `${out}/streamer-capture.sock`,
      steps: [
        { request: "inventory.img" },
        { descriptor: "pipe-read" },
        { writePipe: [...INVENTORY] },
        { closePipe: true },
        { sleep: 4000 },
      ],
    });
    await until(() => exists(`${out}/capture.incomplete/inventory.img`));
    const asked = await runHook(scratch, ["capture", "--hook"], "post-dump", out);
    const where = `${out}/${code === 0 ? "" : "capture.incomplete/"}inventory.img`;
    assert.ok(exists(where), "the answer comes when all is done");
    assert.equal(asked.code, code, asked.stderr);
    assert.equal(asked.stdout, "");
    if (code !== 0) assert.match(asked.stderr, /^crit: inventory\.img: the filter "exit 7" ended/);
    await dumping;
    endCriu(scratch);
  }
  const none = await runHook(scratch, ["capture", "--hook"], "post-dump", directory);
  assert.equal(none.code, 4);
  assert.match(none.stderr, /^crit: [^\n]*: no capture is under way there[^\n]*\n$/);
});

Deno.test("a hook's process ends with a CRIU that never sends an image, and bars no retry", async () => {
  for (const command of ["serve", "capture"]) {
    using scratch = new Scratch();
    const directory = scratch.directory("dump", command === "serve" ? DUMP : {});
    for (let round = 0; round < 2; round++) {
      const { code } = await runHook(scratch, [command, "--hook"], "pre-stream", directory);
      assert.equal(code, 0, `round ${round}`);
      endCriu(scratch);
      await until(() => !exists(`${directory}/streamer-${command}.sock`));
    }
    const what = command === "serve" ? "asked for" : "sent";
    const line = new RegExp(
      `^(crit: CRIU \\(process \\d+\\) ended before it ${what} an image\n){2}$`,
    );
    assert.match(Deno.readTextFileSync(`${directory}/crit-${command}.log`), line);
  }
});

Deno.test("the process that a hook leaves behind holds nothing of its parent's", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  assert.equal((await runHook(scratch, ["serve", "--hook"], "pre-stream", directory)).code, 0);
  // The hook's own process may still be ending.
  await until(() => serversOf(directory).length === 1);
  const [left] = serversOf(directory) as [number];
  const links = [...Deno.readDirSync(`/proc/${left}/fd`)].map(({ name }) => {
    return [name, Deno.readLinkSync(`/proc/${left}/fd/${name}`)] as const;
  });
  const targets = new Map(links);
  const isScript = (target: string) => /\/hook-\d+\.sh$/.test(target);
  assert.ok(![...targets.values()].some(isScript), "the caller's descriptor");
  assert.equal(targets.get("0"), "/dev/null");
  assert.equal(targets.get("1"), `${directory}/crit-serve.log`);
  assert.equal(targets.get("2"), `${directory}/crit-serve.log`);
  const session = Deno.readTextFileSync(`/proc/${left}/stat`).split(") ")[1]!.split(" ")[3];
  assert.equal(session, String(left));
  Deno.kill(left, "SIGTERM");
  await until(() => !exists(`${directory}/streamer-serve.sock`));
});

/** Processes whose standard error is a log in the directory. */
function serversOf(directory: string): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
    try {
      return Deno.readLinkSync(`/proc/${pid}/fd/2`).startsWith(`${directory}/`);
    } catch {
      return false;
    }
  });
}

Deno.test("a hook does nothing for other actions", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  for (const command of ["serve", "capture"]) {
    const ended = await runHook(scratch, [command, "--hook"], "pre-dump", directory);
    assert.deepEqual(ended, { code: 0, stdout: "", stderr: "" });
  }
  assert.deepEqual(readDirectory(directory), DUMP);
});

Deno.test("a hook that cannot start makes CRIU fail and says why", async () => {
  using scratch = new Scratch();
  const empty = scratch.directory("empty");
  const ended = await runHook(scratch, ["serve", "--hook"], "pre-stream", empty);
  assert.equal(ended.code, 3);
  assert.match(ended.stderr, /^crit: .*: no dump: there is no inventory\.img\n$/);
});

Deno.test("without --allow-ffi the error says what to allow", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const { code, stderr } = await crit(["serve", directory], {
    permissions: ["--allow-read", "--no-prompt"],
  });
  assert.equal(code, 4);
  assert.match(stderr, /^crit: .*--allow-ffi.*\n$/);
});

Deno.test("only serve and capture load the foreign functions", async () => {
  const importers: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}cli/commands`)) {
    if (!isDirectory) continue;
    const run = `${ROOT}cli/commands/${name}/run.ts`;
    const { stdout } = await runProgram(Deno.execPath(), ["info", "--json", run]);
    const { modules } = JSON.parse(stdout) as { modules: { specifier: string }[] };
    if (modules.some(({ specifier }) => specifier.endsWith("/images/stream/ffi.ts"))) {
      importers.push(name);
    }
  }
  assert.deepEqual(importers.sort(), ["capture", "serve"]);
});
