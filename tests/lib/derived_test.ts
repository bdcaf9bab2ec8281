/** Dumps that are made from others: edited, converted, flattened, and written. */

import assert from "node:assert/strict";
import { convertDump, lossesOf } from "../../lib/convert.ts";
import {
  type DerivedDump,
  dumpsBelow,
  openDump,
  replaceImages,
  writeDump,
} from "../../lib/dump.ts";
import { editDump, editImage, valuesIn } from "../../lib/edit.ts";
import { flattenDump } from "../../lib/flatten.ts";
import { checkDump } from "../../lib/check.ts";
import { serveDump } from "../../lib/stream.ts";
import { assertSameTrees, Temporary } from "../cli/trees.ts";
import { DumpCopy, isDirectory, SHARED } from "../dumps.ts";
import { crit, isWithout, lacks, ROOT, runProgram } from "../programs.ts";
import { play } from "../play.ts";
import { readDirectory, Scratch, seen } from "../scratch.ts";

const DUMPS = `${ROOT}fixtures/dumps`;
const SHLOOP = `${DUMPS}/shloop`;
const CHAIN = `${DUMPS}/incremental/3-dump`;

/** Runs crit, which must be content. */
async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Writes a dump and compares it with what a command writes. */
async function assertWritten(dump: DerivedDump, at: Temporary, command: string[]): Promise<void> {
  await writeDump(dump, at.at("library"));
  await ok(...command);
  assertSameTrees(at.at("library"), at.at("command"));
  for (const name of ["library", "command"]) Deno.removeSync(at.at(name), { recursive: true });
}

Deno.test("an edited dump matches what crit edit writes, and can be edited again", async () => {
  using at = new Temporary();
  using dump = await openDump(SHLOOP);
  const set = ["core-1517.img:[0].tc.comm=one", "files.img:[reg.name~**].reg.flags=0"];
  const command = set.flatMap((text) => ["--set", text]);
  using edited = await editDump(dump, { set });
  assert.deepEqual([...edited.changed.keys()].sort(), ["core-1517.img", "files.img"]);
  assert.equal(edited.task(1517)?.comm, "one");
  assert.equal(dump.task(1517)?.comm, "sh");
  await assertWritten(edited, at, ["edit", SHLOOP, "-o", at.at("command"), ...command]);
  using again = await editDump(edited, { set: ["core-1517.img:[0].tc.comm=two"] });
  assert.deepEqual([...again.changed.keys()], ["core-1517.img"]);
  await writeDump(again, at.at("again"));
  using written = await openDump(at.at("again"));
  assert.equal(written.task(1517)?.comm, "two");
  assert.equal(written.files.get("REG", 1)?.reg?.flags, again.files.get("REG", 1)?.reg?.flags);
});

Deno.test("process ids, memory and environment are edited as by crit edit", async () => {
  using at = new Temporary();
  using dump = await openDump(SHLOOP);
  const { start } = dump.tasks[0]!.memory.areas.find(({ flags }) => Number(flags) & 0x100)!;
  using moved = await editDump(dump, { pids: new Map([[1517, 7]]), pidOffset: 100 });
  assert.deepEqual(moved.tasks.map(({ pid }) => pid), [7, 1620]);
  assert.equal(moved.has("core-1517.img"), false);
  const pids = ["--pid", "1517=7", "--pid-offset", "100"];
  await assertWritten(moved, at, ["edit", SHLOOP, "-o", at.at("command"), ...pids]);
  const bytes = new TextEncoder().encode("written");
  using written = await editDump(dump, {
    memory: [{ pid: 1517, address: start, bytes }],
    environment: [{ pid: 1520, name: "PATH", value: "/short" }],
  });
  const found = new Uint8Array(bytes.length);
  assert.equal(written.task(1517)!.memory.read(start, found), bytes.length);
  assert.deepEqual(found, bytes);
  const writes = ["--write", `1517:0x${start.toString(16)}="written"`, "--env", "1520:PATH=/short"];
  await assertWritten(written, at, ["edit", SHLOOP, "-o", at.at("command"), ...writes]);
});

const SHARING = `${SHARED}chains/chain/3`;

