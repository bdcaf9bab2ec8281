/** Batches of what is damaged, in the way or interrupted. */

import assert from "node:assert/strict";
import { Queue, shareJobs } from "../../../cli/batch/queue.ts";
import { imageToJson, jsonToImage } from "../../../mod.ts";
import { THOROUGH } from "../../dumps.ts";
import { crit, lacks, ROOT, runProgram } from "../../programs.ts";
import { Running } from "../running.ts";
import { readTree, Temporary } from "../trees.ts";

const SHELL = `${ROOT}fixtures/dumps/shloop`;
const image = (name: string) => Deno.readFileSync(`${SHELL}/${name}`);

/** A dump with three images that cannot be decoded, among others. */
function damagedDump(temporary: Temporary): string {
  const mm = image("mm-1517.img");
  return temporary.directory("dump", {
    "aaa.log": "log",
    "core-1.img": image("core-1517.img"),
    "fs-1.img": "neither fish nor flesh",
    "inventory.img": image("inventory.img"),
    "mm-1.img": mm.subarray(0, mm.length - 1),
    "pages-1.img": "pages",
    "pstree.img": "",
    "zzz/ids-1.img": image("ids-1517.img"),
    "zzz/seccomp.img": image("seccomp.img").subarray(0, 7),
  });
}

const DAMAGE = [
  /^crit: \S*fs-1\.img: it is text, not an image \(a FS image is expected\)$/,
  /^crit: \S*mm-1\.img: entry 0 at offset 8: payload is \d+ bytes, \d+ remain$/,
  /^crit: \S*pstree\.img: the file is empty$/,
  /^crit: \S*zzz\/seccomp\.img: the file ends inside its magic$/,
];

for (const threads of ["1", "3"]) {
  Deno.test(`--keep-going converts the other files and reports failures, on ${threads} threads`, async () => {
    using temporary = new Temporary();
    const args = ["decode", "-i", damagedDump(temporary), "-o", temporary.at("json"), "-k"];
    const { code, stdout, stderr } = await crit([...args, "-j", threads]);
    assert.deepEqual([code, stdout], [3, ""]);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, DAMAGE.length + 1);
    DAMAGE.forEach((line, i) => assert.match(lines[i]!, line));
    assert.equal(lines.at(-1), "crit: 4 of 9 files failed");
    assert.deepEqual(
      [...readTree(temporary.at("json")).keys()],
      ["aaa.log", "core-1.img.json", "inventory.img.json", "pages-1.img", "zzz"]
        .concat("zzz/ids-1.img.json"),
    );
  });
}

Deno.test("without --keep-going, the first failure ends the run with one line", async () => {
  using temporary = new Temporary();
  const dump = damagedDump(temporary);
  const { code, stdout, stderr } = await crit(["decode", "-i", dump, "-o", temporary.at("json")]);
  assert.deepEqual([code, stdout], [3, ""]);
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, 1);
  assert(DAMAGE.some((line) => line.test(lines[0]!)), stderr);
  const names = [...readTree(temporary.at("json")).keys()];
  assert(!names.includes("inventory.img.json") && !names.includes("aaa.log"), names.join());
});

Deno.test("invalid JSON is reported with its line, and the old image is kept", async () => {
  using temporary = new Temporary();
  const json = temporary.directory("json", {
    "fs-1.img.json": `{"magic": "FS",\n "entries": [{"cwd_id": "x"}]}`,
    "ids-1.img.json": `{"magic": "FS", "entries": []}`,
    "pstree.img.json": "",
  });
  const dump = temporary.directory("dump", { "fs-1.img": "old" });
  const { code, stderr } = await crit(["encode", "-i", json, "-o", dump, "--keep-going"]);
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^crit: \S*fs-1\.img\.json: line 2, column \d+: entry 0: cwd_id: .*\ncrit: \S*pstree\.img\.json: .*\n.*2 of 3 files failed\n$/,
  );
  assert.deepEqual([...readTree(dump).keys()], ["fs-1.img", "ids-1.img"]);
  assert.equal(Deno.readTextFileSync(`${dump}/fs-1.img`), "old");
  // Another type than the name tells is no failure.
  assert.deepEqual(
    Deno.readFileSync(`${dump}/ids-1.img`),
    jsonToImage(`{"magic": "FS", "entries": []}`),
  );
});

