/** Edits on the way, by `crit serve` and `crit capture`: what CRIU reads and what is written. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeObjects } from "../../../images/image/objects.ts";
import type { Entry } from "../../../mod.ts";
import "../../../plugins/mod.ts";
import type { RestoreOutcome, Step } from "../../images/stream/peer.ts";
import { CRIT, crit, ROOT, runProgram } from "../../programs.ts";
import { play, readDirectory, Scratch, seen } from "../../scratch.ts";
import { Running, STREAMING_MEMORY } from "../running.ts";

const FILES = readDirectory(`${ROOT}fixtures/dumps/shloop`);
const NAMES = Object.keys(FILES).filter((name) => name.endsWith(".img"));
const IN_ORDER = [...NAMES.filter((name) => name !== "inventory.img"), "inventory.img"];

/** The images of the dump after crit has edited them where they are. */
async function expectedAfter(
  scratch: Scratch,
  edits: string[],
): Promise<Record<string, Uint8Array>> {
  const dump = scratch.directory("expected", FILES);
  const { code, stderr } = await crit(["edit", dump, "--in-place", ...edits], {
    cwd: scratch.path,
  });
  assert.equal(code, 0, stderr);
  const files = Object.entries(readDirectory(dump)).filter(([name]) => NAMES.includes(name));
  return Object.fromEntries(files);
}

/** Edits of every sort, and a script that one of them names. */
function manyEdits(scratch: Scratch): string[] {
  const script = "export default ({ entries }) => { entries[0].umask = 63; };";
  Deno.writeTextFileSync(`${scratch.path}/umask.js`, script);
  return [
    "--set=core-*.img:[0].tc.comm=worker",
    "--delete=files.img:[-1]",
    '--filter=pstree.img=sed \'s/"sid": 1/"sid": 4/\'',
    "--transform=fs-*.img=umask.js",
  ];
}

Deno.test("serve: CRIU reads edited images, and the dump stays as it is", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const expected = await expectedAfter(scratch, edits);
  const dump = scratch.directory("dump", FILES);
  const running = new Running(["serve", dump, ...edits], { cwd: scratch.path });
  const socket = `${dump}/streamer-serve.sock`;
  const outcome = await play("restore", { socket, names: NAMES, allOpen: true });
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.deepEqual(outcome, seen(expected));
  assert.notDeepEqual(outcome, seen(Object.fromEntries(NAMES.map((name) => [name, FILES[name]!]))));
  const changed = NAMES.filter((name) => `${expected[name]}` !== `${FILES[name]}`);
  assert.ok(changed.length >= 5, `${changed}`);
  assert.match(
    stderr,
    new RegExp(`^crit: served ${NAMES.length} images, .*, ${changed.length} edited `),
  );
  assert.deepEqual(readDirectory(dump), FILES);
});

Deno.test("capture: what CRIU writes is edited on its way into the directory", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const expected = await expectedAfter(scratch, edits);
  const directory = scratch.directory("dump", FILES);
  const out = `${scratch.path}/out`;
  const running = new Running(["capture", out, "--json", ...edits], { cwd: scratch.path });
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", { socket, directory, names: IN_ORDER, allOpen: true, piece: 1000 });
  const { code, stdout, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.deepEqual(readDirectory(out), expected);
  const summary = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const changed = NAMES.filter((name) => `${expected[name]}` !== `${FILES[name]}`);
  assert.deepEqual([summary.files, summary.edited], [NAMES.length, changed.length]);
});

Deno.test("an edit of the inventory is checked and applied", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", FILES);
  const out = `${scratch.path}/out`;
  const running = new Running(["capture", out, "--set", "inventory.img:[0].img_version=1"]);
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", { socket, directory, names: IN_ORDER });
  assert.equal((await running.ended()).code, 0);
  const [entry] = decodeObjects(Deno.readFileSync(`${out}/inventory.img`)).entries as [Entry];
  assert.equal(entry.img_version, 1);
});