Deno.test({
  name: "other tasks that see written memory are reported",
  ignore: isWithout("../shared", isDirectory(SHARING)),
  async fn() {
    using dump = await openDump(SHARING);
    const notes: string[] = [];
    const bytes = new TextEncoder().encode("written");
    using written = await editDump(dump, {
      memory: [0x2100_0000_1000n, 0x2000_0000_0000n]
        .map((address) => ({ pid: 1119, address, bytes })),
      onNote: (note) => notes.push(note),
    });
    assert.deepEqual(notes, ["0x210000001000 of task 1119 is shared: task 1122 sees it, too"]);
    const found = new Uint8Array(bytes.length);
    written.task(1122)!.memory.read(0x2100_0000_1000n, found);
    assert.deepEqual(found, bytes);
  },
});

Deno.test("transforms see images by their type, and errors have the image's name", async () => {
  using dump = await openDump(SHLOOP);
  const seen: string[] = [];
  using edited = await editDump(dump, {
    transform: {
      "core-*.img": (image, name) => {
        if (image.type !== "CORE") return;
        seen.push(name);
        for (const { tc } of image.entries) if (tc !== undefined) tc.comm = name.slice(0, 15);
      },
    },
  });
  assert.deepEqual(seen, ["core-1517.img", "core-1520.img"]);
  assert.deepEqual(edited.tasks.map(({ comm }) => comm), ["core-1517.img", "core-1520.img"]);
  const refused = async (edits: Parameters<typeof editDump>[1], message: RegExp) =>
    await assert.rejects(editDump(dump, edits), { name: "CritError", message });
  await refused({ set: ["[0].tc.comm=x"] }, /names no image of the dump/);
  await refused({ set: ["core-1.img:[0].tc.comm=x"] }, /matches no image/);
  await refused({ set: ["core-1517.img:[0].tc.kom=x"] }, /has no field kom/);
  const fails = () => {
    throw new Error("no");
  };
  await refused({ transform: { "fs-1517.img": fails } }, /^fs-1517\.img: .*failed: Error: no/);
  const image = Deno.readFileSync(`${SHLOOP}/pstree.img`);
  assert.equal(await editImage(image, { set: ["[0].ppid=0"] }), image);
  assert.notDeepEqual(await editImage(image, { set: ["[0].ppid=1"] }), image);
});

Deno.test("valuesIn matches crit get", async () => {
  using dump = await openDump(SHLOOP);
  for (const path of ["core-*.img:[0].tc.comm", "mm-*.img:[-1].vmas[-1].start"]) {
    const values = await Array.fromAsync(valuesIn(dump, path));
    const text = await ok("get", SHLOOP, path);
    assert.equal(values.map(({ json }) => `${json}\n`).join(""), text);
    assert.equal(values.length, 2);
  }
});

Deno.test("a converted dump matches what crit convert writes, with refused and accepted losses", async () => {
  using at = new Temporary();
  using dump = await openDump(SHLOOP);
  for (const to of ["3.17.1", "4.2", "1.0"]) {
    const drop = lossesOf(dump, to).map(({ name }) => name);
    using converted = convertDump(dump, to, { drop });
    const command = ["convert", SHLOOP, at.at("command"), "--to", to];
    await assertWritten(converted, at, [...command, ...drop.flatMap((name) => ["--drop", name])]);
  }
  using pyapp = await openDump(`${DUMPS}/pyapp`);
  const [loss] = lossesOf(pyapp, "1.3");
  assert.equal(loss?.isAccepted, false);
  assert.throws(() => convertDump(pyapp, "1.3"), { name: "CritError", message: /would be lost/ });
  assert.throws(() => convertDump(pyapp, "0.9"), { name: "CritError" });
});

Deno.test("a flattened chain matches what crit flatten writes", async () => {
  using at = new Temporary();
  using dump = await openDump(CHAIN);
  {
    using flat = flattenDump(dump);
    assert.equal(flat.parent, undefined);
    await assertWritten(flat, at, ["flatten", CHAIN, "-o", at.at("command")]);
  }
  using edited = await editDump(dump, { set: ["pstree.img:[0].ppid=0"] });
  Deno.mkdirSync(at.at("below"));
  await writeDump(edited, at.at("below/edited"));
  const real = Deno.realPathSync(at.at("below/edited/parent"));
  assert.equal(real, Deno.realPathSync(`${DUMPS}/incremental/2-predump`));
  using written = await openDump(at.at("below/edited"));
  const { counts } = checkDump(written);
  assert.equal(counts.error, 0);
  await assert.rejects(writeDump(edited, at.at("below/edited")), {
    message: /the directory is not empty/,
  });
  assert.deepEqual([...Deno.readDirSync(at.at("below"))].map(({ name }) => name), ["edited"]);
});

