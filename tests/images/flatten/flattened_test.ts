/** A chain as one dump: its memory is that of the chain. */

import assert from "node:assert/strict";
import { DirectorySource } from "../../../images/dump/directory.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { openDump } from "../../../images/dump/open.ts";
import { readWhole } from "../../../images/dump/source.ts";
import { FlattenedSource } from "../../../images/flatten/flattened.ts";
import "../../../plugins/mod.ts";
import { isDirectory, SHARED } from "../../dumps.ts";
import { DUMPS, image, MemorySource } from "../dump/sources.ts";

/** Chains by the last dump of each. */
const CHAINS = [`${DUMPS}/incremental/3-dump`];
for (const name of ["chain/3", "dedup/3", "notrack/2"]) {
  if (isDirectory(`${SHARED}chains/${name}`)) CHAINS.push(`${SHARED}chains/${name}`);
}

/** Bytes of all memory of a dump, as far as they are known. */
function* memoryOf(dump: Dump): Generator<readonly [string, number, Uint8Array]> {
  for (const { pid, memory } of dump.tasks) {
    for (const { start, end } of memory.areas) {
      for (let at = start; at < end; at += 4096n) {
        const bytes = new Uint8Array(4096);
        const count = memory.read(at, bytes);
        yield [`${pid} 0x${at.toString(16)}`, count, bytes.slice(0, count)];
      }
    }
  }
}

for (const path of CHAINS) {
  Deno.test(`every page of ${path.replace(/.*\/(?=[^/]+\/[^/]+$)/, "")} keeps its address`, async () => {
    using chain = await openDump(path);
    using source = new FlattenedSource(await openDump(path));
    using flat = new Dump(source);
    assert.equal(flat.parent, undefined);
    const expected = memoryOf(chain);
    let count = 0;
    for (const [place, length, bytes] of memoryOf(flat)) {
      const [expectedPlace, expectedLength, expectedBytes] = expected.next().value!;
      assert.equal(place, expectedPlace);
      assert.equal(length, expectedLength, place);
      assert.ok(Buffer.from(bytes).equals(expectedBytes), place);
      count++;
    }
    assert.equal(expected.next().done, true);
    assert.ok(count > 100);
    assert.deepEqual(flat.allFaults, []);
    for (const { name, type } of flat.dumpFiles) {
      if (type?.entry !== "pagemap_entry") continue;
      const { flags, addresses, lengths, storedPages, pagesId } = flat.pageMap(name);
      assert.ok(flags.every((flags) => (flags & 1) === 0), name);
      assert.equal(flat.sizeOf(`pages-${pagesId}.img`) ?? 0, storedPages * 4096);
      for (let i = 1; i < addresses.length; i++) {
        assert.ok(addresses[i]! >= addresses[i - 1]! + lengths[i - 1]! * 4096, name);
      }
    }
  });
}

/** A dump with one page map, whose ranges are given as address, pages, flags. */
function mapOf(ranges: ReadonlyArray<readonly [number, number, number]>, fill: number) {
  const stored = ranges.filter(([, , flags]) => flags & 4).reduce((sum, [, n]) => sum + n, 0);
  const pages = new Uint8Array(stored * 4096);
  for (let i = 0; i < stored; i++) pages.fill(fill + i, i * 4096, (i + 1) * 4096);
  return {
    "pagemap-1.img": image("PAGEMAP", [
      { pages_id: 7 },
      ...ranges.map(([vaddr, compat_nr_pages, flags]) => ({
        vaddr: BigInt(vaddr),
        compat_nr_pages,
        flags,
      })),
    ]),
    "pages-7.img": pages,
  };
}

const [PARENT, LAZY, PRESENT] = [1, 2, 4];

