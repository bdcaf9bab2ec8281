/** A dump that was never finished, or never copied whole, is explained. */

import assert from "node:assert/strict";
import { THOROUGH } from "../../dumps.ts";
import { type BrokenDump, checked, copyOf, linesOf } from "./broken_dump.ts";

/** Breaks a copy of a dump and gives the report. */
async function after(dump: string, spoil: (copy: BrokenDump) => void) {
  using copy = await copyOf(dump);
  spoil(copy);
  return await checked(copy.path);
}

Deno.test("a dump without its inventory was not finished", async () => {
  const { unfinished, findings } = await after("shloop", (copy) => copy.remove("inventory.img"));
  assert.deepEqual(unfinished, {
    isCopy: false,
    signs: ["inventory.img, which CRIU writes last, is not there"],
  });
  assert.deepEqual(findings.map(({ rule }) => rule.id), ["inventory-present"]);
});

Deno.test("an empty inventory counts as missing", async () => {
  const { unfinished } = await after("shloop", (copy) => copy.resize("inventory.img", 0));
  assert.equal(unfinished?.isCopy, false);
  assert.equal(unfinished?.signs.length, 1);
});

Deno.test("a dump that was interrupted while memory was dumped is unfinished", async () => {
  const report = await after("shloop", (copy) => {
    for (
      const name of ["inventory.img", "pstree.img", "timens-0.img", "stats-dump", "fs-1520.img"]
    ) {
      copy.remove(name);
    }
    copy.resize("pages-2.img", 5000);
  });
  assert.deepEqual(report.unfinished?.signs, [
    "inventory.img, which CRIU writes last, is not there",
    "pages-2.img is 101496 bytes short",
  ]);
  assert.deepEqual(report.findings.map(({ rule, image }) => `${rule.id} ${image}`), [
    "inventory-present inventory.img",
    "pstree-present pstree.img",
    "pages-exact pages-2.img",
  ]);
});

Deno.test("an image that ends inside an entry is reported as cut", async () => {
  for (const name of ["core-1520.img", "files.img", "pagemap-1520.img", "mm-1517.img"]) {
    using copy = await copyOf("shloop");
    const size = copy.size(name);
    for (let cut = 1; cut < size; cut += Math.max(1, Math.floor(size / (THOROUGH ? 40 : 10)))) {
      copy.resize(name, size - cut);
      const report = await checked(copy.path);
      const where = `${name}, ${size - cut} of ${size} bytes`;
      const signs = report.unfinished?.signs ?? [];
      // Where it is cut between two entries only what names the lost ones can tell.
      const isBetween = report.findings.every(({ rule }) => rule.id !== "image-whole");
      if (isBetween) assert(report.counts.error > 0, where);
      else assert(signs.some((sign) => sign.startsWith(`${name} ends inside `)), where);
      assert.equal(report.unfinished?.isCopy ?? true, true);
      Deno.copyFileSync(`${ROOT_OF_SHLOOP}/${name}`, copy.file(name));
    }
  }
});

const ROOT_OF_SHLOOP = new URL("../../../fixtures/dumps/shloop", import.meta.url).pathname;

Deno.test("missing pages are reported", async () => {
  const { unfinished } = await after("shloop", (copy) => {
    copy.remove("pages-1.img");
    copy.resize("pages-2.img", 4096);
  });
  assert.equal(unfinished?.isCopy, true);
  assert.deepEqual(unfinished?.signs, [
    "pages-1.img is not there",
    "pages-2.img is 102400 bytes short",
  ]);
});

Deno.test("many signs are counted, not listed", async () => {
  const report = await after("pyapp", (copy) => {
    for (const { name } of Deno.readDirSync(copy.path)) copy.resize(name, 0);
  });
  assert.equal(report.unfinished?.signs.length, 5);
  assert.match(report.unfinished!.signs.at(-1)!, /^and \d\d more$/);
});

Deno.test("a dump that is merely wrong is not called unfinished", async () => {
  const report = await after(
    "shloop",
    (copy) => copy.edit("mm-1520.img", ([entry]) => entry.exe_file_id = 99),
  );
  assert.equal(report.counts.error, 1, linesOf(report).join("\n"));
  assert.equal(report.unfinished, undefined);
});

Deno.test("page maps and pages alone are recognized as the half of a page server", async () => {
  const report = await after("incremental/1-predump", (copy) => copy.remove("inventory.img"));
  assert.equal(report.kind, "pages");
  assert.deepEqual(linesOf(report), []);
  assert.equal(report.unfinished, undefined);
});

Deno.test("the half of a page server dump without page maps is reported once", async () => {
  const report = await after("shloop", (copy) => {
    for (const { name } of [...Deno.readDirSync(copy.path)]) {
      if (/^page/.test(name)) copy.remove(name);
    }
  });
  assert.equal(report.kind, "dump");
  assert.deepEqual(report.findings.map(({ rule, message }) => [rule.id, message]), [
    ["pagemaps-apart", "it has no page maps: they may be where criu page-server ran"],
  ]);
});

Deno.test("the half of a page server pre-dump is a pre-dump without page maps", async () => {
  const report = await after("incremental/1-predump", (copy) => {
    for (const { name } of [...Deno.readDirSync(copy.path)]) {
      if (/^page/.test(name)) copy.remove(name);
    }
  });
  assert.equal(report.kind, "pre-dump");
  assert.deepEqual(report.findings.map(({ rule }) => rule.id), ["pagemaps-apart"]);
});
