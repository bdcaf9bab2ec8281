/** Edits on the way, by `crit serve` and `crit capture`: what CRIU reads and what is written. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeObjects } from "../../../images/image/objects.ts";
import type { Entry } from "../../../mod.ts";
import "../../../plugins/mod.ts";
import { isQuick, THOROUGH } from "../../dumps.ts";
import type { RestoreOutcome, Step } from "../../images/stream/peer.ts";
import { crit, ROOT } from "../../programs.ts";
import { play } from "../../play.ts";
import { readDirectory, Scratch, seen } from "../../scratch.ts";
import { Running, STREAMING_MEMORY } from "../running.ts";
import { runHook } from "./hooks.ts";

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

Deno.test("serve: CRIU reads edited images, and the dump is unchanged", async () => {
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

Deno.test("capture: the directory contains edited images", async () => {
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

Deno.test("an invalid edit is reported before CRIU connects", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", FILES);
  const out = `${scratch.path}/out`;
  const lines: Array<[args: string[], code: number, stderr: RegExp]> = [
    [["serve", dump, "--set", "[0].x=1"], 2, /it names no image of the dump/],
    [["serve", dump, "--set", "core-1.img[0].x=1"], 2, /does not say which entry/],
    [["serve", dump, "--delete", "x:[+]"], 2, /cannot be deleted/],
    [["serve", dump, "--filter", "files.img="], 2, /there is no command/],
    [["capture", out, "--transform", "none.js"], 2, /none\.js: cannot be loaded/],
    [["serve", dump, "--set", "file.img:[0].id=1"], 2, /no image of the name file\.img \(did you/],
    [["serve", dump, "--set", "tty.img:[0].id=1"], 3, /tty\.img: the dump has no such image/],
    [["serve", dump, "--set", "files.img:[0].idd=1"], 2, /file_entry has no field idd \(did you/],
    [["serve", dump, "--set", "files.img:[0].id=x"], 2, /\.id=x: "x" is not a number/],
    [["serve", dump, "--set", "files.img:[9999].id=1"], 3, /there is no \[9999\]: it has/],
    [["serve", dump, "--delete", "core-*.img:[tc.comm~x*].tc"], 3, /no entry has tc\.comm~x\*/],
    [["capture", out, "--set", "core-*.img:[0].tc.cmm=x"], 2, /no field cmm \(did you mean comm/],
    [["capture", out, "--set", "core-*.img:[0].tc.comm.x=1"], 2, /comm: it has no fields/],
    [["capture", out, "--set", "mm-*.img:[0].vmas.prot=1"], 2, /vmas: it is a list: select/],
    [
      ["capture", out, "--set", "mm-*.img:[0].vmas[strt=1].prot=1"],
      2,
      /vma_entry has no field strt/,
    ],
    [["capture", out, "--delete", "nosuch-*.img:[0].x"], 2, /no image of the name nosuch-\*\.img/],
    [["capture", out, "--set", "pages-1.img:[0].x=1"], 2, /pages-1\.img has no entries/],
    [["capture", out, "--set", "ghost-file-*.img:[0].extra=!"], 2, /extra: not base64/],
    [["capture", out, "--filter", "corr-1.img=cat"], 2, /no image of the name corr-1\.img/],
  ];
  const ended = await Promise.all(lines.map(([args]) => crit(args)));
  for (const [i, [args, code, stderr]] of lines.entries()) {
    assert.match(ended[i]!.stderr, stderr);
    assert.match(ended[i]!.stderr, /^crit: [^\n]*\n$/);
    assert.deepEqual([ended[i]!.code, ended[i]!.stdout], [code, ""], args.join(" "));
  }
  assert.throws(() => Deno.statSync(out));
});

