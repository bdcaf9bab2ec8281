/** Whole dumps to JSON and back. */

import assert from "node:assert/strict";
import { imageToJson, typeByFileName } from "../../../mod.ts";
import { isNotSwept, SHARED, THOROUGH } from "../../dumps.ts";
import { CRIT, crit, isWithout, lacks, ROOT, runProgram } from "../../programs.ts";
import { Running } from "../running.ts";
import { assertSameTrees, randomBytes, readTree, Temporary } from "../trees.ts";

const DUMPS = `${ROOT}fixtures/dumps`;
const SHELL = `${DUMPS}/shloop`;

const read = (path: string) => Deno.readFileSync(path);
const text = (bytes: Uint8Array | string | undefined) =>
  typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
const image = (name: string) => read(`${SHELL}/${name}`);

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Runs crit, which must be content and silent. */
async function quietly(...args: string[]): Promise<void> {
  assert.deepEqual(await crit(args), { code: 0, stdout: "", stderr: "" }, args.join(" "));
}

const FORMS = [["--pretty"], ["-f", "nice", "-j", "2"], [], ["-j", "2"]];

/** Every form of JSON comes back as the same dump. */
async function roundTrips(dumps: string, forms: readonly string[][]): Promise<void> {
  for (const [i, options] of forms.entries()) {
    using temporary = new Temporary();
    const [json, back] = [temporary.at("json"), temporary.at("back")];
    await quietly("decode", "-i", dumps, "-o", json, ...options);
    await quietly("encode", "-i", json, "-o", back, "-j", `${1 + i % 2}`);
    assertSameTrees(back, dumps);
  }
}

Deno.test("every fixture dump is decoded and encoded to the same bytes, in every form of JSON", async () => {
  const [first, ...others] = FORMS;
  await roundTrips(DUMPS, THOROUGH ? FORMS : [first!]);
  // One dump has every form of numbers, texts and bytes.
  if (!THOROUGH) await roundTrips(`${DUMPS}/pyapp`, others);
});

Deno.test({
  name: "every shared dump is decoded and encoded to the same bytes, including links",
  ignore: isNotSwept(),
  fn: () => roundTrips(`${SHARED}dumps`, [["--pretty"], ["-f", "nice", "-j", "2"]]),
});

Deno.test({
  name: "the JSON of whole dumps matches CRIU's tool",
  ignore: isNotSwept(),
  async fn() {
    for (const [options, ending] of [[[], ""], [["--pretty"], ".pretty"]] as const) {
      using temporary = new Temporary();
      const json = temporary.at("json");
      await quietly("decode", "-i", `${SHARED}dumps`, "-o", json, ...options);
      let compared = 0;
      for (const [place, what] of readTree(json)) {
        const golden = `${SHARED}golden/${place.slice(0, -".json".length)}${ending}.json`;
        if (!place.endsWith(".json") || !isThere(golden)) continue;
        assert.equal(text(what), Deno.readTextFileSync(golden).trimEnd(), place);
        compared++;
      }
      assert(compared > 700, `${compared} files`);
    }
  },
});

Deno.test("each image becomes the JSON that decode prints for it, and other files are copied", async () => {
  using temporary = new Temporary();
  const json = temporary.at("json");
  await quietly("decode", "-i", SHELL, "-o", json);
  for (const [place, what] of readTree(SHELL)) {
    const type = typeByFileName(place);
    if (type?.entry === undefined) assert.deepEqual(read(`${json}/${place}`), what, place);
    else {
      const expected = imageToJson(what as Uint8Array, { name: place });
      assert.equal(text(read(`${json}/${place}.json`)), expected, place);
    }
  }
  assert.equal(readTree(json).size, readTree(SHELL).size);
});

