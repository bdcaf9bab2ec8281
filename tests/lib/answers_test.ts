/** What the library finds is what the commands print. */

import assert from "node:assert/strict";
import { checkDump } from "../../lib/check.ts";
import { containersAt } from "../../lib/container.ts";
import { diffDumps, diffImages } from "../../lib/diff.ts";
import { openDump } from "../../lib/dump.ts";
import { editDump, editImage } from "../../lib/edit.ts";
import { reportPage } from "../../lib/report.ts";
import { decodeImage } from "../../mod.ts";
import { Temporary } from "../cli/trees.ts";
import { DumpCopy } from "../dumps.ts";
import { ENGINE_FILES } from "../images/container/engines.ts";
import { engineArchive } from "../images/oci/layouts.ts";
import { crit, lacks, ROOT } from "../programs.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;

Deno.test("errors and faults begin with the name of the image", async () => {
  const files = Deno.readFileSync(`${SHLOOP}/files.img`);
  const cut = files.subarray(0, 100);
  assert.throws(() => decodeImage(cut, { name: "files.img" }), {
    name: "CritError",
    message: /^files\.img: entry 1 at offset 89: /,
    place: { image: "files.img", entry: 1, offset: 89 },
  });
  using copy = new DumpCopy(SHLOOP);
  Deno.writeFileSync(`${copy.path}/mm-1517.img`, cut);
  Deno.removeSync(`${copy.path}/fs-1517.img`);
  await using dump = await openDump(copy.path);
  const task = dump.task(1517)!;
  assert.deepEqual([task.vmas.length, task.fs], [0, undefined]);
  const { findings } = checkDump(dump);
  const images = new Set(dump.faults.map(({ message }) => message.split(":")[0]));
  for (const name of ["mm-1517.img", "fs-1517.img"]) {
    assert(images.has(name), [...images].join(" "));
    assert(findings.some(({ image }) => image === name), name);
  }
});

Deno.test("differences match those of crit diff, also between two edits of one dump", async () => {
  using dump = await openDump(SHLOOP);
  using other = await openDump(`${ROOT}fixtures/dumps/pyapp`);
  const comparison = diffDumps(dump, other);
  const fields = [...comparison.fields()];
  const { stdout } = await crit(["diff", SHLOOP, `${ROOT}fixtures/dumps/pyapp`, "--json"]);
  const said = JSON.parse(stdout);
  assert.deepEqual(
    fields.map(({ path }) => path),
    said.fields.map(({ path }: { path: string }) => path),
  );
  assert.deepEqual(comparison.images, said.images);
  assert.equal(comparison.memory.length, said.memory.length);
  assert.deepEqual(comparison.rows.tasks!.removed.map(({ pid }) => pid), [1517, 1520]);

  const edit = (comm: string) => editDump(dump, { set: [`core-1517.img:[0].tc.comm=${comm}`] });
  using one = await edit("one");
  using two = await edit("two");
  const [change, ...more] = diffDumps(one, two).fields();
  assert.deepEqual(change, { image: "core-1517.img", path: "[0].tc.comm", a: "one", b: "two" });
  assert.deepEqual(more, []);
});

Deno.test("two images are compared, and refused if their types differ", async () => {
  const image = Deno.readFileSync(`${SHLOOP}/pstree.img`);
  const edited = await editImage(image, { set: ["[0].sid=1"] });
  assert.deepEqual([...diffImages(image, image)], []);
  const [change] = diffImages(image, edited);
  assert.deepEqual([change?.a, change?.b], [1517, 1]);
  const other = Deno.readFileSync(`${SHLOOP}/files.img`);
  assert.throws(() => [...diffImages(image, other)], { message: /PSTREE.*FILES/ });
  assert.throws(() => [...diffImages(image, edited.slice(0, -1))], { name: "CritError" });
});

Deno.test({
  name: "containersAt matches crit container",
  ignore: lacks("tar"),
  async fn() {
    using at = new Temporary();
    for (const [engine, files] of Object.entries(ENGINE_FILES)) {
      const path = at.at(`${engine}.tar`);
      await engineArchive(path, SHLOOP, files());
      const [facts] = await containersAt(path);
      const [said] = JSON.parse((await crit(["container", path, "--json"])).stdout);
      assert.deepEqual(
        [facts?.name, facts?.id, facts?.engine, facts?.image],
        [said.container_name, said.id, said.engine, said.image].map((value) => value ?? undefined),
      );
    }
  },
});

Deno.test("a report matches that of crit report, except for its time", async () => {
  using at = new Temporary();
  using dump = await openDump(SHLOOP);
  const pieces = await Array.fromAsync(reportPage(dump, { redact: true }));
  const { code } = await crit(["report", SHLOOP, "-o", at.at("page.html"), "--redact"]);
  assert.equal(code, 0);
  const page = Deno.readTextFileSync(at.at("page.html"));
  const blocks = (text: string) =>
    [...text.matchAll(/id="(tasks-\d+)">([^<]*)</g)].map(([all]) => all);
  assert.deepEqual(blocks(pieces.join("")), blocks(page));
  assert.equal(blocks(page).length, 1);
});
