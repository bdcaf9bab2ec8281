/** `crit edit`: one image, dumps in place and copied, and what is refused. */

import assert from "node:assert/strict";
import { decodeObjects } from "../../../../images/image/objects.ts";
import { type Entry, imageToJson } from "../../../../mod.ts";
import { THOROUGH } from "../../../dumps.ts";
import { CRIT, crit, ROOT, runProgram } from "../../../programs.ts";
import { readDirectory, Scratch } from "../../../scratch.ts";
import { Running } from "../../running.ts";

const IMAGES = `${ROOT}fixtures/images`;
const DUMP = `${ROOT}fixtures/dumps/shloop`;

const entriesOf = (path: string): Entry[] =>
  decodeObjects(Deno.readFileSync(path), { name: path.split("/").at(-1)! }).entries;

/** A copy of the small dump that tests may change. */
function dumpIn(scratch: Scratch, name = "dump"): string {
  return scratch.directory(name, readDirectory(DUMP));
}

const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();

Deno.test("an image goes to standard output or a file, and the number of edits is reported", async () => {
  using scratch = new Scratch();
  const image = `${IMAGES}/pstree.img`;
  const out = `${scratch.path}/out.img`;
  const edits = ["--set", "[0].sid=0x7", "--delete", "[0].threads[-1]"];
  const ended = await crit(["edit", image, "-o", out, ...edits]);
  assert.deepEqual(ended, { code: 0, stdout: "", stderr: "crit: 2 edits in 1 image\n" });
  const [entry] = entriesOf(out);
  assert.deepEqual([entry!.sid, entry!.threads], [7, [2496, 2529, 2530, 2531]]);
  const [program, ...words] = CRIT;
  const piped = await new Deno.Command(program, {
    args: [...words, "edit", image, ...edits],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.deepEqual(piped.stdout, Deno.readFileSync(out));
  const child = new Deno.Command(program, {
    args: [...words, "edit", "-", ...edits],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(Deno.readFileSync(image));
  await writer.close();
  assert.deepEqual((await child.output()).stdout, Deno.readFileSync(out));
});

Deno.test("sets and deletes are done in the order in which they are given", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out.img`;
  const image = `${IMAGES}/pstree.img`;
  const del = ["--delete", "[0].threads"];
  const set = ["--set", "[0].threads=[5]"];
  assert.equal((await crit(["edit", image, "-o", out, ...del, ...set])).code, 0);
  assert.deepEqual(entriesOf(out)[0]!.threads, [5]);
  assert.equal((await crit(["edit", image, "-o", out, ...set, ...del])).code, 0);
  assert.equal(entriesOf(out)[0]!.threads, undefined);
});

Deno.test("an image is replaced only if it changes, and keeps its permissions", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/pstree.img`;
  Deno.copyFileSync(`${IMAGES}/pstree.img`, path);
  Deno.chmodSync(path, 0o640);
  const before = Deno.statSync(path);
  const same = await crit(["edit", path, "--in-place", "--set", "pstree.img:[0].sid=2496"]);
  assert.deepEqual(same, { code: 0, stdout: "", stderr: "crit: 1 edit in 0 images\n" });
  assert.equal(Deno.statSync(path).ino, before.ino);
  const args = ["edit", path, "--in-place", "--json", "--set", "[0].sid=1"];
  assert.deepEqual(await crit(args), { code: 0, stdout: '{"edits":1,"images":1}\n', stderr: "" });
  const after = Deno.statSync(path);
  assert.notEqual(after.ino, before.ino);
  assert.equal(after.mode! & 0o777, 0o640);
  assert.equal(entriesOf(path)[0]!.sid, 1);
  assert.deepEqual(names(scratch.path), ["pstree.img"]);
});

Deno.test("editing a dump in place replaces all edited images or none", async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch);
  const before = readDirectory(dump);
  const good = ["--set", "core-*.img:[0].tc.comm=worker"];
  const failing = [...good, "--set", "pstree.img:[0].nowhere=1"];
  const failed = await crit(["edit", dump, "--in-place", ...failing]);
  assert.equal(failed.code, 3);
  assert.match(
    failed.stderr,
    /^crit: \S*pstree\.img: pstree\.img:\[0\]\.nowhere=1 matches nothing: .*\n$/,
  );
  assert.deepEqual(readDirectory(dump), before);
  assert.deepEqual(names(dump), names(DUMP));
  const { code, stderr } = await crit(["edit", dump, "--in-place", ...good]);
  assert.deepEqual([code, stderr], [0, "crit: 2 edits in 2 images\n"]);
  for (const [name, bytes] of Object.entries(readDirectory(dump))) {
    if (!name.startsWith("core-")) assert.deepEqual(bytes, before[name]);
    else assert.equal((entriesOf(`${dump}/${name}`)[0]!.tc as Entry).comm, "worker");
  }
  assert.deepEqual(names(dump), names(DUMP));
});

Deno.test("a dump may have more images than files that can be open", async () => {
  using scratch = new Scratch();
  const core = Deno.readFileSync(`${DUMP}/core-1517.img`);
  const images = Array.from({ length: 120 }, (_, i) => [`core-${i}.img`, core]);
  const dump = scratch.directory("dump", Object.fromEntries(images));
  const [program, ...words] = CRIT;
  const args = ["edit", dump, "--in-place", "--set", "core-*.img:[0].tc.comm=worker"];
  const shell = 'ulimit -n 60 && exec "$@"';
  const ended = await runProgram("sh", ["-c", shell, "sh", program, ...words, ...args]);
  assert.deepEqual(ended, { code: 0, stdout: "", stderr: "crit: 120 edits in 120 images\n" });
  assert.equal(names(dump).length, 120);
  assert.equal((entriesOf(`${dump}/core-119.img`)[0]!.tc as Entry).comm, "worker");
});

Deno.test("a copied dump is complete, links unchanged files, and keeps its parent", async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch, "checkpoints/2");
  scratch.directory("checkpoints/1", readDirectory(DUMP));
  scratch.directory("checkpoints/2/sub", { "note.txt": Uint8Array.of(1) });
  Deno.writeTextFileSync(`${dump}/dump.log`, "log");
  Deno.symlinkSync("../1", `${dump}/parent`);
  Deno.symlinkSync("pages-1.img", `${dump}/pages-9.img`);
  Deno.chmodSync(`${dump}/core-1517.img`, 0o600);
  const edits = ["--set", "core-1517.img:[0].tc.comm=worker"];
  const out = `${scratch.path}/elsewhere`;
  assert.deepEqual(await crit(["edit", dump, "-o", out, ...edits]), {
    code: 0,
    stdout: "",
    stderr: "crit: 1 edit in 1 image\n",
  });
  assert.deepEqual(names(out), names(dump));
  assert.equal(Deno.readLinkSync(`${out}/parent`), "../checkpoints/1");
  assert.equal(Deno.statSync(`${out}/core-1517.img`).mode! & 0o777, 0o600);
  assert.ok(Deno.lstatSync(`${out}/pages-9.img`).isFile);
  assert.deepEqual(names(`${out}/sub`), ["note.txt"]);
  for (const name of names(DUMP)) {
    const [old, now] = [`${dump}/${name}`, `${out}/${name}`].map((path) => Deno.statSync(path));
    assert.equal(old!.ino === now!.ino, name !== "core-1517.img", name);
  }
  assert.equal((entriesOf(`${out}/core-1517.img`)[0]!.tc as Entry).comm, "worker");
  assert.notEqual((entriesOf(`${dump}/core-1517.img`)[0]!.tc as Entry).comm, "worker");
  const beside = `${scratch.path}/checkpoints/3`;
  Deno.mkdirSync(beside);
  assert.equal((await crit(["edit", dump, "-o", `${beside}/`, "--copy", ...edits])).code, 0);
  assert.equal(Deno.readLinkSync(`${beside}/parent`), "../1");
  assert.notEqual(Deno.statSync(`${beside}/files.img`).ino, Deno.statSync(`${dump}/files.img`).ino);
  assert.deepEqual(readDirectory(beside), readDirectory(out));
});