Deno.test("links to dumps are kept, links to files are followed, and subdirectories are decoded", async () => {
  using temporary = new Temporary();
  const dumps = temporary.directory("dumps", {
    "1/inventory.img": image("inventory.img"),
    "1/pages-1.img": "pages",
    "2/inventory.img": image("inventory.img"),
    "2/empty/keep": "",
    "store/fs": image("fs-1517.img"),
  });
  Deno.symlinkSync("../1", `${dumps}/2/parent`);
  Deno.symlinkSync("../store/fs", `${dumps}/2/fs-1.img`);
  Deno.symlinkSync("nowhere/at/all", `${dumps}/1/parent`);
  Deno.mkdirSync(`${dumps}/2/nothing`);
  const [json, back] = [temporary.at("elsewhere/json"), temporary.at("back")];
  await quietly("decode", "-i", dumps, "-o", json);
  assert.equal(Deno.readLinkSync(`${json}/2/parent`), "../1");
  assert.deepEqual(
    [...readTree(json).keys()].filter((place) => place.startsWith("2")),
    ["2", "2/empty", "2/empty/keep", "2/fs-1.img.json", "2/inventory.img.json", "2/nothing"]
      .concat("2/parent"),
  );
  await quietly("encode", "-i", json, "-o", back);
  const [expected, actual] = [readTree(dumps), readTree(back)];
  expected.set("2/fs-1.img", image("fs-1517.img"));
  assert.deepEqual(actual, expected);
});

Deno.test("files of unknown type are copied in both directions, including JSON files", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "inventory.img": image("inventory.img"),
    "renamed.img": image("fs-1517.img"),
    "newer-1.img": Uint8Array.of(0x19, 0x43, 0x56, 0x54, 1, 2, 3, 4, 0, 0, 0, 0),
    "tiny.img": "x",
    "dump.log": "(00.1) Dumping",
    "config.json": "{",
    "notes.txt.json": `{"magic": "FS", "entries": []}`,
    "core-1.img.old": image("core-1517.img"),
  });
  const [json, back] = [temporary.at("json"), temporary.at("back")];
  await quietly("decode", "-i", dump, "-o", json);
  const decoded = [...readTree(json).keys()].filter((name) => name.endsWith(".img.json"));
  assert.deepEqual(decoded, ["inventory.img.json", "renamed.img.json"]);
  await quietly("encode", "-i", json, "-o", back);
  assertSameTrees(back, dump);
});

Deno.test("the image version comes from the inventory, unless an option sets it", async () => {
  using temporary = new Temporary();
  const json = temporary.directory("json", {
    "inventory.img.json": `{"magic": "INVENTORY", "entries": [{"img_version": 1}]}`,
    "fs-1.img.json": imageToJson(image("fs-1517.img")),
    "below/fs-1.img.json": imageToJson(image("fs-1517.img")),
  });
  const newer = image("fs-1517.img");
  const older = newer.subarray(4);
  const encoded = async (...options: string[]) => {
    const out = temporary.at(`out${options.join("")}`);
    await quietly("encode", "-i", json, "-o", out, ...options);
    return [read(`${out}/fs-1.img`), read(`${out}/below/fs-1.img`)];
  };
  assert.deepEqual(await encoded(), [older, newer]);
  assert.deepEqual(await encoded("--image-version", "1.1"), [newer, newer]);
  assert.deepEqual(await encoded("--image-version", "1.0"), [older, older]);
});

Deno.test("several files, or one file and an existing directory, are written into the directory", async () => {
  using temporary = new Temporary();
  const [json, back] = [temporary.at("json"), temporary.at("back")];
  const names = ["fs-1517.img", "pages-1.img", "stats-dump"];
  await quietly("decode", "-o", json, ...names.map((name) => `${SHELL}/${name}`));
  assert.deepEqual(
    [...readTree(json).keys()],
    ["fs-1517.img.json", "pages-1.img", "stats-dump.json"],
  );
  await quietly("decode", "-o", json, `${SHELL}/files.img`);
  await quietly(
    "encode",
    "-o",
    `${back}/`,
    ...[...readTree(json).keys()].map(temporary.at.bind(
      { path: json },
    )),
  );
  for (const [name, what] of readTree(back)) assert.deepEqual(what, image(name), name);
  assert.equal(readTree(back).size, 4);
});

Deno.test("images can be decoded in their directory without changing other files", async () => {
  using temporary = new Temporary();
  const names = ["fs-1517.img", "pages-1.img"];
  const files = names.map((name) => [name, image(name)] as const);
  const dump = temporary.directory("dump", Object.fromEntries(files));
  const before = Deno.statSync(`${dump}/pages-1.img`).ino;
  await quietly("decode", "-o", dump, ...names.map((name) => `${dump}/${name}`));
  assert.deepEqual([...readTree(dump).keys()], [names[0], "fs-1517.img.json", names[1]]);
  assert.equal(Deno.statSync(`${dump}/pages-1.img`).ino, before);
});

