/** `crit diff` as a program. */

import assert from "node:assert/strict";
import { ROW_KINDS } from "../../../../images/diff/rows.ts";
import { views } from "../../../../images/explore/mod.ts";
import { decodeObjects } from "../../../../images/image/objects.ts";
import { encodeImage } from "../../../../mod.ts";
import { DumpCopy, dumpsIn, punch } from "../../../dumps.ts";
import { CRIT, crit, lacks, ROOT, runProgram } from "../../../programs.ts";

const OWN = `${ROOT}fixtures/dumps`;
const DUMP = `${OWN}/shloop`;

/** A copy with another name of its first task, and a changed page. */
function editedCopy(): DumpCopy {
  const copy = new DumpCopy(DUMP);
  const path = `${copy.path}/core-1517.img`;
  const image = decodeObjects(Deno.readFileSync(path));
  (image.entries[0]!.tc as Record<string, unknown>).comm = "odd\n\x1b[1m\u{e9}";
  Deno.writeFileSync(path, encodeImage(image));
  const pages = Deno.readFileSync(`${copy.path}/pages-1.img`);
  pages[0]! ^= 1;
  Deno.writeFileSync(`${copy.path}/pages-1.img`, pages);
  return copy;
}

Deno.test("crit diff says nothing of a dump and itself", async () => {
  for (const name of dumpsIn(OWN)) {
    const ended = await crit(["diff", `${OWN}/${name}`, `${OWN}/${name}`]);
    assert.deepEqual(ended, { code: 0, stdout: "", stderr: "" }, name);
  }
});

Deno.test("crit diff counts, then tells pages and fields; control characters are escaped", async () => {
  using copy = editedCopy();
  const ended = await crit(["diff", DUMP, copy.path]);
  assert.deepEqual(ended, {
    code: 1,
    stdout: "       ADDED  REMOVED  CHANGED\n" +
      "tasks      0        0        1\n" +
      "pages      0        0        1\n" +
      "pagemap-1517.img: 0x559458d68000-0x559458d69000: 1 page changed\n" +
      'core-1517.img: [0].tc.comm: "sh" → "odd\\n\\u001b[1m\u{e9}"\n',
    stderr: "",
  });
});

Deno.test("crit diff does not call pages changed that were punched out", async () => {
  using copy = new DumpCopy(DUMP);
  punch(`${copy.path}/pages-2.img`, () => true);
  const { code, stdout, stderr } = await crit(["diff", DUMP, copy.path]);
  assert.equal(code, 0);
  assert.equal(stdout, "");
  const [, count] =
    /: (\d+) pages are holes, punched by --auto-dedup: not compared\n$/.exec(stderr) ??
      [];
  const json = JSON.parse((await crit(["diff", copy.path, DUMP, "--json"])).stdout);
  assert.deepEqual(json.holes, { a: Number(count), b: 0 });
  assert.equal(json.equal, true);
  assert.deepEqual(json.memory, []);
});

Deno.test({
  name: "crit diff reads archives",
  ignore: lacks("tar"),
  async fn() {
    using copy = editedCopy();
    const archive = `${copy.path}/copy.tar`;
    const files = [...Deno.readDirSync(copy.path)].map(({ name }) => name);
    await runProgram("tar", ["-C", copy.path, "-cf", archive, ...files]);
    const { code, stdout } = await crit(["diff", DUMP, archive]);
    assert.equal(code, 1);
    assert.match(stdout, /1 page changed\ncore-1517\.img: \[0\]\.tc\.comm: [^\n]*\n$/);
    Deno.removeSync(`${copy.path}/core-1517.img`);
    const same = await crit(["diff", copy.path, archive]);
    assert.match(same.stdout, /^\+ image: core-1517\.img$/m);
  },
});

Deno.test("crit diff compares single images of the same type", async () => {
  const [a, b] = [`${DUMP}/core-1517.img`, `${OWN}/sysvipc/core-21324.img`];
  const { code, stdout } = await crit(["diff", a, b]);
  assert.equal(code, 1);
  assert.match(stdout, /^\[0\]\.tc\.comm: "sh" → "ipc"$/m);
  assert.equal((await crit(["diff", a, a])).code, 0);
  const raw = await crit(["diff", `${DUMP}/pages-1.img`, `${OWN}/sysvipc/pages-1.img`]);
  assert.equal(raw.stdout, "<126976 bytes> → <114688 bytes> at byte 7\n");
});

Deno.test({
  name: "crit diff reads images from pipes",
  ignore: lacks("bash"),
  async fn() {
    const words = CRIT.map((word) => `'${word}'`).join(" ");
    const run = (file: string) =>
      runProgram("bash", ["-c", `${words} diff <(cat ${DUMP}/files.img) ${file}`]);
    assert.deepEqual(await run(`${DUMP}/files.img`), { code: 0, stdout: "", stderr: "" });
    const other = await run(`${OWN}/sysvipc/files.img`);
    assert.equal(other.code, 1);
    assert.match(other.stdout, /reg\.name: "\/usr\/bin\/dash" → "\/srv\/ipc\/ipc"/);
  },
});

Deno.test("crit diff refuses images of different types, and an image beside a dump", async () => {
  for (const json of [[], ["--json"]]) {
    const types = await crit(["diff", `${DUMP}/core-1517.img`, `${DUMP}/pstree.img`, ...json]);
    assert.equal(types.code, 3);
    assert.equal(types.stdout, "");
    assert.match(types.stderr, /is a CORE image, .* a PSTREE image\n$/);
  }
  const mixed = await crit(["diff", DUMP, `${DUMP}/pstree.img`]);
  assert.equal(mixed.code, 2);
  assert.match(mixed.stderr, /is an image, .* is a dump\n$/);
  const missing = await crit(["diff", DUMP, `${DUMP}/nowhere`]);
  assert.equal(missing.code, 4);
});

