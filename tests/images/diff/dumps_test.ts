/** Differences between dumps: exactly what was changed, whatever the form of the images. */

import assert from "node:assert/strict";
import { DumpComparison } from "../../../images/diff/dumps.ts";
import { openDump } from "../../../images/dump/open.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { encodeImage, type Entry } from "../../../mod.ts";
import { DumpCopy, dumpsIn, isNotSwept, SHARED, THOROUGH } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

const OWN = `${ROOT}fixtures/dumps`;

/** What differs between two dumps, in short. */
async function compare(pathA: string, pathB: string) {
  using a = await openDump(pathA);
  using b = await openDump(pathB);
  const comparison = new DumpComparison(a, b);
  const fields = [...comparison.fields()];
  const { rows } = comparison;
  const pages = comparison.memory.flatMap(({ image, ranges, pageSize }) =>
    ranges.map(({ start, end, ...places }) =>
      `${image} ${start.toString(16)} ${(end - start) / pageSize} ${places.a} ${places.b}`
    )
  );
  return {
    images: comparison.images,
    fields: fields.map(({ image, path }) => `${image}: ${path}`),
    changes: fields,
    rows,
    pages,
    faults: comparison.faults.map(({ message }) => message),
  };
}

/** Names of the kinds of rows that differ. */
function kindsOf(rows: Awaited<ReturnType<typeof compare>>["rows"]): string[] {
  return Object.entries(rows)
    .filter(([, { added, removed, changed }]) => added.length + removed.length + changed.length > 0)
    .map(([name]) => name);
}

function edit(path: string, change: (entries: Entry[]) => void): void {
  const image = decodeObjects(Deno.readFileSync(path));
  change(image.entries);
  Deno.writeFileSync(path, encodeImage(image));
}

// deno-lint-ignore no-explicit-any
const loose = (entry: unknown) => entry as any;

