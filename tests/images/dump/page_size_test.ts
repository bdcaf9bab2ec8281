/** There is one page size of a dump, and everything that counts in pages takes it. */

import assert from "node:assert/strict";
import { DumpComparison } from "../../../images/diff/dumps.ts";
import { openDump } from "../../../images/dump/open.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import { encodeImage } from "../../../mod.ts";
import { BrokenDump, checked, copyOf, OWN } from "../check/broken_dump.ts";

const KIB = 1024;

/** A pre-dump of a machine whose pages have 64 KiB: three pages here, two to come lazily. */
function preDump(): BrokenDump {
  const dump = new BrokenDump(`${OWN}/incremental/1-predump`);
  const range = (vaddr: bigint, nr_pages: bigint, flags: number) => ({
    vaddr,
    compat_nr_pages: 0,
    flags,
    nr_pages,
  });
  for (const { name } of [...Deno.readDirSync(dump.path)]) {
    if (/^page/.test(name)) dump.remove(name);
  }
  const entries = [{ pages_id: 1 }, range(0x10_0000n, 3n, 4), range(0x40_0000n, 2n, 2)];
  Deno.writeFileSync(dump.file("pagemap-7.img"), encodeImage({ type: "PAGEMAP", entries }));
  const pages = new Uint8Array(3 * 64 * KIB);
  for (let page = 0; page < 2; page++) pages.fill(7, page * 64 * KIB, (page + 1) * 64 * KIB);
  Deno.writeFileSync(dump.file("pages-1.img"), pages);
  return dump;
}

Deno.test("the page size of a pre-dump follows from its pages", async () => {
  using copy = preDump();
  const { counts } = await checked(copy.path);
  // The pages that are to come lazily are worth a warning.
  assert.deepEqual(counts, { error: 0, warning: 1, note: 0 });
  using dump = await openDump(copy.path);
  assert.equal(dump.pageSize, 64 * KIB);
  const { memory, pages } = statsOf(dump, { pages: true });
  assert.equal(memory.pageSize, 64 * KIB);
  assert.equal(memory.present, 3 * 64 * KIB);
  assert.equal(memory.lazy, 2 * 64 * KIB);
  assert.deepEqual(pages, {
    pages: 3,
    zero: 1,
    duplicate: 1,
    zeroBytes: 64 * KIB,
    duplicateBytes: 64 * KIB,
  });
});

Deno.test("differences between pre-dumps are counted in pages of their size", async () => {
  using a = preDump();
  using b = preDump();
  b.bytes("pages-1.img", (bytes) => void (bytes[64 * KIB] = 8));
  using before = await openDump(a.path);
  using after = await openDump(b.path);
  const memory = [...new DumpComparison(before, after).memory];
  assert.deepEqual(
    memory.map(({ pageSize, ranges }) => [pageSize, ranges.map(({ start, end }) => [start, end])]),
    [[64 * KIB, [[0x11_0000, 0x12_0000]]]],
  );
});

Deno.test("the auxiliary vector of a task determines the page size", async () => {
  using copy = await copyOf("shloop");
  copy.edit("mm-1517.img", ([mm]) => {
    mm.mm_saved_auxv = mm.mm_saved_auxv.map((value: bigint, index: number, auxv: bigint[]) =>
      auxv[index - 1] === 6n && index % 2 === 1 ? 16384n : value
    );
  });
  using dump = await openDump(copy.path);
  assert.equal(dump.pageSize, 16384);
  assert.equal(dump.task(1517)!.memory.pageSize, 16384);
  assert.equal(dump.task(1520)!.memory.pageSize, 4096);
});

Deno.test("a task without an auxiliary vector has the dump's page size", async () => {
  using copy = await copyOf("shloop");
  copy.edit("mm-1517.img", ([mm]) => delete mm.mm_saved_auxv);
  using dump = await openDump(copy.path);
  assert.equal(dump.task(1517)!.memory.pageSize, 4096);
  copy.edit("mm-1520.img", ([mm]) => delete mm.mm_saved_auxv);
  using untold = await openDump(copy.path);
  assert.equal(untold.task(1517)!.memory.pageSize, 4096);
});