Deno.test("JSON takes precedence over images beside it", async () => {
  using temporary = new Temporary();
  const edited = `{"magic": "FS", "entries": []}`;
  const both = temporary.directory("both", {
    "fs-1.img": image("fs-1517.img"),
    "fs-1.img.json": edited,
    "pages-1.img": "pages",
  });
  const { code, stderr } = await crit(["encode", "-i", both, "-o", temporary.at("back")]);
  const note = (name: string) =>
    `crit: ${name}: not copied: another file is decoded to that name\n`;
  assert.deepEqual([code, stderr], [0, note("fs-1.img")]);
  assert.equal(read(temporary.at("back/fs-1.img")).length, 8);
  const decoded = await crit(["decode", "-i", both, "-o", temporary.at("json")]);
  assert.deepEqual([decoded.code, decoded.stderr], [0, note("fs-1.img.json")]);
  assert.notEqual(text(read(temporary.at("json/fs-1.img.json"))), edited);
});

Deno.test("--match selects files by the name or path of their image", async () => {
  using temporary = new Temporary();
  const match = (...globs: string[]) => globs.flatMap((glob) => ["--match", glob]);
  const json = temporary.at("json");
  await quietly("decode", "-i", DUMPS, "-o", json, ...match("fs-*.img", "shloop/p{s,t}*"));
  assert.deepEqual(
    [...readTree(`${json}/shloop`).keys()],
    ["fs-1517.img.json", "fs-1520.img.json", "pstree.img.json"],
  );
  const back = temporary.at("back");
  await quietly("encode", "-i", `${json}/shloop`, "-o", back, ...match("fs-?517.img"));
  assert.deepEqual([...readTree(back).keys()], ["fs-1517.img"]);
  const { code, stderr } = await crit(["decode", "-i", SHELL, "-o", json, ...match("x*")]);
  assert.deepEqual([code, stderr], [3, `crit: ${SHELL}: there is no image of that name in it\n`]);
});

Deno.test("existing files and links are replaced by files, and others are kept", async () => {
  using temporary = new Temporary();
  const json = temporary.directory("json", {
    "fs-1517.img.json": "old",
    "core-99.img.json": "another's",
    "precious": "precious",
  });
  Deno.symlinkSync("precious", `${json}/pages-1.img`);
  Deno.symlinkSync("precious", `${json}/files.img.json`);
  await quietly("decode", "-i", SHELL, "-o", json);
  assert.equal(text(read(`${json}/precious`)), "precious");
  assert.equal(text(read(`${json}/core-99.img.json`)), "another's");
  assert.equal(
    text(read(`${json}/fs-1517.img.json`)),
    imageToJson(image("fs-1517.img")),
  );
  assert.deepEqual(read(`${json}/pages-1.img`), image("pages-1.img"));
  assert(!Deno.lstatSync(`${json}/files.img.json`).isSymlink);
});

Deno.test("output of a private image is private, and output of a read-only image is writable", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "fs-1.img": image("fs-1517.img"),
    "mm-1.img": image("mm-1517.img"),
    "pages-1.img": "secret",
  });
  Deno.chmodSync(`${dump}/fs-1.img`, 0o600);
  Deno.chmodSync(`${dump}/mm-1.img`, 0o444);
  Deno.chmodSync(`${dump}/pages-1.img`, 0o600);
  Deno.chmodSync(dump, 0o700);
  await quietly("decode", "-i", dump, "-o", temporary.at("json"));
  const modes = ["", "/fs-1.img.json", "/mm-1.img.json", "/pages-1.img"]
    .map((name) => Deno.statSync(temporary.at(`json${name}`)).mode! & 0o777);
  assert.deepEqual(modes, [0o700, 0o600, 0o644, 0o600]);
});