Deno.test("a copy keeps the holes of the dump", async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch);
  const size = 32 << 20;
  using pages = Deno.openSync(`${dump}/pages-1.img`, { write: true });
  pages.truncateSync(size);
  Deno.chmodSync(`${dump}/pages-1.img`, 0o666);
  const out = `${scratch.path}/out`;
  const edits = ["--set", "core-1517.img:[0].tc.comm=x"];
  assert.equal((await crit(["edit", dump, "-o", out, "--copy", ...edits])).code, 0);
  const copy = Deno.statSync(`${out}/pages-1.img`);
  assert.equal(copy.size, size);
  assert.equal(copy.mode! & 0o777, 0o666);
  assert(copy.blocks! * 512 < size / 4, `${copy.blocks} blocks`);
  assert.deepEqual(
    Deno.readFileSync(`${out}/pages-1.img`),
    Deno.readFileSync(`${dump}/pages-1.img`),
  );
});

Deno.test("a failed copy leaves no output, and existing paths are refused", async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch);
  const out = `${scratch.path}/out`;
  const failed = await crit(["edit", dump, "-o", out, "--set", "core-*.img:[7].tc.comm=x"]);
  assert.equal(failed.code, 3);
  assert.match(
    failed.stderr,
    /^crit: \S*core-\*\.img:\[7\].* matches nothing: there is no \[7\]: it has 1 entry\n$/,
  );
  assert.deepEqual(names(scratch.path), ["dump"]);
  const edits = ["--set", "core-*.img:[0].tc.comm=x"];
  for (const taken of [dump, `${dump}/files.img`]) {
    const { code, stderr } = await crit(["edit", dump, "-o", taken, ...edits]);
    assert.equal(code, 4);
    assert.match(stderr, /(it exists already|the directory is not empty) \(OUT must be new\)\n$/);
  }
  const nowhere = await crit(["edit", dump, "-o", `${scratch.path}/a/b`, ...edits]);
  assert.equal(nowhere.code, 4);
  assert.match(nowhere.stderr, /there is no directory .*\/a\n$/);
});

