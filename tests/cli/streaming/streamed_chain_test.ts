/** Chains of incremental dumps are served as one dump, and refused otherwise. */

import assert from "node:assert/strict";
import { decodeObjects } from "../../../images/image/objects.ts";
import { encodeImage } from "../../../mod.ts";
import { crit, ROOT } from "../../programs.ts";
import { play } from "../../play.ts";
import { readDirectory, Scratch, seen } from "../../scratch.ts";

const CHAIN = `${ROOT}fixtures/dumps/incremental/3-dump`;

Deno.test("a dump with pages in its parent is refused before CRIU can connect", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const { code, stderr } = await crit(["serve", CHAIN, "--socket-dir", out]);
  assert.equal(code, 5);
  assert.match(stderr, /^crit: \S+3-dump: pagemap-\d+\.img has pages in a parent dump.*--flatten/);
  assert.deepEqual([...Deno.readDirSync(out)], []);
});

/** Copies the images of a dump whose names do not match. */
function copyOf(scratch: Scratch, from: string, left: RegExp): string {
  const path = scratch.directory("copy");
  for (const { name, isFile } of Deno.readDirSync(from)) {
    if (isFile && !left.test(name)) Deno.copyFileSync(`${from}/${name}`, `${path}/${name}`);
  }
  return path;
}

Deno.test("a pre-dump is refused before CRIU can connect, with and without --flatten", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const link = `${ROOT}fixtures/dumps/incremental/2-predump`;
  for (const args of [["serve", link], ["serve", link, "--flatten"]]) {
    const { code, stderr } = await crit([...args, "--socket-dir", out]);
    assert.equal(code, 5);
    assert.match(stderr, /^crit: \S+2-predump: it is a pre-dump, which CRIU does not restore \(/);
  }
  assert.deepEqual([...Deno.readDirSync(out)], []);
});

Deno.test("a dump without its page maps is refused before CRIU can connect", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const half = copyOf(scratch, `${ROOT}fixtures/dumps/shloop`, /^page/);
  const { code, stderr } = await crit(["serve", half, "--socket-dir", out]);
  assert.equal(code, 5);
  assert.match(stderr, /it is a dump without its page maps, as criu dump --page-server leaves it/);
  assert.deepEqual([...Deno.readDirSync(out)], []);
});

Deno.test("a dump with lost pages is refused, with and without --flatten", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const lazy = copyOf(scratch, `${ROOT}fixtures/dumps/shloop`, /^$/);
  const name = "pagemap-1517.img";
  const image = decodeObjects(Deno.readFileSync(`${lazy}/${name}`), { name });
  image.entries[1]!.flags = 2;
  Deno.writeFileSync(`${lazy}/${name}`, encodeImage(image));
  for (const args of [["serve", lazy], ["serve", lazy, "--flatten"]]) {
    const { code, stderr } = await crit([...args, "--socket-dir", out]);
    assert.equal(code, 5, stderr);
    assert.match(stderr, /pages that were to be fetched later, and nobody has them/);
  }
  assert.deepEqual([...Deno.readDirSync(out)], []);
});

Deno.test("--flatten serves the same images as crit flatten writes", async () => {
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