Deno.test("an obstacle at one output fails only that file", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "fs-1.img": image("fs-1517.img"),
    "ids-1.img": image("ids-1517.img"),
    "pages-1.img": "pages",
    "parent/inventory.img": image("inventory.img"),
  });
  const json = temporary.directory("json", {
    "fs-1.img.json/x": "",
    "pages-1.img/x": "",
  });
  const args = ["decode", "-i", dump, "-o", json];
  const first = await crit(args);
  assert.equal(first.code, 4);
  assert.match(first.stderr, /^crit: \S*\/fs-1\.img\.json: it is a directory\n$/);
  const { code, stderr } = await crit([...args, "-k"]);
  assert.equal(code, 4);
  assert.match(stderr, /fs-1\.img\.json: it is a directory\n/);
  assert.match(stderr, /pages-1\.img: it is a directory\n.*2 of 4 files failed\n$/);
  assert(readTree(json).has("ids-1.img.json"));
  assert(![...readTree(json).keys()].some((name) => name.includes(".crit-")));
});

Deno.test("temporary files of a killed crit are not touched", async () => {
  using temporary = new Temporary();
  const json = temporary.directory("json", {
    ".fs-1.img.json.crit-12": "{",
    ".fs-1.img.crit-12-1": "{",
    "fs-1.img.json": `{"magic": "FS", "entries": []}`,
  });
  const { code, stderr } = await crit(["encode", "-i", json, "-o", temporary.at("dump")]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual([...readTree(temporary.at("dump")).keys()], ["fs-1.img"]);
});

Deno.test("a link in place of a directory fails only its files", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "fs-1.img": image("fs-1517.img"),
    "inventory.img": image("inventory.img"),
    "pages-1.img": "pages",
  });
  Deno.symlinkSync("../before", `${dump}/parent`);
  const json = temporary.directory("json", { "parent/x": "" });
  const { code, stderr } = await crit(["decode", "-i", dump, "-o", json, "-k"]);
  assert.equal(code, 4);
  assert.match(stderr, /^crit: \S*\/parent: [^\n]*\n.*1 of 4 files failed\n$/);
  assert.deepEqual(
    [...readTree(json).keys()],
    ["fs-1.img.json", "inventory.img.json", "pages-1.img", "parent", "parent/x"],
  );
});

Deno.test({
  name: "pipes are not waited for",
  ignore: lacks("mkfifo"),
  async fn() {
    using temporary = new Temporary();
    const dump = temporary.directory("dump", { "fs-1.img": image("fs-1517.img") });
    await runProgram("mkfifo", [`${dump}/core-1.img`]);
    const { code, stderr } = await crit(["decode", "-i", dump, "-o", temporary.at("json")]);
    const note = "crit: core-1.img: not copied: it is not a regular file\n";
    assert.deepEqual([code, stderr], [0, note]);
  },
});

Deno.test("unknown fields are reported once per image and encoded back", async () => {
  using temporary = new Temporary();
  const odd = jsonToImage(`{"magic": "FS", "entries": [{"cwd_id": 1, "root_id": 2, "?": "+AYq"}]}`);
  const dump = temporary.directory("dump", {
    "fs-1.img": odd,
    "fs-2.img": image("fs-1517.img"),
    "below/fs-3.img": odd,
  });
  for (const threads of ["1", "2"]) {
    const args = ["decode", "-i", dump, "-o", temporary.at("json"), "-j", threads];
    const { code, stderr } = await crit(args);
    const said = (name: string) =>
      `crit: ${name}: has fields that this version does not know, kept as "?"\n`;
    assert.deepEqual([code, stderr], [0, said("below/fs-3.img") + said("fs-1.img")]);
  }
  await crit(["encode", "-i", temporary.at("json"), "-o", temporary.at("back")]);
  assert.deepEqual(readTree(temporary.at("back")), readTree(dump));
});

Deno.test("an output in the input, or one that is not a directory, is refused", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "fs-1.img": image("fs-1517.img"),
    "below/fs-1.img": image("fs-1517.img"),
  });
  Deno.symlinkSync(dump, temporary.at("link"));
  const refused = async (code: number, reason: string, ...args: string[]) => {
    const before = readTree(temporary.path);
    const ended = await crit(args);
    assert.deepEqual([ended.code, ended.stderr], [code, `crit: ${reason}\n`]);
    assert.deepEqual(readTree(temporary.path), before);
  };
  const [link, inside, file] = [temporary.at("link"), `${dump}/new/json`, `${dump}/fs-1.img`];
  const decode = ["decode", "-i", dump];
  const same = "the output directory is the same as the input";
  await refused(2, `${dump}: ${same}`, ...decode, "-o", `${dump}/`);
  await refused(2, `${link}: ${same}`, ...decode, "-o", link);
  await refused(2, `${dump}: ${same}`, "decode", "-i", link, "-o", dump);
  await refused(2, `${inside}: the output directory is inside the input`, ...decode, "-o", inside);
  await refused(4, `${file}: it is not a directory`, ...decode, "-o", file);
  const missing = "decode: the output directory is missing (name it with -o)";
  await refused(2, missing, ...decode);
  await refused(2, missing, ...decode, "-o", "-");
  await refused(2, missing, "decode", file, file);
  const out = ["-o", temporary.at("out")];
  await refused(
    2,
    `${file} and ${dump}/below/fs-1.img have the same name`,
    ...["decode", ...out, file, `${dump}/below/fs-1.img`],
  );
  const alone = "is a directory, which must be given alone";
  await refused(2, `${dump}/below ${alone}`, "decode", ...out, file, `${dump}/below`);
  await refused(2, "standard input must be given alone", "decode", ...out, file, "-");
  const nothing = "there is no JSON of an image in it";
  await refused(3, `${dump}: ${nothing}`, "encode", "-i", dump, ...out);
  await refused(
    4,
    `${dump}/none: no such file or directory`,
    "decode",
    ...out,
    file,
    `${dump}/none`,
  );
});