Deno.test("crit diff exits with 3 when an image is damaged, and tells what it can", async () => {
  using copy = editedCopy();
  Deno.truncateSync(`${copy.path}/files.img`, 100);
  const { code, stdout, stderr } = await crit(["diff", DUMP, copy.path]);
  assert.equal(code, 3);
  assert.match(stdout, /^core-1517\.img: \[0\]\.tc\.comm: /m);
  assert.match(stderr, /^crit: [^\n]*\/files\.img: [^\n]*\n$/);
  const image = await crit(["diff", `${DUMP}/files.img`, `${copy.path}/files.img`]);
  assert.equal(image.code, 3);
  assert.equal(image.stdout, "");
});

/** Keys of all objects in a value, those of rows and of fields' values apart. */
function* keysIn(value: unknown, kind = ""): Generator<string> {
  if (Array.isArray(value)) { for (const item of value) yield* keysIn(item, kind); }
  if (Array.isArray(value) || typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield key;
    if (!["a", "b", "fds", "args"].includes(key)) yield* keysIn(inner, key);
  }
}

Deno.test("docs/DIFF.md has every key of --json, and no kind that is not there", async () => {
  const page = Deno.readTextFileSync(`${ROOT}docs/DIFF.md`);
  const documented = new Set([...page.matchAll(/`([a-z_]+)`/g)].map(([, key]) => key!));
  const inViews = new Set(Object.values(views).flatMap(({ keys }) => Object.keys(keys)));
  using copy = editedCopy();
  const seen = new Set<string>();
  for (const other of [copy.path, `${OWN}/sysvipc`, `${OWN}/zombie_leader.ns`]) {
    const { stdout } = await crit(["diff", DUMP, other, "--json"]);
    const answer = JSON.parse(stdout);
    assert.equal(answer.equal, false);
    for (const { name, identity } of ROW_KINDS) {
      assert.deepEqual(Object.keys(answer[name]), ["added", "removed", "changed"]);
      for (const key of identity) assert(page.includes(`\`${key}\``), key);
    }
    for (const key of keysIn(answer)) {
      seen.add(key);
      assert(documented.has(key) || inViews.has(key), key);
    }
  }
  for (const { name } of ROW_KINDS) assert.match(page, new RegExp(`^\\| \`${name}\` `, "m"));
  for (const key of ["changes", "page_size", "ranges", "pages", "start", "path", "offset"]) {
    if (key !== "offset") assert(seen.has(key), key);
  }
});

Deno.test("crit diff --json of equal dumps and of images has the keys too", async () => {
  const dumps = JSON.parse((await crit(["diff", DUMP, DUMP, "--json"])).stdout);
  assert.deepEqual(Object.keys(dumps), [
    "a",
    "b",
    "images",
    ...ROW_KINDS.map(({ name }) => name),
    "memory",
    "fields",
    "equal",
  ]);
  assert.equal(dumps.equal, true);
  const [a, b] = [`${DUMP}/pages-1.img`, `${DUMP}/pages-2.img`];
  const { code, stdout } = await crit(["diff", a, b, "--json"]);
  assert.equal(code, 1);
  const { fields: [change], ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { a, b, equal: false });
  assert.deepEqual(change.a, { bytes: Deno.statSync(a).size });
  assert.equal(typeof change.offset, "number");
});

Deno.test("the example in docs/DIFF.md is what crit diff prints", async () => {
  const page = Deno.readTextFileSync(`${ROOT}docs/DIFF.md`);
  const [, line, text] = /^\$ crit (.*)\n([^]*?)…\n```$/m.exec(page)!;
  const { stdout } = await crit(line!.split(" "), { cwd: ROOT });
  assert(stdout.startsWith(text!), stdout);
});

Deno.test("a device is refused: it has no end", async () => {
  using copy = new DumpCopy(DUMP);
  const path = `${copy.path}/zero.img`;
  Deno.symlinkSync("/dev/zero", path);
  const { code, stderr } = await crit(["diff", path, `${DUMP}/pstree.img`]);
  assert.deepEqual([code, stderr], [4, `crit: ${path}: it is a device, not an image\n`]);
});

Deno.test("what is behind the damage of an archive is not called removed", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const archive = `${directory}/dump.tar`;
    const dump = `${ROOT}fixtures/dumps/aio00.h`;
    const names = [...Deno.readDirSync(dump)].map(({ name }) => name).sort();
    await runProgram("tar", ["-C", dump, "-cf", archive, ...names]);
    for (const part of [0.2, 0.5, 0.9]) {
      const cut = `${directory}/cut.tar`;
      const bytes = Deno.readFileSync(archive);
      Deno.writeFileSync(cut, bytes.subarray(0, bytes.length * part & ~511));
      for (const [a, b] of [[dump, cut], [cut, dump]] as const) {
        const { code, stdout, stderr } = await crit(["diff", a, b]);
        assert.equal(code, 3, stdout);
        assert.match(stderr, /^crit: \S+\/cut\.tar: offset \d+: the archive is cut short\n/m);
        assert.doesNotMatch(stdout, /[1-9]/, "nothing differs as far as it can be read");
      }
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