Deno.test("serve: a failed edit closes the connection before CRIU gets part of an image", async () => {
  using scratch = new Scratch();
  const failing: Array<[edit: string, message: RegExp]> = [
    ["--filter=files.img=head -c 200; exit 3", /files\.img: the filter ".*" ended with code 3/],
    ["--filter=files.img=head -c 200", /files\.img: the output of ".*" makes no image/],
  ];
  for (const [i, [edit, message]] of failing.slice(THOROUGH ? 0 : 1).entries()) {
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

Deno.test("capture: after any failed edit the dump remains as CRIU wrote it", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", FILES);
  const images = Object.fromEntries(NAMES.map((name) => [name, FILES[name]!]));
  Deno.writeTextFileSync(`${scratch.path}/fail.js`, "export default () => { throw 1; }");
  const failing: Array<[edits: string[], message: RegExp]> = [
    [["--set", "pstree.img:[77].pid=1"], /pstree\.img: .* there is no \[77\]/],
    [["--set", "core-*.img:[tc.comm=nobody].tc.comm=x"], /^crit: core-\*.* tc\.comm=nobody/],
    [["--set=fs-*.img:[0].umask=1", "--filter", "files.img=exit 7"], /ended with code 7/],
    [["--set=fs-*.img:[0].umask=1", "--transform", "files.img=fail.js"], /fail\.js failed: 1/],
  ];
  // A set and a filter, one into a directory and one into an archive, are enough to begin with.
  const chosen = THOROUGH ? failing : [failing[0]!, failing[2]!];
  for (const [i, [edits, message]] of chosen.entries()) {
    const forms: string[][] = [[], ["--archive", `${scratch.path}/${i}.tar`]];
    for (const archive of THOROUGH ? forms : [forms[i % 2]!]) {
      const out = `${scratch.path}/out-${i}-${archive.length}`;
      const running = new Running(["capture", out, ...edits, ...archive], { cwd: scratch.path });
      const socket = `${out}/streamer-capture.sock`;
      await play("dump", { socket, directory: dump, names: IN_ORDER });
      const { code, stderr } = await running.ended();
      assert.equal(code, 3, stderr);
      assert.match(stderr, message);
      const left = archive.length === 0 ? `${out}/capture.incomplete` : `${archive[1]}.incomplete`;
      assert.ok(stderr.includes(`${left} holds the whole dump as CRIU wrote it, `), stderr);
      assert.match(stderr, /^crit: [^\n]*\n$/);
      assert.deepEqual(readDirectory(left), images);
      const again = await crit(["capture", out, ...archive]);
      assert.equal(again.code, 4);
      assert.match(again.stderr, /^crit: [^\n]*\.incomplete: it holds \d+ images of an earlier/);
      assert.deepEqual(readDirectory(left), images);
    }
  }
});

Deno.test("gigabytes of pages are served in less than 100 MiB while other images are edited", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const expected = await expectedAfter(scratch, edits);
  const size = THOROUGH ? 2 ** 31 : 2 ** 27;
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

Deno.test(
  "hundreds of MiB of pages are captured in less than 100 MiB while other images are edited",
  {
    ignore: isQuick(),
  },
  async () => {
    using scratch = new Scratch();
    const edits = manyEdits(scratch);
    const size = THOROUGH ? 2 ** 29 : 2 ** 27;
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
  },
);

Deno.test("a filter that hangs is killed after --timeout, with its child processes", async () => {
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
  assert.match(stderr, /^crit: pstree\.img: the filter ".*" had not finished after 1 s\n$/);
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
    { request: "inventory.img" },
    { descriptor: "pipe-read" },
    { writePipe: [...FILES["inventory.img"]!] },
    { closePipe: true },
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
  const sizes = ["pstree.img", "inventory.img"].map((name) => FILES[name]!.length);
  assert.deepEqual(await played, sizes);
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

Deno.test("the hook passes the edits on to the server in the background", async () => {
  using scratch = new Scratch();
  const edits = manyEdits(scratch);
  const expected = await expectedAfter(scratch, edits);
  const dump = scratch.directory("dump", FILES);
  Deno.chdir(scratch.path);
  const hook = await runHook(scratch, ["serve", "--hook", ...edits], "pre-stream", dump);
  Deno.chdir(ROOT);
  assert.deepEqual(hook, { code: 0, stdout: "", stderr: "" });
  const outcome = await play("restore", { socket: `${dump}/streamer-serve.sock`, names: NAMES });
  assert.deepEqual(outcome, seen(expected));
  const log = `${dump}/crit-serve.log`;
  for (let i = 0; i < 500 && Deno.readTextFileSync(log) === ""; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(Deno.readTextFileSync(log), /^crit: served \d+ images, .* [5-9] edited/);
});

Deno.test("a hook with an invalid edit makes CRIU fail at once", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", FILES);
  const args = ["serve", "--hook", "--set", "tty.img:[0].id=1"];
  const { code, stderr } = await runHook(scratch, args, "pre-stream", dump);
  assert.equal(code, 3);
  assert.match(stderr, /^crit: tty\.img: the dump has no such image\n$/);
  assert.throws(() => Deno.lstatSync(`${dump}/streamer-serve.sock`));
});

Deno.test("filters only receive complete images", async () => {
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