Deno.test("what is wrong with an edit is said before CRIU connects", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", FILES);
  const out = `${scratch.path}/out`;
  const lines: Array<[args: string[], code: number, stderr: RegExp]> = [
    [["serve", dump, "--set", "[0].x=1"], 2, /does not say in which image of the dump/],
    [["serve", dump, "--set", "core-1.img[0].x=1"], 2, /does not say which entry/],
    [["serve", dump, "--delete", "x:[+]"], 2, /cannot be deleted/],
    [["serve", dump, "--filter", "files.img="], 2, /there is no command/],
    [["capture", out, "--transform", "none.js"], 2, /none\.js: cannot be loaded/],
    [["serve", dump, "--set", "file.img:[0].id=1"], 3, /file\.img: the dump has no such image/],
  ];
  const ended = await Promise.all(lines.map(([args]) => crit(args)));
  for (const [i, [args, code, stderr]] of lines.entries()) {
    assert.match(ended[i]!.stderr, stderr);
    assert.match(ended[i]!.stderr, /^crit: [^\n]*\n$/);
    assert.deepEqual([ended[i]!.code, ended[i]!.stdout], [code, ""], args.join(" "));
  }
  assert.throws(() => Deno.statSync(out));
});

Deno.test("serve: when an edit fails CRIU finds the connection closed, not half an image", async () => {
  using scratch = new Scratch();
  const failing: Array<[edit: string, message: RegExp]> = [
    [
      "--set=files.img:[0].idd=1",
      /files\.img: files\.img:\[0\]\.idd=1 matches nothing: file_entry has no field idd/,
    ],
    ["--set=files.img:[0].id=x", /files\.img: entry 0 at offset 8: id: "x" is not a number/],
    ["--filter=files.img=head -c 200; exit 3", /files\.img: the filter ".*" ended with code 3/],
    ["--filter=files.img=head -c 200", /files\.img: the output of ".*" makes no image/],
  ];
  for (const [i, [edit, message]] of failing.entries()) {
    const dump = scratch.directory(`dump-${i}`, FILES);
    const running = new Running(["serve", dump, edit]);
    const steps: Step[] = [
      { request: "pstree.img" },
      { reply: true },
      { descriptor: "pipe-write" },
      { request: "files.img" },
      { awaitClose: true },
      { readPipe: true },
      { readPipe: true },
    ];
    const socket = `${dump}/streamer-serve.sock`;
    const outcome = await play("misbehave", { socket, steps });
    assert.deepEqual(outcome, [true, "closed", FILES["pstree.img"]!.length, 0]);
    const { code, stderr } = await running.ended();
    assert.equal(code, 3);
    assert.match(stderr, message);
    assert.match(stderr, /^crit: [^\n]*\n$/);
  }
});

