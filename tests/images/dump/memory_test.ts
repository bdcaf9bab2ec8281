/** Memory: page maps, parents, shared memory, and what a dump does not tell. */

import assert from "node:assert/strict";
import { DirectorySource } from "../../../images/dump/directory.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { type Extent, readExtent } from "../../../images/dump/extent.ts";
import { openDump } from "../../../images/dump/open.ts";
import type { Task } from "../../../images/dump/task.ts";
import { imageToJson } from "../../../images/image/library.ts";
import { PAGES, VMA } from "../../../images/kernel/memory.ts";
import { isNotSwept, SHARED } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";
import {
  dumpOf,
  DUMPS,
  faultsOf,
  type Files,
  filesOf,
  fixture,
  image,
  MemorySource,
} from "./sources.ts";

const PAGE = 4096;

/** A page filled with a number. */
function page(fill: number, length = PAGE): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

function joined(...pieces: Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

interface Range {
  vaddr: bigint;
  pages: number;
  flags: number;
}

function pageMap(pagesId: number, ranges: Range[]): Uint8Array {
  const entries = ranges.map(({ vaddr, pages, flags }) => {
    return { vaddr, compat_nr_pages: 0, nr_pages: BigInt(pages), flags };
  });
  return image("PAGEMAP", [{ pages_id: pagesId }, ...entries]);
}

interface Area {
  start: bigint;
  end: bigint;
  status: number;
  shmid?: bigint;
  pgoff?: bigint;
}

/** A dump of one task with these areas. */
function taskDump(areas: Area[], files: Files, parent?: () => MemorySource): Dump {
  const shell = filesOf("shloop");
  const vmas = areas.map((area) => ({
    pgoff: 0n,
    shmid: 0n,
    prot: 3,
    flags: 0x22,
    fd: -1n,
    ...area,
  }));
  const { mm_saved_auxv, ...mm } = fixture("shloop").task(1517)!.mm!;
  return dumpOf({
    "inventory.img": shell["inventory.img"]!,
    "pstree.img": image("PSTREE", [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }]),
    "core-1.img": shell["core-1517.img"]!,
    "ids-1.img": shell["ids-1517.img"]!,
    "mm-1.img": image("MM", [{ ...mm, mm_saved_auxv, vmas }]),
    ...files,
  }, parent);
}

function kindsOf(extents: Iterable<Extent>): Array<[kind: string, at: number, length: number]> {
  return [...extents].map(({ kind, at, length }) => [kind, at, length]);
}

/** All that the dump tells of a task's memory, by address of the page: read naively, from JSON. */
function pagesByAddress(directories: string[], name: string, child?: Map<bigint, Uint8Array>) {
  const [directory, ...parents] = directories;
  const inherited: Map<bigint, Uint8Array> = parents.length > 0
    ? pagesByAddress(parents, name)
    : new Map();
  const json = imageToJson(Deno.readFileSync(`${directory}/${name}`), { name });
  const [head, ...ranges] = JSON.parse(json).entries;
  const bytes = Deno.readFileSync(`${directory}/pages-${head.pages_id}.img`);
  const pages = child ?? new Map<bigint, Uint8Array>();
  let stored = 0;
  for (const range of ranges) {
    for (let i = 0; i < (range.nr_pages ?? range.compat_nr_pages); i++) {
      const address = BigInt(range.vaddr) + BigInt(i * PAGE);
      const isInParent = (range.flags & 1) !== 0;
      pages.set(
        address,
        isInParent ? inherited.get(address)! : bytes.subarray(stored, stored + PAGE),
      );
      if (!isInParent) stored += PAGE;
    }
  }
  return pages;
}

function compareMemory(task: Task, expected: Map<bigint, Uint8Array>): void {
  assert.ok(expected.size > 0);
  const bytes = new Uint8Array(PAGE);
  for (const [address, contents] of expected) {
    assert.equal(task.memory.read(address, bytes), PAGE, address.toString(16));
    assert.deepEqual(bytes, contents, address.toString(16));
  }
}

Deno.test("every page of a dump matches that of a naive reader", () => {
  using dump = fixture("shloop");
  for (const task of dump.tasks) {
    compareMemory(task, pagesByAddress([`${DUMPS}/shloop`], task.pageMapName));
  }
});

