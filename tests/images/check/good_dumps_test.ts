/** No rule finds fault with a good dump. */

import assert from "node:assert/strict";
import { dumpsIn, isNotSwept, SHARED } from "../../dumps.ts";
import { checked, copyOf, linesOf, OWN } from "./broken_dump.ts";

/** All that is said of these dumps, which is true of the copies that are here. */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  // Left out of the copy.
  "shm.ns": [
    "tmpfs-present  tmpfs-dev-63.tar.gz.img: it is missing: a tmpfs is mounted on /run",
  ],
  // The program's source.
  sysvipc: ["stray-file  ipc.c: no image type has such a name"],
};

for (const dump of dumpsIn(OWN)) {
  Deno.test(`${dump} has no errors`, async () => {
    using copy = await copyOf(dump);
    const report = await checked(copy.path);
    assert.deepEqual(linesOf(report), FINDINGS[dump] ?? []);
    assert.equal(report.unfinished, undefined);
    assert.equal(report.kind, "dump");
  });
}

for (const dump of ["incremental/1-predump", "incremental/2-predump"]) {
  Deno.test(`${dump}, a pre-dump, has no errors`, async () => {
    const report = await checked(`${OWN}/${dump}`);
    assert.deepEqual(linesOf(report), []);
    assert.equal(report.unfinished, undefined);
    assert.equal(report.kind, "pre-dump");
  });
}

Deno.test("--parent names the parent", async () => {
  using copy = await copyOf("incremental/3-dump");
  copy.remove("parent");
  assert.equal((await checked(copy.path)).counts.error, 1);
  const parent = `${OWN}/incremental/2-predump`;
  assert.deepEqual(linesOf(await checked(copy.path, { parent })), []);
  // A dump that has none of the pages.
  const other = `${OWN}/shloop`;
  assert.deepEqual(
    (await checked(copy.path, { parent: other })).findings.map((
      { rule, image },
    ) => [rule.id, image]),
    [["parent-whole", "parent/pagemap-26736.img"]],
  );
});

/** Directories below `path` with an image in them. */
function* directories(path: string, below = ""): Generator<string> {
  const entries = [...Deno.readDirSync(`${path}/${below}`)];
  if (entries.some(({ name }) => /\.img$|^irmap-cache$/.test(name))) yield below;
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* directories(path, below === "" ? name : `${below}/${name}`);
  }
}

Deno.test({
  name: "every dump beside the checkout has no errors",
  ignore: isNotSwept(),
  async fn() {
    let count = 0;
    for (const dump of directories(`${SHARED}dumps`)) {
      const { findings, unfinished } = await checked(`${SHARED}dumps/${dump}`);
      const told = findings.filter(({ rule }) => rule.id !== "no-dump");
      assert.deepEqual(told.map(({ image }) => image), dump === "sysvipc" ? ["ipc.c"] : [], dump);
      assert.equal(unfinished, undefined, dump);
      count++;
    }
    assert(count >= 40, `${count}`);
  },
});