async function compareWithCopies(dumps: string): Promise<number> {
  let count = 0;
  for (const name of dumpsIn(dumps)) {
    const path = `${dumps}/${name}`;
    const self = await compare(path, path);
    assert.deepEqual([self.fields, self.pages, self.faults, self.images.added], [[], [], [], []]);
    using copy = new DumpCopy(path);
    const { fields, pages, faults, rows } = await compare(path, copy.path);
    if (isThere(`${path}/parent`)) {
      // From the copy the way to the parent leads nowhere.
      assert(pages.every((text) => text.endsWith("dump lost")), name);
      assert.match(faults[0]!, /\/parent: it leads to /);
      continue;
    }
    const isLeftOut = (fault: string) => /\/pages-\d+\.img: the image is missing$/.test(fault);
    assert.deepEqual([fields, pages, kindsOf(rows)], [[], [], []], name);
    assert.deepEqual(faults.filter((fault) => !isLeftOut(fault)), [], name);
    count++;
  }
  return count;
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

Deno.test("a dump does not differ from itself or from a copy", async () => {
  assert(await compareWithCopies(OWN) >= 4);
});

Deno.test({
  name: "no dump beside the checkout differs from itself or from a copy",
  ignore: isNotSwept(),
  async fn() {
    assert(await compareWithCopies(`${SHARED}dumps`) > 20);
  },
});

Deno.test("incremental dumps differ in the pages that were written between them", async () => {
  const path = `${OWN}/incremental`;
  const first = await compare(`${path}/1-predump`, `${path}/2-predump`);
  assert.deepEqual(first.pages, [
    "pagemap-26736.img 200000005000 1 dump dump",
    "pagemap-26736.img 55e0dbe85000 1 dump dump",
    "pagemap-26736.img 7fba5b6e0000 1 dump dump",
    "pagemap-26736.img 7fffa5d0d000 2 dump dump",
  ]);
  assert.deepEqual(first.images, { added: [], removed: [] });
  const second = await compare(`${path}/2-predump`, `${path}/3-dump`);
  assert.deepEqual(second.pages, [
    "pagemap-26736.img 200000005000 1 dump dump",
    "pagemap-26736.img 55e0dbe85000 1 dump dump",
    "pagemap-26736.img 7fba5b6e1000 1 dump dump",
    "pagemap-26736.img 7fffa5d0d000 1 dump dump",
    "pagemap-shmem-11288.img 0 16 nowhere dump",
  ]);
  assert(second.images.added.includes("core-26736.img"));
  assert.deepEqual(second.rows.tasks!.added.map(({ pid, comm }) => [pid, comm]), [[26736, "incr"]]);
  assert.deepEqual([...first.faults, ...second.faults], []);
});

Deno.test("pages of incremental dumps differ exactly where their merged bytes differ", async () => {
  const path = `${OWN}/incremental`;
  const { pages } = await compare(`${path}/1-predump`, `${path}/3-dump`);
  const { Buffer } = await import("node:buffer");
  const contents = async (name: string) => {
    using dump = await openDump(`${path}/${name}`);
    const { extentsOf, readExtent } = await import("../../../images/dump/extent.ts");
    const map = dump.pageMap("pagemap-26736.img");
    const found = new Map<string, Uint8Array>();
    for (let i = 0; i < map.count; i++) {
      for (let page = 0; page < map.lengths[i]!; page++) {
        const from = map.addresses[i]! + page * 4096;
        const store = { dump, name: map.name, pageSize: 4096 };
        const [extent] = extentsOf(store, { from, to: from + 4096 }, () => []);
        const bytes = new Uint8Array(4096);
        assert.equal(readExtent(extent!, 0, bytes), 4096);
        found.set(from.toString(16), bytes);
      }
    }
    return found;
  };
  const [before, after] = [await contents("1-predump"), await contents("3-dump")];
  const expected = [...after].filter(([address, bytes]) =>
    before.has(address) && Buffer.compare(bytes, before.get(address)!) !== 0
  ).map(([address]) => address);
  const told = pages.filter((text) => text.endsWith("dump dump")).flatMap((text) => {
    const [, start, count] = text.split(" ");
    return Array.from(
      { length: Number(count) },
      (_, i) => (parseInt(start!, 16) + i * 4096).toString(16),
    );
  });
  assert(expected.length > 3);
  assert.deepEqual(told, expected);
});

Deno.test("the image version of the files is no difference", async () => {
  using copy = new DumpCopy(`${OWN}/legacy-v1.0`);
  let count = 0;
  for (const { name } of Deno.readDirSync(copy.path)) {
    if (!name.endsWith(".img") || name.startsWith("pages-")) continue;
    const bytes = Deno.readFileSync(`${copy.path}/${name}`);
    const newer = encodeImage(decodeObjects(bytes, { name }), "1.1");
    if (newer.length !== bytes.length) count++;
    Deno.writeFileSync(`${copy.path}/${name}`, newer);
  }
  assert(count > 30);
  const { fields, pages, rows, faults, images } = await compare(`${OWN}/legacy-v1.0`, copy.path);
  assert.deepEqual([fields, pages, kindsOf(rows)], [[], [], []]);
  assert.deepEqual(images, { added: [], removed: [] });
  assert(faults.every((fault) => /pages-\d+\.img: the image is missing$/.test(fault)));
});

Deno.test("edited fields are reported by path, and nothing else is", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  edit(`${copy.path}/core-1517.img`, ([core]) => {
    loose(core).tc.comm = "other";
    loose(core).tc.sigactions[3].flags = 1n;
    delete loose(core).thread_core.comm;
  });
  edit(`${copy.path}/fdinfo-2.img`, (entries) => {
    const [gone] = entries.splice(1, 1);
    assert.equal(gone!.fd, 1);
    entries.reverse();
    entries[0]!.flags = 0;
    entries.push({ ...gone!, fd: 77 });
  });
  edit(`${copy.path}/mm-1520.img`, ([mm]) => {
    loose(mm).vmas.splice(2, 1);
    loose(mm).vmas[4].prot = 7;
  });
  const { changes, fields, rows, faults } = await compare(`${OWN}/shloop`, copy.path);
  const [removed, altered] = areasOf(`${OWN}/shloop/mm-1520.img`, 2, 5);
  assert.deepEqual(fields, [
    "core-1517.img: [0].tc.comm",
    "core-1517.img: [0].tc.sigactions[3].flags",
    "core-1517.img: [0].thread_core.comm",
    "fdinfo-2.img: [fd=1]",
    "fdinfo-2.img: [fd=10].flags",
    "fdinfo-2.img: [fd=77]",
    `mm-1520.img: [0].vmas[start=${removed}]`,
    `mm-1520.img: [0].vmas[start=${altered}].prot`,
  ]);
  const values = changes.map(({ a, b }) => [a, b]);
  assert.deepEqual(values.slice(0, 3), [["sh", "other"], ["0x0", "0x1"], ["sh", undefined]]);
  assert.deepEqual(values[5], [undefined, { id: 5, flags: 0, type: "REG", fd: 77 }]);
  assert.match(String(values[7]![1]), /PROT_READ \| PROT_WRITE \| PROT_EXEC/);
  assert.deepEqual(faults, []);
  assert.deepEqual(rows.tasks!.changed, [
    { row: { pid: 1517 }, changes: [{ path: "comm", a: "sh", b: "other" }] },
  ]);
  assert.deepEqual(rows.descriptors!.added.map(({ fd }) => fd), [77]);
  assert.deepEqual(rows.descriptors!.removed.map(({ fd }) => fd), [1]);
  assert.deepEqual(rows.areas!.removed.map(({ start }) => start), [removed]);
  assert.deepEqual(rows.areas!.changed.map(({ row }) => row.start), [altered]);
});

