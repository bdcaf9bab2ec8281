/** Pages that CRIU punched out of a dump's files. */

import assert from "node:assert/strict";
import { isZeroPage } from "../../../images/bytes/bytes.ts";
import { openDump } from "../../../images/dump/open.ts";
import { stackPointerOf } from "../../../images/dump/stack_pointer.ts";
import "../../../plugins/mod.ts";
import { DumpCopy, isDirectory, punch, SHARED } from "../../dumps.ts";
import { isWithout, lacks, ROOT, runProgram } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;
const PID = 1520;
const PAGES = "pages-2.img";

/** The pages of a file that are zeros. */
function zeroPages(path: string): Set<number> {
  const bytes = Deno.readFileSync(path);
  const pages = Array.from({ length: bytes.length / 4096 }, (_, page) => page);
  return new Set(pages.filter((page) => isZeroPage(bytes, page * 4096, 4096)));
}

/** Where the top of a process's stack is in its file of pages. */
async function stackPage(path: string): Promise<number> {
  using dump = await openDump(path);
  const task = dump.task(PID)!;
  const address = stackPointerOf(task.core!)!;
  const vma = task.memory.areaAt(address)!;
  const from = Number(address - vma.start) & ~4095;
  const [extent] = task.memory.extents(vma, { from, to: from + 4096 });
  assert(extent?.kind === "image" && extent.name === PAGES);
  return extent.offset / 4096;
}

Deno.test("a hole at the top of a stack is recognized as punched", async () => {
  const [top, zeros] = [await stackPage(DUMP), zeroPages(`${DUMP}/${PAGES}`)];
  assert(!zeros.has(top));
  using copy = new DumpCopy(DUMP);
  punch(`${copy.path}/${PAGES}`, (page) => page === top || page === top - 1);
  using dump = await openDump(copy.path);
  const pages = Deno.statSync(`${DUMP}/${PAGES}`).size / 4096;
  assert.deepEqual(dump.holes.files, [{ name: PAGES, pages, holes: 2 }]);
  const { memory } = dump.task(PID)!;
  const counts = memory.areas.flatMap((vma) =>
    [...memory.extents(vma)].map((extent) => dump.holes.countIn(extent))
  );
  // What is zero besides may be a hole as well.
  const expected = new Set([top, top - 1]).union(zeros).size;
  assert.equal(counts.reduce((sum, count) => sum + count, 0), expected);
});

Deno.test("a hole in written pages of a mapped file is recognized as punched", async () => {
  using copy = new DumpCopy(DUMP);
  // The first page is of the program's data.
  punch(`${copy.path}/${PAGES}`, (page) => page === 0);
  using dump = await openDump(copy.path);
  assert.deepEqual(dump.holes.files.map(({ name, holes }) => [name, holes]), [[PAGES, 1]]);
});

Deno.test("holes that a copy made of zero pages are not taken for punched", async () => {
  const from = `${ROOT}fixtures/chain/3`;
  using copy = new DumpCopy(from);
  let count = 0;
  for (const { name } of Deno.readDirSync(from)) {
    if (!name.startsWith("pages-")) continue;
    const zeros = zeroPages(`${from}/${name}`);
    punch(`${copy.path}/${name}`, (page) => zeros.has(page));
    count += zeros.size;
  }
  assert(count > 0);
  using dump = await openDump(copy.path);
  assert.deepEqual(dump.holes.files, []);
});

Deno.test({
  name: "dumps with pages that CRIU punched are recognized, in directories and archives",
  ignore: isWithout("../shared/chains", isDirectory(`${SHARED}chains`)) || lacks("tar", "zstd"),
  async fn() {
    const archive = `${SHARED}chains/punched.tar.zst`;
    using scratch = new Scratch();
    await runProgram("tar", ["-S", "--zstd", "-xf", archive, "-C", scratch.path]);
    for (const place of [archive, scratch.path]) {
      // Of the second dumps one was dumped with --auto-dedup, the other restored with it.
      const dumps = {
        "leave-running-then-auto-dedup/1": 69,
        "leave-running-then-auto-dedup/2": 0,
        "restored-with-auto-dedup/2": 51,
      };
      for (const [name, expected] of Object.entries(dumps)) {
        using dump = await openDump(`${place}/${name}`);
        const holes = dump.holes.files.reduce((sum, { holes }) => sum + holes, 0);
        assert.equal(holes, expected, `${place}/${name}`);
      }
    }
  },
});