Deno.test("replaceImages replaces all images or none, with their permissions", async () => {
  using copy = new DumpCopy(SHLOOP);
  const before = readDirectory(copy.path);
  Deno.chmodSync(`${copy.path}/core-1517.img`, 0o640);
  {
    using dump = await openDump(copy.path);
    using edited = await editDump(dump, { set: ["core-*.img:[0].tc.comm=new"] });
    await replaceImages(edited);
  }
  const after = readDirectory(copy.path);
  const changed = Object.keys(after).filter((name) => !equal(after[name]!, before[name]!));
  assert.deepEqual(changed, ["core-1517.img", "core-1520.img"]);
  assert.deepEqual(Object.keys(after), Object.keys(before));
  assert.equal(Deno.statSync(`${copy.path}/core-1517.img`).mode! & 0o777, 0o640);

  Deno.renameSync(`${copy.path}/core-1520.img`, `${copy.path}/elsewhere`);
  Deno.symlinkSync("elsewhere", `${copy.path}/core-1520.img`);
  using dump = await openDump(copy.path);
  using edited = await editDump(dump, { set: ["core-*.img:[0].tc.comm=newer"] });
  await assert.rejects(replaceImages(edited), { message: /core-1520\.img: it is a symbolic link/ });
  assert.deepEqual(readDirectory(copy.path)["core-1517.img"], after["core-1517.img"]);
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

Deno.test({
  name: "dumps are found below a directory, in archives as well, and written from there",
  ignore: lacks("tar"),
  async fn() {
    using at = new Temporary();
    Deno.mkdirSync(at.at("a/b"), { recursive: true });
    using dump = await openDump(SHLOOP);
    await writeDump(dump, at.at("a/b/dump"));
    assertSameTrees(at.at("a/b/dump"), SHLOOP);
    await runProgram("tar", ["-czf", at.at("a/dump.tar.gz"), "-C", CHAIN, "."]);
    Deno.writeTextFileSync(at.at("a/note"), "not a dump");
    // A directory stands for the only dump in it.
    assert.deepEqual([...dumpsBelow(at.path)], [at.at("a/b"), at.at("a/dump.tar.gz")]);
    assert.deepEqual([...dumpsBelow(SHLOOP)], [SHLOOP]);
    // A dump beside directories with others does not hide them; a chain is one dump.
    await writeDump(dump, at.at("top"));
    const all = [at.at("a/b"), at.at("a/dump.tar.gz"), at.at("top")];
    assert.deepEqual([...dumpsBelow(at.path)], all);
    assert.deepEqual([...dumpsBelow(`${DUMPS}/incremental`)], [`${DUMPS}/incremental`]);
    assert(![...dumpsBelow(DUMPS)].includes(`${DUMPS}/incremental/2-predump`));
    assert([...dumpsBelow(DUMPS)].length > 10);
    using archived = await openDump(at.at("a/dump.tar.gz"));
    using edited = await editDump(archived, { set: ["pstree.img:[0].ppid=0"] });
    await assert.rejects(replaceImages(edited), { message: /in a directory only/ });
  },
});

Deno.test("a derived dump can be served", async () => {
  using scratch = new Scratch();
  using dump = await openDump(SHLOOP);
  using edited = await editDump(dump, { set: ["core-1517.img:[0].tc.comm=served"] });
  const path = `${scratch.path}/written`;
  await writeDump(edited, path);
  const files = readDirectory(path);
  const socket = `${scratch.path}/streamer-serve.sock`;
  const names = [...Object.keys(files).filter((name) => name !== "inventory.img"), "inventory.img"];
  let outcome: Promise<unknown> | undefined;
  const summary = await serveDump(edited, {
    socketDirectory: scratch.path,
    onListening: () => outcome = play("restore", { socket, names }),
  });
  assert.equal(summary.files, names.length);
  assert.deepEqual(await outcome, seen(files));
});