/** Starts of areas, as paths have them. */
function areasOf(path: string, ...indexes: number[]): string[] {
  const [mm] = decodeObjects(Deno.readFileSync(path)).entries;
  return indexes.map((index) => `0x${loose(mm).vmas[index].start.toString(16)}`);
}

Deno.test("changed bytes are reported by the ranges of their pages", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  const map = decodeObjects(Deno.readFileSync(`${copy.path}/pagemap-1517.img`));
  const [head, ...ranges] = map.entries.map(loose);
  const path = `${copy.path}/pages-${head.pages_id}.img`;
  const pages = Deno.readFileSync(path);
  // The second range's first two pages, and a page of the fifth.
  const before = (index: number) =>
    ranges.slice(0, index).reduce((sum, { nr_pages }) => sum + Number(nr_pages), 0);
  assert.deepEqual([Number(ranges[1].nr_pages), Number(ranges[4].nr_pages)], [3, 2]);
  for (const page of [before(1), before(1) + 1, before(4) + 1]) pages[page * 4096 + 4095]! ^= 1;
  Deno.writeFileSync(path, pages);
  const { pages: told, fields, rows } = await compare(`${OWN}/shloop`, copy.path);
  assert.deepEqual(told, [
    `pagemap-1517.img ${ranges[1].vaddr.toString(16)} 2 dump dump`,
    `pagemap-1517.img ${(ranges[4].vaddr + 4096n).toString(16)} 1 dump dump`,
  ]);
  assert.deepEqual([fields, kindsOf(rows)], [[], []]);
});

Deno.test("pages that one dump leaves to a mapped file or as zeros are reported as such", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  const map = decodeObjects(Deno.readFileSync(`${copy.path}/pagemap-1520.img`));
  // Without its last ranges the page map takes fewer pages from the same file.
  const gone = map.entries.splice(-1).map(loose);
  Deno.writeFileSync(`${copy.path}/pagemap-1520.img`, encodeImage(map));
  const { pages, fields } = await compare(`${OWN}/shloop`, copy.path);
  // The stack is anonymous: what is not dumped of it is zero, and these pages are not.
  assert.equal(pages.length, 1);
  assert.match(
    pages[0]!,
    new RegExp(`^pagemap-1520.img ${gone[0].vaddr.toString(16)} \\d dump dump$`),
  );
  assert.deepEqual(fields, []);

  // The first range lies in a private mapping of the program.
  map.entries.push(...gone);
  const [first] = map.entries.splice(1, 1).map(loose);
  Deno.writeFileSync(`${copy.path}/pagemap-1520.img`, encodeImage(map));
  const moved = await compare(`${OWN}/shloop`, copy.path);
  assert.equal(moved.pages[0], `pagemap-1520.img ${first.vaddr.toString(16)} 1 dump file`);
});

Deno.test("shared memory is compared under its own page map", async () => {
  using copy = new DumpCopy(`${OWN}/sysvipc`);
  const [head] = decodeObjects(Deno.readFileSync(`${copy.path}/pagemap-shmem-3.img`)).entries;
  const path = `${copy.path}/pages-${head!.pages_id}.img`;
  const pages = Deno.readFileSync(path);
  pages[5 * 4096]! ^= 0x80;
  Deno.writeFileSync(path, pages);
  const { pages: told } = await compare(`${OWN}/sysvipc`, copy.path);
  assert.deepEqual(told, ["pagemap-shmem-3.img 5000 1 dump dump"]);
});