Deno.test("capture: when an edit fails CRIU's pipes break and nothing is a dump", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out`;
  const running = new Running(["capture", out, "--set", "pstree.img:[0].pidd=1"]);
  const steps: Step[] = [
    { request: "pages-1.img" },
    { descriptor: "pipe-read" },
    { request: "pstree.img" },
    { descriptor: "pipe-read" },
    { writePipe: [...FILES["pstree.img"]!] },
    { closePipe: true },
    { awaitClose: true },
    { awaitBroken: true },
  ];
  const socket = `${out}/streamer-capture.sock`;
  const outcome = await play("misbehave", { socket, steps });
  assert.deepEqual(outcome, [FILES["pstree.img"]!.length, "closed", "broken"]);
  const { code, stderr } = await running.ended();
  assert.equal(code, 3);
  assert.match(stderr, /^crit: pstree\.img: .*no field pidd \(did you mean pid\?\)\n$/);
  assert.deepEqual([...Deno.readDirSync(out)].map(({ name }) => name), ["capture.incomplete"]);
});

Deno.test("an edit that found nothing in any image is an error in the end", async () => {
  using scratch = new Scratch();
  const edit = "--set=core-*.img:[tc.comm=nobody].tc.comm=x";
  const wanted =
    /^crit: CRIU is done, but core-\*\.img:.* matches nothing: no entry has tc\.comm=nobody\n$/;
  const dump = scratch.directory("dump", FILES);
  const serving = new Running(["serve", dump, edit]);
  await play("restore", { socket: `${dump}/streamer-serve.sock`, names: NAMES });
  const served = await serving.ended();
  assert.equal(served.code, 3);
  assert.match(served.stderr, wanted);
  const out = `${scratch.path}/out`;
  const capturing = new Running(["capture", out, edit]);
  await play("dump", { socket: `${out}/streamer-capture.sock`, directory: dump, names: IN_ORDER });
  const captured = await capturing.ended();
  assert.equal(captured.code, 3);
  assert.match(captured.stderr, wanted);
  assert.deepEqual([...Deno.readDirSync(out)].map(({ name }) => name), ["capture.incomplete"]);
  assert.deepEqual(Object.keys(readDirectory(`${out}/capture.incomplete`)), NAMES);
});

Deno.test("2 GiB of pages are served in less than 100 MiB while other images are edited", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const expected = await expectedAfter(scratch, edits);
  const size = 2 ** 31;
  const dump = scratch.directory("dump", FILES);
  Deno.openSync(`${dump}/pages-7.img`, { write: true, create: true }).close();
  Deno.truncateSync(`${dump}/pages-7.img`, size);
  const running = new Running(["serve", dump, ...edits], { cwd: scratch.path });
  const names = [...NAMES, "pages-7.img"];
  const socket = `${dump}/streamer-serve.sock`;
  const outcome: RestoreOutcome = await running.watch(
    play("restore", { socket, names, countOnly: true }),
  );
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.equal(outcome["pages-7.img"]?.size, size);
  for (const name of NAMES) assert.equal(outcome[name]?.size, expected[name]!.length);
  assert.ok(running.peak > 10 && running.peak < STREAMING_MEMORY, `${running.peak} MiB`);
});

Deno.test("half a GiB of pages is captured in less than 100 MiB while other images are edited", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const size = 2 ** 29;
  const directory = scratch.directory("dump", FILES);
  Deno.openSync(`${directory}/pages-7.img`, { write: true, create: true }).close();
  Deno.truncateSync(`${directory}/pages-7.img`, size);
  const out = `${scratch.path}/out`;
  const running = new Running(["capture", out, ...edits], { cwd: scratch.path });
  const socket = `${out}/streamer-capture.sock`;
  await running.watch(play("dump", { socket, directory, names: ["pages-7.img", ...IN_ORDER] }));
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.equal(Deno.statSync(`${out}/pages-7.img`).size, size);
  assert.ok(running.peak > 10 && running.peak < STREAMING_MEMORY, `${running.peak} MiB`);
});

Deno.test("a filter that hangs is ended after --timeout, and what it started with it", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", FILES);
  const mark = `${scratch.path}/pid`;
  const filter = `pstree.img=sleep 1000 & echo $! >${mark}; wait`;
  const running = new Running(["serve", dump, "--timeout=1", "--filter", filter]);
  const steps: Step[] = [{ request: "pstree.img" }, { awaitClose: true }];
  const outcome = await play("misbehave", { socket: `${dump}/streamer-serve.sock`, steps });
  assert.deepEqual(outcome, ["closed"]);
  const { code, stderr } = await running.ended();
  assert.equal(code, 3);
  assert.match(stderr, /^crit: pstree\.img: the filter ".*" was not done after 1 s\n$/);
  assert.ok(await hasEnded(Number(Deno.readTextFileSync(mark))));
});

Deno.test("a signal ends a filter that hangs, and the stream", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out`;
  const mark = `${scratch.path}/pid`;
  const filter = `pstree.img=sleep 1000 & echo $! >${mark}; wait`;
  const running = new Running(["capture", out, "--filter", filter]);
  const steps: Step[] = [
    { request: "pstree.img" },
    { descriptor: "pipe-read" },
    { writePipe: [...FILES["pstree.img"]!] },
    { closePipe: true },
    { awaitClose: true },
  ];
  const played = play("misbehave", { socket: `${out}/streamer-capture.sock`, steps });
  let sleeper = 0;
  for (let i = 0; i < 1000 && sleeper === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      sleeper = Number(Deno.readTextFileSync(mark));
    } catch {
      // Not yet.
    }
  }
  running.child.kill("SIGTERM");
  assert.equal((await running.ended()).code, 143);
  assert.deepEqual(await played, [FILES["pstree.img"]!.length, "closed"]);
  assert.ok(sleeper > 0 && await hasEnded(sleeper));
  assert.throws(() => Deno.lstatSync(`${out}/streamer-capture.sock`));
});