Deno.test("an impossible edit is one line with its exit code", async () => {
  using scratch = new Scratch();
  const image = `${IMAGES}/files.img`;
  const dump = dumpIn(scratch);
  const cut = `${scratch.path}/files.img`;
  Deno.writeFileSync(cut, Deno.readFileSync(image).subarray(0, 500));
  const set = ["--set", "[0].id=1"];
  const empty = scratch.directory("empty");
  const lines: Array<[args: string[], code: number, stderr: RegExp]> = [
    [["edit"], 2, /IN is missing/],
    [["edit", image], 2, /edit: there is nothing to do \(give --set/],
    [
      ["edit", dump, "--set", "files.img:[0].id=1"],
      2,
      /dump is a dump.*\(--out DIR or --in-place\)$/,
    ],
    [
      ["edit", dump, "--in-place", ...set],
      2,
      /names no image of the dump.*core-\*\.img:\[0\]\.id=1\)$/,
    ],
    [["edit", image, "--in-place", "-o", "x", ...set], 2, /exclude each other/],
    [["edit", "-", "--in-place", ...set], 2, /standard input has no place/],
    [["edit", image, "--json", ...set], 2, /--json needs/],
    [["edit", image, "--set", "id=1"], 2, /does not say which entry/],
    [["edit", image, "--set", "[0].id"], 2, /expected "=" where it ends/],
    [["edit", image, "--filter", " "], 2, /there is no command/],
    [["edit", image, "--transform", "nosuch.js"], 2, /nosuch\.js: cannot be loaded/],
    [["edit", image, "--set", "[0].idd=1"], 3, /no field idd \(did you mean id\?\)/],
    [["edit", image, "--set", "[0].id=abc"], 3, /entry 0 at offset 8: id: "abc" is not a number/],
    [
      ["edit", image, "--set", "fdinfo.img:[0].id=1"],
      3,
      /fdinfo\.img:\[0\]\.id=1 matches no image/,
    ],
    [["edit", cut, ...set], 3, /entry \d+ at offset \d+: payload is \d+ bytes, \d+ remain/],
    [["edit", `${dump}/pages-1.img`, ...set], 3, /a raw image without entries/],
    [["edit", empty, "--in-place", "--set", "files.img:[0].id=1"], 3, /matches no image/],
    [["edit", `${empty}/none`, ...set], 4, /none: no such file or directory/],
  ];
  const ended = await Promise.all(lines.map(([args]) => crit(args)));
  for (const [i, [args, code, stderr]] of lines.entries()) {
    assert.match(ended[i]!.stderr.trimEnd(), stderr, args.join(" "));
    assert.match(ended[i]!.stderr, /^crit: [^\n]*\n$/);
    assert.equal(ended[i]!.code, code, args.join(" "));
  }
  assert.deepEqual(readDirectory(dump), readDirectory(DUMP));
});

