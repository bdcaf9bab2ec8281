/** Dumps with images missing, empty or cut: what is there is given, what is wrong is said. */

import assert from "node:assert/strict";
import { Dump } from "../../../images/dump/dump.ts";
import { readExtent } from "../../../images/dump/extent.ts";
import { dumpOf, faultsOf, type Files, filesOf, image, MemorySource } from "./sources.ts";
import { rounds } from "../../dumps.ts";

/** Asks a dump for all that the model knows. */
function explore(dump: Dump): void {
  const bytes = new Uint8Array(4096);
  for (const task of dump.tasks) {
    for (const thread of task.threads) void [thread.comm, thread.creds, thread.pendingSignals];
    void [task.state, task.ids, task.fs, task.fdinfo, task.exe, task.rlimits, task.timers];
    void [task.sigactions, task.pendingSignals, task.cgroupSet];
    const { memory } = task;
    void [memory.argumentBytes, memory.environmentBytes];
    for (const vma of memory.areas) {
      let end = 0;
      for (const extent of memory.extents(vma)) {
        assert.equal(extent.at, end);
        end += extent.length;
        readExtent(extent, 0, bytes);
      }
      assert.equal(end, Number(vma.end > vma.start ? vma.end - vma.start : 0n));
    }
  }
  void [dump.files.all, dump.inventory, dump.namespaces, dump.sharedMemory.memfdInodes];
}

/** Explores a dump of these files; gives what it says is wrong. */
function faultsIn(files: Files): string[] {
  using dump = dumpOf(files);
  explore(dump);
  return faultsOf(dump);
}

/** Images without which a dump is a smaller one, not a damaged one. */
const OPTIONAL =
  /^(files|fdinfo-\d+|stats-dump|seccomp|timens-\d+|memfd|ipcns-.*|utsns-.*)(\.img)?$/;

const NAMES = ["shloop", "sysvipc", "legacy-v1.0", "zombie_leader.ns"];

Deno.test("a missing image is one fault with its name, and the others are read", () => {
  const files = filesOf("shloop");
  for (const name of Object.keys(files)) {
    const { [name]: _, ...others } = files;
    const faults = faultsIn(others);
    if (OPTIONAL.test(name)) assert.deepEqual(faults, [], name);
    else assert.deepEqual(faults, [`${name}: the image is missing`]);
  }
});

Deno.test("an empty image is a fault with its name", () => {
  const files = filesOf("shloop");
  const read = (name: string) => faultsIn({ ...files, [name]: new Uint8Array() });
  for (const name of ["pstree.img", "mm-1517.img", "core-1517.img", "files.img", "fdinfo-2.img"]) {
    const faults = read(name);
    assert.equal(faults.length, 1, name);
    assert.match(faults[0]!, new RegExp(`^${name}: `));
  }
  assert.deepEqual(read("pages-1.img"), [
    "pages-1.img: it has 0 bytes, the page map has 126976",
  ]);
});

Deno.test("an image with its magic and no entry is a fault where it must have one", () => {
  const files = { ...filesOf("shloop"), "mm-1517.img": image("MM", []) };
  assert.deepEqual(faultsIn(files), ["mm-1517.img: it has no entry"]);
});

Deno.test("an image of another type is a fault and gives no entries", () => {
  const files = filesOf("shloop");
  using dump = dumpOf({
    ...files,
    "mm-1517.img": files["core-1517.img"]!,
    "pagemap-1520.img": files["files.img"]!,
  });
  explore(dump);
  assert.deepEqual(faultsOf(dump), [
    "mm-1517.img: it is a CORE image by its magic",
    "pagemap-1520.img: entry 0 at offset 0: it is a FILES image by its magic",
  ]);
  assert.equal(dump.task(1520)!.memory.pageMap.count, 0);
});

