/** crit as an action script of CRIU. */

import assert from "node:assert/strict";
import { isQuick } from "../../dumps.ts";
import { play } from "../../play.ts";
import { INVENTORY, pattern, readDirectory, Scratch, seen } from "../../scratch.ts";
import { exists, until } from "../../waiting.ts";
import { endCriu, runHook } from "./hooks.ts";

const DUMP = { "a.img": pattern(2000, 1), "inventory.img": INVENTORY };

Deno.test("the serve hook starts a server in the background", async () => {
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

Deno.test("the capture hook captures the dump after CRIU's directory path has become invalid", async () => {
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

Deno.test("the hook at post-dump succeeds only if the dump is complete", {
  ignore: isQuick(),
}, async () => {
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

/** Whole lines of a file, which may not be there yet. */
function linesOf(path: string): string[] {
  return exists(path) ? Deno.readTextFileSync(path).split("\n").slice(0, -1) : [];
}

Deno.test("a hook's process ends with a CRIU that sends no image, and allows a retry", async () => {
  for (const command of ["serve", "capture"]) {
    using scratch = new Scratch();
    const directory = scratch.directory("dump", command === "serve" ? DUMP : {});
    for (let round = 0; round < 2; round++) {
      const { code, stderr } = await runHook(scratch, [command, "--hook"], "pre-stream", directory);
      assert.equal(code, 0, `${command}, round ${round}: ${stderr}`);
      endCriu(scratch);
      // The socket is gone before the line is written.
      await until(() => linesOf(`${directory}/crit-${command}.log`).length > round);
      assert.ok(!exists(`${directory}/streamer-${command}.sock`));
    }
    const what = command === "serve" ? "asked for" : "sent";
    const line = new RegExp(
      `^(crit: CRIU \\(process \\d+\\) ended before it ${what} an image\n){2}$`,
    );
    assert.match(Deno.readTextFileSync(`${directory}/crit-${command}.log`), line);
  }
});

Deno.test("a hook's background process has no descriptors of its parent", async () => {
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

Deno.test("a hook ignores other actions", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  for (const command of ["serve", "capture"]) {
    const ended = await runHook(scratch, [command, "--hook"], "pre-dump", directory);
    assert.deepEqual(ended, { code: 0, stdout: "", stderr: "" });
  }
  assert.deepEqual(readDirectory(directory), DUMP);
});

Deno.test("a hook that cannot start makes CRIU fail and prints the reason", async () => {
  using scratch = new Scratch();
  const empty = scratch.directory("empty");
  const ended = await runHook(scratch, ["serve", "--hook"], "pre-stream", empty);
  assert.equal(ended.code, 3, ended.stderr);
  assert.match(ended.stderr, /^crit: .*: no dump: there is no inventory\.img\n$/);
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