Deno.test("[-1] is refused on standard input, which cannot be read twice", async () => {
  const [program, ...words] = CRIT;
  const shell = `"$@" edit - --set '[-1].id=5' <"$0" 2>/dev/null`;
  const args = ["-c", shell, `${IMAGES}/files.img`, program, ...words];
  const { stdout } = await new Deno.Command("sh", { args }).output();
  assert.equal(decodeObjects(stdout).entries.at(-1)!.id, 5);
});

Deno.test("a ghost file of hundreds of MiB is edited in less than 120 MiB of memory", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/ghost-file-1.img`;
  const fixture = Deno.readFileSync(`${IMAGES}/ghost-file-1.img`);
  Deno.writeFileSync(path, fixture);
  const size = THOROUGH ? 2 ** 29 : 3 * 2 ** 26;
  Deno.truncateSync(path, size);
  const running = new Running(["edit", path, "--in-place", "--set", "[0].uid=77"]);
  const { code, stderr } = await running.watch(running.ended());
  assert.deepEqual([code, stderr], [0, "crit: 1 edit in 1 image\n"]);
  assert.ok(running.peak > 10 && running.peak < 120, `${running.peak} MiB`);
  using file = Deno.openSync(path);
  const head = new Uint8Array(fixture.length + 100);
  file.readSync(head);
  assert.match(imageToJson(head, { name: "ghost-file-1.img" }), /"uid": 77/);
  assert.ok(Math.abs(Deno.statSync(path).size - size) < 10);
});

Deno.test("edit works without permission to run programs", async () => {
  const permissions = ["--allow-read", "--allow-env", "--no-prompt"];
  const image = `${IMAGES}/pstree.img`;
  const allowed = await crit(["edit", image, "--set", "[0].sid=1"], { permissions });
  assert.equal(allowed.code, 0);
  const denied = await crit(["edit", image, "--filter", "cat"], { permissions });
  assert.equal(denied.code, 4);
  assert.match(denied.stderr, /^crit: Deno does not allow .*--allow-run\n$/);
});

Deno.test("the same patterns select images for sets, deletes, filters and transforms", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", {
    ...readDirectory(DUMP),
    "fs-3.img": Deno.readFileSync(`${DUMP}/fs-1517.img`),
  });
  const script = `${scratch.path}/root.js`;
  Deno.writeTextFileSync(script, "export default (image) => { image.entries[0].root_id = 7; };");
  const changed = (out: string) =>
    [...Deno.readDirSync(out)].map(({ name }) => name)
      .filter((name) =>
        Deno.readTextFileSync(`${out}/${name}`) !== Deno.readTextFileSync(`${dump}/${name}`)
      )
      .sort();
  const patterns: Array<[pattern: string, images: string[]]> = [
    ["fs-{3,1520}.img", ["fs-1520.img", "fs-3.img"]],
    ["fs-[0-9].img", ["fs-3.img"]],
    ["[f]s-1[!6]*.img", ["fs-1517.img", "fs-1520.img"]],
    ["fs-?517.img", ["fs-1517.img"]],
  ];
  for (const [pattern, images] of patterns) {
    const edits = [
      ["--set", `${pattern}:[0].root_id=7`],
      ["--delete", `${pattern}:[0].umask`],
      ["--filter", `${pattern}=sed 's/"root_id": [0-9]*/"root_id": 7/'`],
      ["--transform", `${pattern}=${script}`],
    ];
    for (const [i, words] of edits.entries()) {
      const out = `${scratch.path}/${i}`;
      const { code, stderr } = await crit(["edit", dump, "-o", out, ...words]);
      assert.deepEqual([code, changed(out)], [0, images], `${words}: ${stderr}`);
      Deno.removeSync(out, { recursive: true });
    }
  }
  const json = `${scratch.path}/json`;
  await crit([
    "decode",
    "-i",
    dump,
    "-o",
    json,
    "--match",
    "fs-{3,1520}.img",
    "--match",
    "[f]s-1[!6]*7.img",
  ]);
  assert.deepEqual(names(json), ["fs-1517.img.json", "fs-1520.img.json", "fs-3.img.json"]);
});
