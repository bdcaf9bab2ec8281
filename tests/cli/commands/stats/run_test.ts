/** `crit stats` as a program. */

import assert from "node:assert/strict";
import { openDump } from "../../../../images/dump/open.ts";
import { snakeCased } from "../../../../images/bytes/snake_case.ts";
import { statsOf } from "../../../../images/stats/stats.ts";
import { encodeImage } from "../../../../mod.ts";
import { DumpCopy, dumpsIn, isDirectory, SHARED, SWEEPS, THOROUGH } from "../../../dumps.ts";
import { crit, isWithout, ROOT } from "../../../programs.ts";
import { Running } from "../../running.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;

Deno.test("stats prints a summary", async () => {
  const { code, stdout, stderr } = await crit(["stats", "--pages", SHLOOP]);
  assert.deepEqual([code, stderr], [0, ""]);
  for (
    const line of [
      /^CRIU +image version 1\.1; needs CRIU 4\.2 or newer, for\n {13}pagemap_entry\.nr_pages$/m,
      /^Tasks +2 \(2 alive\), 2 threads, 1 session, 1 process group$/m,
      /^Namespaces +none but CRIU's own$/m,
      /^Files +11 \(11 REG\); 7 descriptors in 2 tables$/m,
      /^Memory +[\d.]+ MiB in \d+ areas of 2 address spaces; in pages of 4\.0 KiB: \d/m,
      /^Pages +\d+: \d+ zero \([\d.]+ \w+, [\d.]+%\), \d+ equal to an earlier one/m,
      /^Dumping +freezing \d+/m,
      /^MEMORY +AREAS +MAPPED +PRESENT$/m,
      /^heap +2 +[\d.]+ KiB +[\d.]+ KiB$/m,
      /^PAGES +2 +[\d.]+ KiB$/m,
      /^all +20 +[\d.]+ KiB$/m,
    ]
  ) assert.match(stdout, line);
  assert.doesNotMatch(stdout, /^(Sockets|Pipes|Ghost files|Shared|Restoring)/m);
});

/** What takes part in nothing that is counted by itself when it is gone. */
const OPTIONAL = /^(seccomp|timens-0|fdinfo-\d+)\.img$|^stats-dump$/;

Deno.test("a missing image is reported in one line, and the others are counted", async () => {
  for (const { name } of Deno.readDirSync(SHLOOP)) {
    using copy = new DumpCopy(SHLOOP);
    Deno.removeSync(`${copy.path}/${name}`);
    const { code, stdout, stderr } = await crit(["stats", "--json", copy.path]);
    if (OPTIONAL.test(name)) assert.deepEqual([code, stderr], [0, ""], name);
    else {
      assert.equal(stderr, `crit: ${copy.path}/${name}: the image is missing\n`);
      assert.equal(code, 3);
    }
    const images = Object.values<{ count: number }>(JSON.parse(stdout).images);
    assert.equal(images.reduce((sum, { count }) => sum + count, 0), 19);
  }
});

Deno.test("an empty or truncated image is reported in one line, and the others are counted", async () => {
  for (const [i, { name }] of [...Deno.readDirSync(SHLOOP)].entries()) {
    const ways = [0, 9, -1];
    for (const keep of THOROUGH ? ways : [ways[i % ways.length]!]) {
      using copy = new DumpCopy(SHLOOP);
      const path = `${copy.path}/${name}`;
      Deno.truncateSync(path, keep < 0 ? Deno.statSync(path).size + keep : keep);
      const { code, stdout, stderr } = await crit(["stats", "--json", copy.path]);
      assert.match(stderr, /^crit: [^\n]+\n$/, `${name} cut to ${keep}`);
      assert.ok(stderr.startsWith(`crit: ${path}: `), stderr);
      assert.equal(code, 3);
      assert.equal(JSON.parse(stdout).images.CORE.count, 2);
    }
  }
});