Deno.test("a cut image gives the entries before the cut", () => {
  const files = filesOf("shloop");
  const whole = files["files.img"]!;
  const { offsets, entries } = dumpOf(files).image("files.img");
  for (const [i, offset] of offsets.entries()) {
    for (const length of [offset, offset + 2, offset + 10]) {
      using dump = dumpOf({ ...files, "files.img": whole.subarray(0, length) });
      assert.equal(dump.files.all.length, i);
      assert.deepEqual(dump.image("files.img").entries, entries.slice(0, i));
      assert.equal(faultsOf(dump).length, length === offset ? 0 : 1);
    }
  }
});

Deno.test("cut pages give the bytes before the cut", () => {
  const files = filesOf("shloop");
  const pages = files["pages-1.img"]!;
  using whole = dumpOf(files);
  using cut = dumpOf({ ...files, "pages-1.img": pages.subarray(0, 20_000) });
  const known = (dump: Dump) => {
    const { memory } = dump.task(1517)!;
    const extents = memory.areas.flatMap((vma) => [...memory.extents(vma)]);
    const sum = (kind: string) =>
      extents.filter((extent) => extent.kind === kind).reduce((n, { length }) => n + length, 0);
    return { image: sum("image"), lost: sum("lost") };
  };
  assert.deepEqual(known(whole), { image: pages.length, lost: 0 });
  assert.deepEqual(known(cut), { image: 20_000, lost: pages.length - 20_000 });
  assert.deepEqual(faultsOf(cut), [
    `pages-1.img: it has 20000 bytes, the page map has ${pages.length}`,
  ]);
});

Deno.test("any image may be cut anywhere", () => {
  for (const dumpName of NAMES) {
    const files = filesOf(dumpName);
    for (const [name, bytes] of Object.entries(files)) {
      if (/^(pages|ghost|stats|ip)/.test(name)) continue;
      const cuts = rounds(8);
      for (let i = 1; i <= cuts; i++) {
        const length = Math.floor(bytes.length * i / (cuts + 1));
        for (const fault of faultsIn({ ...files, [name]: bytes.subarray(0, length) })) {
          assert.match(fault, /^[^\n]+$/);
        }
      }
    }
  }
});

Deno.test("any bit may be flipped", () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  for (const dumpName of NAMES) {
    const files = filesOf(dumpName);
    const names = Object.keys(files).filter((name) => !/^(pages|ghost|stats)/.test(name));
    for (let i = 0; i < rounds(400); i++) {
      const name = names[random(names.length)]!;
      const bytes = files[name]!.slice();
      if (bytes.length === 0) continue;
      bytes[random(bytes.length)]! ^= 1 << random(8);
      for (const fault of faultsIn({ ...files, [name]: bytes })) assert.match(fault, /^[^\n]+$/);
    }
  }
});

Deno.test("a fault of the parent says so, and one that is seen twice is said once", () => {
  const files = filesOf("incremental/3-dump");
  const { "pagemap-26736.img": _, ...parent } = filesOf("incremental/1-predump");
  using dump = dumpOf(files, () => new MemorySource(parent, undefined, "other"));
  explore(dump);
  explore(dump);
  assert.deepEqual(faultsOf(dump), ["parent/pagemap-26736.img: the image is missing"]);
});

Deno.test("files are closed with the dump, and not all are held open", () => {
  const names = Array.from({ length: 200 }, (_, i) => `pages-${i}.img`);
  const source = new MemorySource(
    Object.fromEntries(names.map((name, i) => [name, new Uint8Array(10).fill(i)])),
  );
  {
    using dump = dumpOf({});
    assert.throws(() => dump.read("pages-1.img", 0, new Uint8Array(1)), /the image is missing/);
  }
  {
    using dump = new Dump(source);
    const byte = new Uint8Array(1);
    for (const [i, name] of names.entries()) {
      assert.equal(dump.read(name, 3, byte), 1);
      assert.equal(byte[0], i);
      assert.ok(source.openFiles <= 32);
    }
    assert.equal(dump.read("pages-1.img", 10, byte), 0);
  }
  assert.deepEqual([source.openFiles, source.isClosed], [0, true]);
});