Deno.test("pages of an incremental dump come from the dump that stores them", () => {
  using dump = fixture("incremental/3-dump");
  const chain = ["3-dump", "2-predump", "1-predump"].map((name) => `${DUMPS}/incremental/${name}`);
  const [task] = dump.tasks;
  compareMemory(task!, pagesByAddress(chain, task!.pageMapName));
  const area = task!.memory.areaAt(0x200000000000n)!;
  const dumps = [...task!.memory.extents(area)].map((extent) => {
    return extent.kind === "image" ? `${extent.dump.path.split("/").at(-1)} ${extent.name}` : "";
  });
  assert.deepEqual(new Set(dumps), new Set(["1-predump pages-1.img", "3-dump pages-2.img"]));
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test({
  name: "every page of old dumps matches that of a naive reader",
  ignore: isNotSwept(),
  fn() {
    for (const name of ["legacy-v1.0", "legacy-v1.1", "pyapp"]) {
      const path = `${SHARED}dumps/${name}`;
      using dump = new Dump(new DirectorySource(path));
      for (const task of dump.tasks) {
        compareMemory(task, pagesByAddress([path], task.pageMapName));
      }
      assert.deepEqual(faultsOf(dump), []);
    }
  },
});

Deno.test("extents fill an area without gaps, each with its origin", () => {
  const start = 0x10000n;
  const area = { start, end: start + BigInt(8 * PAGE), status: VMA.REGULAR | VMA.ANON_PRIVATE };
  using dump = taskDump([area], {
    "pagemap-1.img": pageMap(1, [
      { vaddr: start + BigInt(PAGE), pages: 2, flags: PAGES.PRESENT },
      { vaddr: start + BigInt(3 * PAGE), pages: 1, flags: PAGES.LAZY },
      { vaddr: start + BigInt(5 * PAGE), pages: 1, flags: PAGES.PARENT },
      { vaddr: start + BigInt(6 * PAGE), pages: 1, flags: PAGES.PRESENT | PAGES.LAZY },
    ]),
    "pages-1.img": joined(page(1), page(2), page(3)),
  });
  const { memory } = dump.tasks[0]!;
  const vma = memory.areas[0]!;
  assert.deepEqual(kindsOf(memory.extents(vma)), [
    ["zeros", 0, PAGE],
    ["image", PAGE, 2 * PAGE],
    ["lazy", 3 * PAGE, PAGE],
    ["zeros", 4 * PAGE, PAGE],
    ["lost", 5 * PAGE, PAGE],
    ["image", 6 * PAGE, PAGE],
    ["zeros", 7 * PAGE, PAGE],
  ]);
  assert.deepEqual(kindsOf(memory.extents(vma, { from: PAGE + 100, to: 2 * PAGE + 200 })), [
    ["image", 0, PAGE + 100],
  ]);
  const bytes = new Uint8Array(4 * PAGE);
  assert.equal(memory.read(start + 4000n, bytes), 3 * PAGE - 4000);
  assert.deepEqual([bytes[95], bytes[96], bytes[96 + PAGE]], [0, 1, 2]);
  const [, , , , , last] = [...memory.extents(vma)];
  assert.equal(readExtent(last!, 10, bytes), PAGE - 10);
  assert.equal(bytes[0], 3);
});

Deno.test("reading memory continues into the next area and ends at a gap", () => {
  const status = VMA.REGULAR | VMA.ANON_PRIVATE;
  using dump = taskDump([
    { start: 0x3000n, end: 0x4000n, status },
    { start: 0x1000n, end: 0x2000n, status },
    { start: 0x2000n, end: 0x3000n, status },
    { start: 0x1000n, end: 0x1800n, status: VMA.GUARD },
  ], {
    "pagemap-1.img": pageMap(1, [{ vaddr: 0x3000n, pages: 1, flags: PAGES.PRESENT }]),
    "pages-1.img": page(9),
  });
  const { memory } = dump.tasks[0]!;
  assert.deepEqual(memory.areas.map(({ start }) => start), [0x1000n, 0x2000n, 0x3000n]);
  const bytes = new Uint8Array(5 * PAGE);
  assert.equal(memory.read(0x1000n, bytes), 3 * PAGE);
  assert.deepEqual([bytes[2 * PAGE - 1], bytes[2 * PAGE]], [0, 9]);
  assert.equal(memory.read(0x4000n, bytes), 0);
  assert.equal(memory.read(0xfffn, bytes), 0);
});

Deno.test("pages of mapped files and of the kernel are not in the dump", () => {
  using dump = fixture("shloop");
  const { memory } = dump.task(1517)!;
  const text = memory.areas.find((vma) => vma.status === (VMA.REGULAR | VMA.FILE_PRIVATE))!;
  const file = [...memory.extents(text)].find(({ kind }) => kind === "file")!;
  assert.ok(file.kind === "file" && dump.files.get("REG", file.id)?.reg?.name !== undefined);
  assert.equal(readExtent(file, 0, new Uint8Array(10)), 0);
  const vvar = memory.areas.find((vma) => (vma.status & VMA.VVAR) !== 0)!;
  assert.deepEqual(kindsOf(memory.extents(vvar)).map(([kind]) => kind), ["kernel"]);
});

Deno.test("shared memory of System V is read from its own page map", () => {
  using dump = fixture("sysvipc");
  const [task] = dump.tasks;
  const segments = dump.entries("ipcns-shm-9.img", "ipc_shm_entry");
  assert.equal(segments.length, 4);
  for (const { desc } of segments) {
    const name = `pagemap-shmem-${desc.id}.img`;
    const map = dump.pageMap(name);
    const size = map.storedPages * PAGE;
    const extents = [...dump.sharedMemory.extents(desc.id, { from: 0, to: size }, PAGE)];
    const bytes = new Uint8Array(size);
    for (const extent of extents) readExtent(extent, 0, bytes.subarray(extent.at));
    const expected = pagesByAddress([`${DUMPS}/sysvipc`], name);
    for (const [offset, contents] of expected) {
      assert.deepEqual(bytes.subarray(Number(offset), Number(offset) + PAGE), contents);
    }
  }
  assert.ok(task!.memory.areas.length > 0);
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test("a memfd's area leads by way of its file and inode to the shared memory", () => {
  using dump = fixture("incremental/3-dump");
  const vma = {
    ...fixture("shloop").task(1517)!.memory.areas[0]!,
    status: VMA.FILE_SHARED | VMA.MEMFD,
  };
  const [inode] = dump.entries("memfd.img", "memfd_inode_entry");
  const [id] = [...dump.files.ofType("MEMFD")].find(([, { memfd }]) => {
    return BigInt(memfd!.inode_id) === inode!.inode_id;
  })!;
  assert.equal(dump.sharedMemory.idOf({ ...vma, shmid: BigInt(id) }), inode!.shmid);
  assert.equal(dump.sharedMemory.idOf({ ...vma, shmid: 9999n }), undefined);
  assert.equal(dump.sharedMemory.idOf({ ...vma, status: VMA.ANON_SHARED, shmid: 9999n }), 9999);
});

Deno.test("old segments are read from the image that contains them", () => {
  const desc = { key: 1, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0 };
  const whole = image("IPCNS_SHM", [
    { desc: { ...desc, id: 3 }, size: 5000n, extra: page(3, 5000) },
    { desc: { ...desc, id: 4 }, size: 10n, in_pagemaps: true },
    { desc: { ...desc, id: 5 }, size: 4096n, extra: page(5) },
  ]);
  const read = (bytes: Uint8Array, id: number) => {
    using dump = dumpOf({ "ipcns-shm-1.img": bytes });
    return [...dump.sharedMemory.extents(id, { from: 0, to: 2 * PAGE }, PAGE)].map((extent) => {
      const one = new Uint8Array(1);
      readExtent(extent, 0, one);
      return [extent.kind, extent.at, extent.length, one[0]];
    });
  };
  assert.deepEqual(read(whole, 3), [["image", 0, 5000, 3], ["zeros", 5000, 3192, 0]]);
  assert.deepEqual(read(whole, 4), [["lost", 0, 2 * PAGE, 0]]);
  assert.deepEqual(read(whole, 5), [["image", 0, PAGE, 5], ["zeros", PAGE, PAGE, 0]]);
  const cut = whole.subarray(0, whole.length - 100);
  assert.deepEqual(read(cut, 3), [["image", 0, 5000, 3], ["zeros", 5000, 3192, 0]]);
  assert.deepEqual(read(cut, 5).map(([kind]) => kind), ["lost"]);
});

Deno.test("page maps of releases before 3.5 and 4.2 are read like new ones", () => {
  using dump = dumpOf({
    "pagemap-1.img": image("PAGEMAP", [
      { pages_id: 7 },
      { vaddr: 0x1000n, compat_nr_pages: 2 },
      { vaddr: 0x5000n, compat_nr_pages: 1, in_parent: true },
      { vaddr: 0x6000n, compat_nr_pages: 3, flags: PAGES.PRESENT },
    ]),
  });
  const map = dump.pageMap("pagemap-1.img");
  assert.deepEqual([map.pagesId, map.count, map.storedPages], [7, 3, 5]);
  assert.deepEqual([...map.lengths], [2, 1, 3]);
  assert.deepEqual([...map.flags], [PAGES.PRESENT, PAGES.PARENT, PAGES.PRESENT]);
  assert.deepEqual([...map.stored], [0, 2, 2]);
});

Deno.test("an unsorted page map is sorted, and each range keeps its pages", () => {
  const status = VMA.REGULAR | VMA.ANON_PRIVATE;
  using dump = taskDump([{ start: 0x1000n, end: 0x4000n, status }], {
    "pagemap-1.img": pageMap(1, [
      { vaddr: 0x3000n, pages: 1, flags: PAGES.PRESENT },
      { vaddr: 0x1000n, pages: 1, flags: PAGES.PRESENT },
    ]),
    "pages-1.img": joined(page(3), page(1)),
  });
  const bytes = new Uint8Array(3 * PAGE);
  assert.equal(dump.tasks[0]!.memory.read(0x1000n, bytes), 3 * PAGE);
  assert.deepEqual([bytes[0], bytes[PAGE], bytes[2 * PAGE]], [1, 0, 3]);
});

Deno.test("a parent that leads back to the dump is a fault, not a circle", () => {
  const status = VMA.REGULAR | VMA.ANON_PRIVATE;
  const inParent = pageMap(1, [{ vaddr: 0x1000n, pages: 1, flags: PAGES.PARENT }]);
  const closed: boolean[] = [];
  const parents = (depth: number): MemorySource => {
    const identity = depth === 3 ? "memory" : `parent ${depth}`;
    const source = new MemorySource(
      { "pagemap-1.img": inParent },
      () => parents(depth + 1),
      identity,
    );
    closed.push(false);
    source[Symbol.dispose] = () => void (closed[depth - 1] = true);
    return source;
  };
  {
    using dump = taskDump([{ start: 0x1000n, end: 0x2000n, status }], {
      "pagemap-1.img": inParent,
    }, () => parents(1));
    assert.equal(dump.tasks[0]!.memory.read(0x1000n, new Uint8Array(PAGE)), 0);
    assert.deepEqual(faultsOf(dump), ["parent/parent/parent: it leads back to memory"]);
    assert.equal(dump.parent?.parent?.parent, undefined);
  }
  assert.deepEqual(closed, [true, true, true]);
});

Deno.test("a dump that is its own parent by a link is not followed", () => {
  const path = Deno.makeTempDirSync();
  try {
    Deno.symlinkSync(".", `${path}/parent`);
    using dump = new Dump(new DirectorySource(path));
    assert.equal(dump.parent, undefined);
    assert.match(faultsOf(dump)[0]!, /^parent: it leads back to /);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

Deno.test("a parent given by hand takes the place of the link", () => {
  const given = new DirectorySource(`${DUMPS}/incremental/2-predump`);
  using dump = new Dump(
    new MemorySource(filesOf("incremental/3-dump"), () => {
      throw new Error("the link was followed");
    }),
    given,
  );
  const chain = ["3-dump", "2-predump", "1-predump"].map((name) => `${DUMPS}/incremental/${name}`);
  const [task] = dump.tasks;
  compareMemory(task!, pagesByAddress(chain, task!.pageMapName));
});

Deno.test("arguments and page sizes are checked", () => {
  const { mm_saved_auxv: _, ...mm } = fixture("shloop").task(1517)!.mm!;
  const huge = {
    start: 0x1000n,
    end: 0x7000_0000_0000n,
    pgoff: 0n,
    shmid: 0n,
    prot: 3,
    flags: 0x22,
    fd: -1n,
    status: VMA.REGULAR | VMA.ANON_PRIVATE,
  };
  const files = filesOf("shloop");
  for (const size of [0n, 3n, 1n << 62n, 0xffff_ffff_ffff_ffffn]) {
    using dump = dumpOf({
      ...files,
      "mm-1517.img": image("MM", [{
        ...mm,
        mm_saved_auxv: [6n, size],
        mm_arg_start: 0x2000n,
        mm_arg_end: 0x6000_0000_0000n,
        vmas: [huge],
      }]),
    });
    const { memory } = dump.task(1517)!;
    assert.equal(memory.pageSize, PAGE);
    assert.ok(memory.argumentBytes.length <= 16 << 20);
  }
});

Deno.test("addresses beyond 2^53 are exact", () => {
  const status = VMA.REGULAR | VMA.ANON_PRIVATE;
  const top = 0xffff_ffff_ff60_0000n;
  using dump = taskDump([
    // It ends a byte after an address that a number cannot tell from the next.
    { start: 0x1_0000n, end: 0x20_0000_0000_0001n, status },
    { start: top, end: top + 0x2000n, status },
  ], {
    "pagemap-1.img": pageMap(1, [{ vaddr: top, pages: 2, flags: PAGES.PRESENT }]),
    "pages-1.img": Uint8Array.from({ length: 2 * PAGE }, (_, i) => i % 251),
  });
  const { memory } = dump.tasks[0]!;
  const bytes = new Uint8Array(8).fill(7);
  assert.equal(memory.read(0x20_0000_0000_0000n, bytes), 1);
  assert.deepEqual([...bytes], [0, 7, 7, 7, 7, 7, 7, 7]);
  for (const at of [1, 3, PAGE - 2, 2 * PAGE - 3]) {
    const room = new Uint8Array(6);
    const there = Math.min(6, 2 * PAGE - at);
    assert.equal(memory.read(top + BigInt(at), room), there, `${at}`);
    const expected = Array.from({ length: there }, (_, i) => (at + i) % 251);
    assert.deepEqual([...room.subarray(0, there)], expected);
  }
});

Deno.test("an area that is not aligned to pages is unreadable and causes no endless loop", () => {
  const status = VMA.REGULAR | VMA.ANON_PRIVATE;
  using dump = taskDump([{ start: 0x20_0000_0000_0001n, end: 0x20_0000_0000_9000n, status }], {
    "pagemap-1.img": pageMap(1, []),
  });
  const { memory } = dump.tasks[0]!;
  assert.equal(memory.read(0x20_0000_0000_0002n, new Uint8Array(8)), 0);
});

/** Where the program of fixtures/chain has what it hashes, and how many pages of it. */
const HASHED = {
  anon: [0x2000_0000_0000n, 48],
  shm: [0x2100_0000_0000n, 16],
  memfd: [0x2200_0000_0000n, 16],
} as const;

Deno.test("the memory of a chain is what the program reported before each dump", async () => {
  const chain = `${ROOT}fixtures/chain`;
  using dump = await openDump(`${chain}/3`);
  const said = Deno.readTextFileSync(`${chain}/said`).trim().split("\n").sort().reverse();
  assert.deepEqual(said.map((line) => line.split(" ")[0]), ["parent", "child"]);
  for (const [index, line] of said.entries()) {
    const { memory } = dump.tasks[index]!;
    for (const [name, [address, pages]] of Object.entries(HASHED)) {
      const bytes = new Uint8Array(pages * 4096);
      assert.equal(memory.read(address, bytes), bytes.length, name);
      // FNV-1a over words.
      let hash = 1469598103934665603n;
      for (const word of new BigUint64Array(bytes.buffer)) {
        hash = (hash ^ word) * 1099511628211n & 0xffff_ffff_ffff_ffffn;
      }
      const expected = new RegExp(` ${name}=([0-9a-f]{16})`).exec(line)![1];
      assert.equal(hash.toString(16).padStart(16, "0"), expected, `${line} ${name}`);
    }
  }
});