Deno.test("holes stay holes", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", { "fs-1.img": image("fs-1517.img") });
  const begin = randomBytes(5000, 1);
  {
    using file = Deno.openSync(`${dump}/pages-1.img`, { write: true, create: true });
    file.writeSync(begin);
    file.seekSync(5_000_001, Deno.SeekMode.Start);
    file.writeSync(begin);
    file.truncateSync(8_000_003);
  }
  await quietly("decode", "-i", dump, "-o", temporary.at("json"));
  assert.deepEqual(read(temporary.at("json/pages-1.img")), read(`${dump}/pages-1.img`));
  const { blocks } = Deno.statSync(temporary.at("json/pages-1.img"));
  assert(blocks! * 512 < 1 << 20, `${blocks} blocks`);
});

Deno.test("--link makes hard links instead of copies, also in a second run", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "fs-1.img": image("fs-1517.img"),
    "pages-1.img": "pages",
    "store": "kept elsewhere",
  });
  Deno.symlinkSync("store", `${dump}/pages-2.img`);
  for (let times = 0; times < 2; times++) {
    await quietly("decode", "-i", dump, "-o", temporary.at("json"), "--link");
    const inode = (path: string) => Deno.lstatSync(path).ino;
    const names = [...readTree(temporary.at("json")).keys()];
    assert.deepEqual(names, ["fs-1.img.json", "pages-1.img", "pages-2.img", "store"]);
    assert.equal(inode(temporary.at("json/pages-1.img")), inode(`${dump}/pages-1.img`));
    assert.equal(inode(temporary.at("json/pages-2.img")), inode(`${dump}/store`));
    assert.notEqual(inode(temporary.at("json/fs-1.img.json")), inode(`${dump}/fs-1.img`));
  }
});

Deno.test("the output is the same with and without workers", async () => {
  using temporary = new Temporary();
  const { writePagemap } = await import("../../../tools/bench_images.ts");
  const dump = temporary.directory("dump", { "inventory.img": image("inventory.img") });
  writePagemap(`${dump}/pagemap-1.img`, THOROUGH ? 100_000 : 40_000);
  for (let i = 2; i <= 8; i++) Deno.linkSync(`${dump}/pagemap-1.img`, `${dump}/pagemap-${i}.img`);
  const running = new Running(["decode", "-i", dump, "-o", temporary.at("json"), "-j", "3"]);
  const workers = new Set<string>();
  const timer = setInterval(() => {
    for (const name of threadNames(running.child.pid)) {
      if (name.startsWith("worker-")) workers.add(name);
    }
  }, 2);
  const ended = await running.ended().finally(() => clearInterval(timer));
  assert.deepEqual(ended, { code: 0, stdout: "", stderr: "" });
  assert.equal(workers.size, 2);
  await quietly("decode", "-i", dump, "-o", temporary.at("alone"), "-j", "1");
  assertSameTrees(temporary.at("json"), temporary.at("alone"));
});

function threadNames(pid: number): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)]
      .map(({ name }) => Deno.readTextFileSync(`/proc/${pid}/task/${name}/comm`).trim());
  } catch {
    return [];
  }
}

Deno.test({
  name: "without permission to read its own modules, crit names the option",
  ignore: isWithout("crit from the checkout", CRIT[0] === Deno.execPath()),
  async fn() {
    const permissions = [`--allow-read=${DUMPS}`, "--allow-env"];
    const { code, stderr } = await crit(["decode", "-i", SHELL], { permissions });
    assert.equal(code, 4);
    assert.match(
      stderr,
      /^crit: Deno does not allow access to "\S+declaration\.ts" \(read\): run it with --allow-read\n$/,
    );
  },
});

Deno.test("workers know the user's image types", async () => {
  using temporary = new Temporary();
  const plugin = temporary.directory("plugin", {
    "mine.js": `export default {
      name: "MINE", magic: 0x12345678, files: ["mine-%u.img"], summary: "mine",
      entry: "mine_entry",
      proto: 'syntax = "proto2"; message mine_entry { required uint32 id = 1; }',
    };`,
  });
  const image = Uint8Array.of(0x19, 0x43, 0x56, 0x54, 0x78, 0x56, 0x34, 0x12, 2, 0, 0, 0, 8, 7);
  const images = Array.from({ length: 40 }, (_, i) => [`mine-${i}.img`, image] as const);
  const dump = temporary.directory("dump", Object.fromEntries(images));
  const json = temporary.at("json");
  const options = ["--plugin", `${plugin}/mine.js`, "-j", "3"];
  await quietly("decode", "-i", dump, "-o", json, ...options);
  for (const what of readTree(json).values()) {
    assert.equal(text(what), `{"magic": "MINE", "entries": [{"id": 7}]}`);
  }
  await quietly("encode", "-i", json, "-o", temporary.at("back"), ...options);
  assertSameTrees(temporary.at("back"), dump);
});