Deno.test({
  name: "a missing parent dump is reported, and a given one is read",
  ignore: isWithout("../shared", isDirectory(`${SHARED}dumps`)),
  async fn() {
    using copy = new DumpCopy(`${SHARED}dumps/incremental/3-dump`);
    Deno.removeSync(`${copy.path}/parent`);
    const orphan = await crit(["stats", copy.path]);
    assert.equal(orphan.code, 3);
    assert.equal(
      orphan.stderr,
      `crit: ${copy.path}/parent: there is none, and pagemap-26736.img has pages in it\n`,
    );
    assert.match(orphan.stdout, /256\.0 KiB in the parent dump/);
    const parent = `${SHARED}dumps/incremental/2-predump`;
    const { code, stderr } = await crit(["stats", copy.path, "--parent", parent]);
    assert.deepEqual([code, stderr], [0, ""]);
  },
});

Deno.test("many pages take little memory", async () => {
  const path = Deno.makeTempDirSync({ prefix: "crit-stats-" });
  try {
    const pages = 2 ** 29 / 4096;
    write(`${path}/inventory.img`, "INVENTORY", [{ img_version: 2 }]);
    write(`${path}/pagemap-7.img`, "PAGEMAP", [
      { pages_id: 1 },
      { vaddr: 4096n, compat_nr_pages: 0, nr_pages: BigInt(pages), flags: 4 },
    ]);
    using file = Deno.openSync(`${path}/pages-1.img`, { create: true, write: true });
    file.truncateSync(pages * 4096);
    // Different pages, some of them twice.
    const page = new Uint8Array(4096);
    for (let i = 0; i < 3000; i++) {
      new DataView(page.buffer).setUint32(4092, 1 + i % 2000);
      file.seekSync(i * 176_128, Deno.SeekMode.Start);
      file.writeSync(page);
    }
    const running = new Running(["stats", "--pages", "--json", path]);
    const { code, stdout, stderr } = await running.watch(running.ended());
    assert.deepEqual([code, stderr], [0, ""]);
    const expected = { pages, zero: pages - 3000, duplicate: 1000 };
    const { zero_bytes, duplicate_bytes, ...counts } = JSON.parse(stdout).pages;
    assert.deepEqual(counts, expected);
    assert.deepEqual([zero_bytes, duplicate_bytes], [expected.zero * 4096, 1000 * 4096]);
    assert.ok(running.peak > 0 && running.peak < 200, `${running.peak} MiB`);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

function write(path: string, magic: string, entries: object[]): void {
  Deno.writeFileSync(path, encodeImage({ type: magic, entries }));
}

/** Keys below which the keys are kinds. */
const KINDS = /^(namespaces|sockets|images|.*\.by_\w+|criu\.(dump|restore))$/;

/** Paths of all keys that hold a number, text or truth: `tasks.by_state.*`. */
function* pathsOf(value: unknown, path = ""): Generator<string> {
  if (value === undefined) return;
  if (Array.isArray(value)) { for (const item of value) yield* pathsOf(item, `${path}[]`); }
  else if (typeof value !== "object" || value === null) yield path;
  else {
    for (const [key, inner] of Object.entries(value)) {
      const name = KINDS.test(path) ? "*" : key;
      yield* pathsOf(inner, path === "" ? name : `${path}.${name}`);
    }
  }
}

Deno.test("docs/STATS.md lists all keys, and only keys that exist", async () => {
  const text = Deno.readTextFileSync(`${ROOT}docs/STATS.md`);
  const documented = [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path!);
  const roots = [`${ROOT}fixtures/dumps`, ...SWEEPS ? [`${SHARED}dumps`] : []];
  const found = new Set<string>();
  for (const root of roots) {
    for (const name of dumpsIn(root)) {
      using dump = await openDump(`${root}/${name}`);
      for (const path of pathsOf(snakeCased(statsOf(dump, { pages: true })))) found.add(path);
    }
  }
  assert.deepEqual([...found].filter((path) => !documented.includes(path)), []);
  // Only the dumps beside the checkout have been restored.
  // None was made on a machine with a security module.
  const absent = documented.filter((path) => !found.has(path) && path !== "machine.profiles[]");
  assert.deepEqual(absent, roots.length > 1 ? [] : absent.filter((path) => path === RESTORE));
});

const RESTORE = "criu.restore.*";