async function hasEnded(pid: number): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    try {
      if (/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`))) return true;
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Runs `script` as CRIU's action script and plays the restore that follows. */
async function restoreByHook(scratch: Scratch, dump: string, script: string) {
  const file = `${scratch.path}/action.sh`;
  Deno.writeTextFileSync(file, script, { mode: 0o755 });
  const shell = `exec 5<"$1"
    CRTOOLS_SCRIPT_ACTION=pre-stream CRTOOLS_IMAGE_DIR=/proc/$$/fd/5 "$2"
    exit $?`;
  return await runProgram("sh", ["-c", shell, "sh", dump, file], { cwd: scratch.path });
}

/** The words that start crit, quoted for a shell. */
const QUOTED = CRIT.map((word) => `'${word}'`).join(" ");

Deno.test("the hook passes the edits on to the server in the background", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const expected = await expectedAfter(scratch, edits);
  const dump = scratch.directory("dump", FILES);
  const quoted = edits.map((edit) => `'${edit.replaceAll("'", `'\\''`)}'`).join(" ");
  const script = `#!/bin/sh\nexec ${QUOTED} serve --hook ${quoted}\n`;
  const hook = await restoreByHook(scratch, dump, script);
  assert.deepEqual(hook, { code: 0, stdout: "", stderr: "" });
  const outcome = await play("restore", { socket: `${dump}/streamer-serve.sock`, names: NAMES });
  assert.deepEqual(outcome, seen(expected));
  const log = `${dump}/crit-serve.log`;
  for (let i = 0; i < 500 && Deno.readTextFileSync(log) === ""; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(Deno.readTextFileSync(log), /^crit: served \d+ images, .* [5-9] edited/);
});

Deno.test("a hook with a wrong edit makes CRIU fail at once", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", FILES);
  const script = `#!/bin/sh\nexec ${QUOTED} serve --hook --set 'nosuch.img:[0].id=1'\n`;
  const { code, stderr } = await restoreByHook(scratch, dump, script);
  assert.equal(code, 3);
  assert.match(stderr, /^crit: nosuch\.img: the dump has no such image\n$/);
  assert.throws(() => Deno.lstatSync(`${dump}/streamer-serve.sock`));
});

Deno.test("no filter sees an image that the peer reads before it is whole", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", FILES);
  const out = `${scratch.path}/out`;
  const sum = `${scratch.path}/sum`;
  const filter = `files.img=tee ${sum}`;
  const running = new Running(["capture", out, "--filter", filter]);
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", {
    socket,
    directory,
    names: ["files.img", "inventory.img"],
    piece: 100,
    pause: 1,
  });
  assert.equal((await running.ended()).code, 0);
  const json = (await crit(["decode", `${directory}/files.img`])).stdout.trimEnd();
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  assert.equal(hash(Deno.readTextFileSync(sum)), hash(json));
});