/** Starts crit, waits until so many files are there, and sends a signal. */
async function interrupted(
  signal: Deno.Signal,
  out: string,
  count: number,
  args: string[],
): Promise<number> {
  const running = new Running([...args, "-o", out]);
  const done = () => {
    try {
      return [...Deno.readDirSync(out)].filter(({ name }) => !name.includes(".crit-")).length;
    } catch {
      return 0;
    }
  };
  let isRunning = true;
  running.child.status.then(() => isRunning = false);
  while (isRunning && done() < count) await new Promise((resolve) => setTimeout(resolve, 5));
  assert(isRunning, "it ended by itself");
  running.child.kill(signal);
  const { code, stderr } = await running.ended();
  assert.equal(stderr, "");
  return code;
}

for (
  const [signal, expected, threads] of [
    ["SIGTERM", 143, "3"],
    ...THOROUGH ? [["SIGINT", 130, "1"], ["SIGINT", 130, "3"]] as const : [],
  ] as const
) {
  Deno.test(`${signal} leaves only complete files, with ${threads} threads`, async () => {
    using temporary = new Temporary();
    const { writePagemap } = await import("../../../tools/bench_images.ts");
    const first = `${temporary.directory("dump", { "fs-1.img": "" })}/pagemap-1.img`;
    Deno.removeSync(temporary.at("dump/fs-1.img"));
    writePagemap(first, THOROUGH ? 200_000 : 80_000);
    for (let i = 2; i <= 60; i++) Deno.linkSync(first, temporary.at(`dump/pagemap-${i}.img`));
    const json = temporary.at("json");
    const args = ["decode", "-i", temporary.at("dump"), "-j", threads];
    assert.equal(await interrupted(signal, json, 3, args), expected);
    const { size } = new Blob([imageToJson(Deno.readFileSync(first))]);
    const left = [...Deno.readDirSync(json)].map(({ name }) => name);
    assert(left.length >= 3 && left.length < 60, `${left.length} files`);
    for (const name of left) {
      assert.match(name, /^pagemap-\d+\.img\.json$/);
      assert.equal(Deno.statSync(`${json}/${name}`).size, size);
    }
  });
}

Deno.test("SIGINT while memory pages are copied leaves none of them", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "fs-1.img": image("fs-1517.img"),
    "inventory.img": image("inventory.img"),
    "pages-1.img": "",
  });
  // Nobody can copy this through before the signal comes.
  Deno.truncateSync(`${dump}/pages-1.img`, 2 ** 40);
  const json = temporary.at("json");
  assert.equal(await interrupted("SIGINT", json, 1, ["decode", "-i", dump]), 130);
  assert.deepEqual([...readTree(json).keys()], ["fs-1.img.json"]);
});

Deno.test("jobs of a dead thread are found", () => {
  const queue = new Queue(shareJobs(4));
  const other = new Queue(queue.shared);
  assert.deepEqual([queue.take(), other.take(), queue.take()], [0, 1, 2]);
  queue.finish(0);
  assert.deepEqual(queue.lost, [1, 2]);
  queue.finish(2);
  assert.deepEqual([other.take(), queue.take(), other.take()], [3, undefined, undefined]);
  assert.deepEqual(queue.lost, [1, 3]);
  other.stop();
  assert(queue.isStopped);
});

Deno.test({
  name: "a truncated archive is decoded up to its end, with an error",
  ignore: lacks("tar"),
  async fn() {
    using temporary = new Temporary();
    const archive = temporary.at("cut.tar");
    const dump = `${ROOT}fixtures/dumps/shloop`;
    await runProgram("tar", [
      "-cf",
      archive,
      "-C",
      dump,
      "core-1517.img",
      "files.img",
      "mm-1517.img",
    ]);
    Deno.truncateSync(archive, Deno.statSync(`${dump}/core-1517.img`).size + 1536);
    const out = temporary.at("out");
    const { code, stderr } = await crit(["decode", "-i", archive, "-o", out, "-k"]);
    assert.equal(code, 3);
    assert.ok(stderr.includes(`crit: ${archive}: offset `), stderr);
    assert.ok(readTree(out).has("core-1517.img.json"));
  },
});