Deno.test("shared memory that is not in its page map is zero", async () => {
  using copy = new DumpCopy(`${OWN}/sysvipc`);
  const path = `${copy.path}/pagemap-shmem-1.img`;
  const map = decodeObjects(Deno.readFileSync(path));
  const [head, range] = map.entries.map(loose);
  assert.equal(Number(range.nr_pages), 3);
  const pages = Deno.readFileSync(`${copy.path}/pages-${head.pages_id}.img`);
  const isTold = (page: number) => pages.subarray(page * 4096, page * 4096 + 4096).some(Boolean);
  const count = [0, 1, 2].filter(isTold).length;
  map.entries.length = 1;
  Deno.writeFileSync(path, encodeImage(map));
  const { pages: told } = await compare(`${OWN}/sysvipc`, copy.path);
  assert(told.length > 0);
  const changed = told.reduce((sum, text) => sum + Number(text.split(" ")[2]), 0);
  assert.equal(changed, count);
  assert(told.every((text) => text.endsWith("dump dump")));
});

Deno.test("an image that one dump lacks is reported, without a fault", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  Deno.removeSync(`${copy.path}/core-1520.img`);
  Deno.removeSync(`${copy.path}/fdinfo-3.img`);
  Deno.copyFileSync(`${copy.path}/ids-1520.img`, `${copy.path}/ids-9.img`);
  const { images, fields, faults } = await compare(`${OWN}/shloop`, copy.path);
  assert.deepEqual(images, {
    added: ["ids-9.img"],
    removed: ["core-1520.img", "fdinfo-3.img"],
  });
  assert.deepEqual([fields, faults], [[], []]);
});

Deno.test("missing pages are a fault and are reported as lost", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  Deno.removeSync(`${copy.path}/pages-1.img`);
  const { images, pages, faults } = await compare(`${OWN}/shloop`, copy.path);
  assert.deepEqual(images.removed, ["pages-1.img"]);
  assert.deepEqual(faults, [`${copy.path}/pages-1.img: the image is missing`]);
  assert(pages.length > 5);
  assert(pages.every((text) => text.endsWith("dump lost")));
});

Deno.test("a damaged image is a fault; what may be behind the damage is not missing", async () => {
  for (
    const [name, keep] of [["files.img", 0.6], ["core-1517.img", 0.5], ["pagemap-1517.img", 0.5], [
      "mm-1517.img",
      0.9,
    ]] as const
  ) {
    using copy = new DumpCopy(`${OWN}/shloop`);
    const path = `${copy.path}/${name}`;
    Deno.truncateSync(path, Math.floor(Deno.statSync(path).size * keep));
    for (const [a, b] of [[`${OWN}/shloop`, copy.path], [copy.path, `${OWN}/shloop`]]) {
      const { fields, pages, faults, rows } = await compare(a!, b!);
      assert.equal(faults.length, 1, faults.join());
      assert(faults[0]!.startsWith(`${path}: `), faults[0]);
      assert.deepEqual([fields, pages, kindsOf(rows)], [[], [], []]);
    }
    const self = await compare(copy.path, copy.path);
    assert.equal(self.faults.length, 1);
  }
});

Deno.test("a comparison of truncated or corrupt images ends with faults at worst", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  let seed = 1;
  const random = (below: number) => (seed = seed * 48271 % 0x7fffffff) % below;
  for (const { name, isFile } of Deno.readDirSync(`${OWN}/shloop`)) {
    if (!isFile) continue;
    const path = `${copy.path}/${name}`;
    const whole = Deno.readFileSync(path);
    for (let round = 0; round < (THOROUGH ? 4 : 2); round++) {
      const bytes = whole.slice(0, round === 0 ? random(whole.length) : whole.length);
      if (round > 0) bytes[random(Math.min(bytes.length, 400))]! ^= 1 << random(8);
      Deno.writeFileSync(path, bytes);
      const found = await compare(`${OWN}/shloop`, copy.path);
      for (const fault of found.faults) assert(fault.startsWith(copy.path), fault);
      // Flags of a page map may change without any change to the memory.
      if (round > 0 && !name.startsWith("pagemap-")) {
        assert(found.fields.length + found.pages.length + found.faults.length > 0, name);
      }
    }
    Deno.writeFileSync(path, whole);
  }
});
