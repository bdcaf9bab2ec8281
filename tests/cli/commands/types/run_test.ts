/** What `crit types` prints. */

import assert from "node:assert/strict";
import { allTypes } from "../../../../mod.ts";
import { crit, ROOT } from "../../../programs.ts";

Deno.test("every image type is listed, with the magic that its images begin with", async () => {
  const { code, stdout } = await crit(["types"]);
  assert.equal(code, 0);
  const rows = stdout.trim().split("\n").slice(1).map((line) => line.split(/\s+/));
  assert.deepEqual(rows.map(([name]) => name), allTypes().map(({ name }) => name));
  const image = Deno.readFileSync(`${ROOT}fixtures/images/pstree.img`);
  const magic = new DataView(image.buffer).getUint32(4, true).toString(16).padStart(8, "0");
  assert.equal(rows.find(([name]) => name === "PSTREE")![1], `0x${magic}`);
});

Deno.test("types are chosen by name or file name; an unknown one is exit code 1", async () => {
  const found = await crit(["types", "--json", "core", "dumps/tcp-stream-1f.img"]);
  assert.equal(found.code, 0);
  const types: Array<{ name: string; entry: string }> = JSON.parse(found.stdout);
  assert.deepEqual(types.map(({ name, entry }) => [name, entry]), [
    ["CORE", "core_entry"],
    ["TCP_STREAM", "tcp_stream_entry"],
  ]);
  const unknown = await crit(["types", "PSTREEE"]);
  assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
  assert.match(unknown.stderr, /^crit: PSTREEE: .*did you mean PSTREE\?\)\n$/);
});
