/** Chains of incremental dumps are served as one dump, and refused otherwise. */

import assert from "node:assert/strict";
import { crit, ROOT } from "../../programs.ts";
import { play, readDirectory, Scratch, seen } from "../../scratch.ts";

const CHAIN = `${ROOT}fixtures/dumps/incremental/3-dump`;

Deno.test("a dump with pages in its parent is refused before CRIU can connect", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const { code, stderr } = await crit(["serve", CHAIN, "--socket-dir", out]);
  assert.equal(code, 5);
  assert.match(stderr, /^crit: \S+3-dump: pagemap-\d+\.img has pages in a parent dump.*--flatten/);
  assert.deepEqual([...Deno.readDirSync(out)], []);
});

Deno.test("--flatten serves what crit flatten writes", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const flat = `${out}/flat`;
  const written = await crit(["flatten", CHAIN, "-o", flat]);
  assert.equal(written.code, 0, written.stderr);
  const files = Object.fromEntries(
    Object.entries(readDirectory(flat)).filter(([name]) => name.endsWith(".img")),
  );
  const played = play("restore", {
    socket: `${out}/streamer-serve.sock`,
    names: Object.keys(files),
  });
  const { code, stderr } = await crit(["serve", CHAIN, "--flatten", "--socket-dir", out]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await played, seen(files));
});