Deno.test("ranges in parents of parents are split and joined, and keep flags and gaps", () => {
  const first = mapOf([[0x1000, 8, PRESENT]], 10);
  const second = mapOf([[0x1000, 2, PARENT], [0x3000, 2, PRESENT], [0x5000, 4, PARENT]], 50);
  const third = mapOf([
    [0x1000, 5, PARENT],
    [0x7000, 1, PRESENT],
    [0x8000, 1, PARENT | LAZY],
    [0x20000, 3, LAZY],
  ], 90);
  const dump = new Dump(
    new MemorySource(
      third,
      () => new MemorySource(second, () => new MemorySource(first, undefined, "1"), "2"),
      "3",
    ),
  );
  using flat = new FlattenedSource(dump);
  const read = (name: string) => {
    using file = flat.open(name);
    return readWhole(file);
  };
  const result = new Dump(
    new MemorySource({
      "pagemap-1.img": read("pagemap-1.img"),
      "pages-7.img": read("pages-7.img"),
    }),
  );
  const map = result.pageMap("pagemap-1.img");
  assert.deepEqual([...map.addresses], [0x1000, 0x7000, 0x8000, 0x20000]);
  assert.deepEqual([...map.lengths], [5, 1, 1, 3]);
  assert.deepEqual([...map.flags], [PRESENT, PRESENT, PRESENT | LAZY, LAZY]);
  const pages = read("pages-7.img");
  assert.deepEqual(
    Array.from({ length: 7 }, (_, i) => pages[i * 4096 + 5]),
    [10, 11, 50, 51, 14, 90, 17],
  );
  // From anywhere, over the borders of runs.
  using file = flat.open("pages-7.img");
  for (const [offset, length] of [[4090, 20], [8191, 2], [7 * 4096 - 3, 10], [7 * 4096, 4]]) {
    const into = new Uint8Array(length!);
    const count = file.read(offset!, into);
    assert.deepEqual(into.subarray(0, count), pages.subarray(offset, offset! + length!));
  }
});

Deno.test("a page that no dump of the chain has and a missing parent are errors", () => {
  const tip = mapOf([[0x1000, 1, PRESENT], [0x3000, 2, PARENT]], 1);
  const short = mapOf([[0x3000, 1, PRESENT]], 2);
  const cases: Array<[ConstructorParameters<typeof MemorySource>[1], RegExp]> = [
    [undefined, /^pagemap-1\.img: 2 pages at 0x3000 must be in a parent dump and are in none$/],
    [
      () => new MemorySource(short, undefined, "1"),
      /^pagemap-1\.img: the page at 0x4000 must be in a parent dump and is in none$/,
    ],
  ];
  for (const [parent, message] of cases) {
    using flat = new FlattenedSource(new Dump(new MemorySource(tip, parent, "2")));
    assert.throws(() => flat.files, { message });
  }
});

Deno.test("page maps keep the format of their release", () => {
  const wide = (ranges: ReadonlyArray<readonly [number, number, number]>) => ({
    ...mapOf(ranges, 1),
    "pagemap-1.img": image("PAGEMAP", [
      { pages_id: 7 },
      ...ranges.map(([vaddr, pages, flags]) => ({
        vaddr: BigInt(vaddr),
        compat_nr_pages: 0,
        flags,
        nr_pages: BigInt(pages),
      })),
    ]),
  });
  const old = {
    ...mapOf([[0x1000, 1, PRESENT]], 1),
    "pagemap-1.img": image("PAGEMAP", [
      { pages_id: 7 },
      { vaddr: 0x1000n, compat_nr_pages: 1, in_parent: true },
    ]),
    "pages-7.img": new Uint8Array(),
  };
  const base = mapOf([[0x1000, 4, PRESENT]], 1);
  const entriesOf = (files: ReturnType<typeof mapOf>) => {
    const dump = new Dump(
      new MemorySource(files, () => new MemorySource(base, undefined, "1"), "2"),
    );
    using flat = new FlattenedSource(dump);
    using file = flat.open("pagemap-1.img");
    const made = new Dump(new MemorySource({ "pagemap-1.img": readWhole(file) }));
    return made.image("pagemap-1.img").entries.slice(1);
  };
  assert.deepEqual(
    entriesOf(wide([[0x1000, 2, PARENT]])).map(({ nr_pages, flags }) => [nr_pages, flags]),
    [
      [2n, PRESENT],
    ],
  );
  const [entry] = entriesOf(old);
  assert.deepEqual([entry!.compat_nr_pages, entry!.flags, entry!.in_parent], [
    1,
    undefined,
    undefined,
  ]);
});

Deno.test("a dump without a parent stays as it is", () => {
  using flat = new FlattenedSource(new Dump(new DirectorySource(`${DUMPS}/shloop`)));
  assert.equal(flat.made.size, 0);
  assert.equal(flat.parentLink, undefined);
});
