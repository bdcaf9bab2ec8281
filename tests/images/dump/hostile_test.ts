/** What a damaged or hostile dump may cost: a list names much that is not there, a hole is entries. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import "../../../mod.ts";
import { checked, copyOf } from "../check/broken_dump.ts";
import { rowsOf } from "../explore/looking.ts";

Deno.test("a hole in an image takes no memory for entries", async () => {
  using copy = await copyOf("aio00.h");
  const head = Uint8Array.of(0x19, 0x43, 0x56, 0x54, 0x30, 0x33, 0x38, 0x59);
  Deno.writeFileSync(copy.file("cgroup.img"), head);
  Deno.truncateSync(copy.file("cgroup.img"), 8 + (1 << 20));
  using dump = await openDump(copy.path);
  const { entries, error } = dump.image("cgroup.img");
  assert.equal(entries.length, 10_000);
  assert.match(error!.message, /cgroup\.img: .*more than 10000 entries without a field/);
  const { findings } = await checked(copy.path);
  assert.deepEqual(findings.map(({ rule, message }) => [rule.id, message]), [
    ["entry-surplus", `it has ${1 << 18} entries, but CRIU reads only the first`],
  ]);
});

Deno.test("thousands of tasks without images are counted, and their faults reported up to a limit", async () => {
  const count = 5000;
  using copy = await copyOf("aio00.h");
  copy.edit("pstree.img", (entries) => {
    const [first] = entries;
    for (let i = 1; i < count; i++) {
      entries.push({ ...first, pid: first.pid + i, ppid: first.pid, threads: [first.pid + i] });
    }
  });
  using dump = await openDump(copy.path);
  assert.equal(statsOf(dump).tasks.count, count);
  const faults = dump.allFaults.map(({ message }) => message);
  assert.equal(faults.length, 1001);
  assert.match(faults[0]!, /core-67\.img: the image is missing/);
  assert.match(faults.at(-1)!, /further faults are not listed/);
});

Deno.test("x ns and stats agree on which namespaces are dumped", async () => {
  for (const name of ["zombie_leader.ns", "sysvipc", "shloop", "legacy-v1.0", "shm.ns"]) {
    using copy = await copyOf(name);
    const rows = await rowsOf(copy.path, "ns");
    using dump = await openDump(copy.path);
    for (const [kind, { count, dumped }] of statsOf(dump).namespaces) {
      const own = rows.filter((row) => row.kind === kind);
      assert.equal(own.length, count, `${name} ${kind}`);
      assert.equal(own.filter((row) => row.dumped === true).length, dumped, `${name} ${kind}`);
    }
  }
  using copy = await copyOf("zombie_leader.ns");
  const pid = (await rowsOf(copy.path, "ns")).find(({ kind }) => kind === "pid")!;
  assert.deepEqual([pid.dumped, pid.images], [true, []], "a pid namespace has no image of its own");
});

Deno.test("a missing image is reported once", async () => {
  using copy = await copyOf("shloop");
  copy.remove("pstree.img");
  using dump = await openDump(copy.path);
  for (let i = 0; i < 3; i++) {
    assert.match(dump.image("pstree.img").error!.message, /^pstree\.img: the image is missing$/);
  }
});