Deno.test("info of a dump lists each image, and continues after a damaged one", async () => {
  using temporary = new Temporary();
  const dump = temporary.directory("dump", {
    "core-1.img": image("core-1517.img").subarray(0, 100),
    "below/fs-1.img": image("fs-1517.img"),
    "pages-1.img": "pages",
    "seccomp.img": image("seccomp.img"),
  });
  const { code, stdout, stderr } = await crit(["info", `${dump}/`]);
  assert.equal(code, 3);
  assert.match(stderr, /^crit: \S+\/dump\/core-1\.img: entry 0 at offset 8: payload is [^\n]+\n$/);
  const objects = stdout.split(/(?<=^\})\n/m).filter((json) => json !== "");
  assert.deepEqual(objects.map((json) => JSON.parse(json)), [
    { image: `${dump}/below/fs-1.img`, magic: "FS", count: 1 },
    { image: `${dump}/seccomp.img`, magic: "SECCOMP", count: 1 },
  ]);
});

for (const [ending, options] of [[".tar", []], [".tar.gz", ["-z"]]] as const) {
  Deno.test({
    name: `a dump in a ${ending} becomes the JSON that its directory becomes`,
    ignore: lacks("tar"),
    async fn() {
      using temporary = new Temporary();
      const archive = temporary.at(`dump${ending}`);
      const { code, stderr } = await runProgram("tar", [
        ...["-c", ...options, "-f", archive, "-C", SHELL, "."],
      ]);
      assert.equal(code, 0, stderr);
      const [json, expected] = [temporary.at("json"), temporary.at("expected")];
      await quietly("decode", "-i", archive, "-o", json, "-j", "2");
      await quietly("decode", "-i", SHELL, "-o", expected);
      // The headers of the archive are no part of the dump.
      Deno.removeSync(`${json}/.archive-headers`);
      assertSameTrees(json, expected);
    },
  });
}

Deno.test("--json reports the result of each file", async () => {
  using temporary = new Temporary();
  const [json, back] = [temporary.at("json"), temporary.at("back")];
  const decoded = await crit(["decode", "-i", SHELL, "-o", json, "--json"]);
  assert.equal(decoded.stderr, "");
  const answer = JSON.parse(decoded.stdout);
  assert.deepEqual([answer.input, answer.output], [SHELL, json]);
  const names = [...Deno.readDirSync(SHELL)].map(({ name }) => name).sort();
  assert.deepEqual(
    answer.files.map(({ file }: { file: string }) => file),
    names.map((name) => `${SHELL}/${name}`),
  );
  for (const { file, action, output } of answer.files) {
    const name = file.slice(SHELL.length + 1);
    const isDecoded = typeByFileName(name)?.entry !== undefined;
    assert.equal(action, isDecoded ? "decoded" : "copied");
    assert.equal(output, `${json}/${name}${isDecoded ? ".json" : ""}`);
    assert.ok(isThere(output));
  }
  Deno.writeTextFileSync(`${json}/fs-1517.img.json`, "{");
  const encoded = await crit(["encode", "-i", json, "-o", back, "--json", "-k"]);
  assert.equal(encoded.code, 3);
  const rows: Array<{ file: string; action: string; error?: string }> =
    JSON.parse(encoded.stdout).files;
  const failed = rows.filter(({ action }) => action === "failed");
  assert.deepEqual(failed.map(({ file }) => file), [`${json}/fs-1517.img.json`]);
  assert.ok(failed[0]!.error!.startsWith(`${json}/fs-1517.img.json: line 1`));
  const one = await crit(["decode", "-i", `${SHELL}/pstree.img`, "--json"]);
  assert.deepEqual([one.code, one.stdout], [2, ""]);
});
