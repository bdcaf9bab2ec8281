/** Dumps go through `crit serve` and `crit capture`, byte for byte. */

import assert from "node:assert/strict";
import type { RestoreOutcome, Series } from "../../images/stream/peer.ts";
import { isNotSwept, SHARED } from "../../dumps.ts";
import { crit } from "../../programs.ts";
import { play } from "../../play.ts";
import { manyImages, pattern, readDirectory, Scratch, seen } from "../../scratch.ts";
import { Running } from "../running.ts";

/** Dumps outside the checkout, for a sweep where they are. */

function dumpDirectories(path: string): string[] {
  const entries = [...Deno.readDirSync(path)];
  const below = entries.filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => dumpDirectories(`${path}/${name}`));
  return entries.some(({ name }) => name === "inventory.img") ? [path, ...below] : below;
}

/** Images that CRIU asks for and few dumps have. */
const OPTIONAL = ["memfd.img", "remap-fpath.img", "tty-info.img", "pidns-1.img"];

/** How a restore and a dump are to go. */
interface Manner {
  allOpen?: boolean;
  pause?: number;
  piece?: number;
}

/** Serves dumps one after the other, captures them again, and compares. */
async function roundTrips(scratch: Scratch, paths: string[], manner: Manner): Promise<void> {
  const dumps = paths.map((path, i) => {
    const images = Object.entries(readDirectory(path)).filter(([name]) => name.endsWith(".img"));
    return { path, files: Object.fromEntries(images), out: scratch.directory(`out-${i}`) };
  });
  const peers: Series = dumps.flatMap(({ path: directory, files, out }) => {
    const names = Object.keys(files);
    const last = [...names.filter((name) => name !== "inventory.img"), "inventory.img"];
    const restore = { socket: `${out}/streamer-serve.sock`, names: [...OPTIONAL, ...names] };
    const dump = { socket: `${out}/streamer-capture.sock`, directory, names: last };
    return [["restore", { ...restore, ...manner }], ["dump", { ...dump, ...manner }]];
  });
  const played = play("series", peers);
  for (const { path, out } of dumps) {
    for (const args of [["serve", path, "--socket-dir", out], ["capture", out]]) {
      const { code, stderr } = await crit(args);
      assert.equal(code, 0, stderr);
    }
  }
  const outcomes = await played;
  for (const [i, { path, files, out }] of dumps.entries()) {
    const absent = OPTIONAL.filter((name) => !(name in files));
    const expected: RestoreOutcome = seen(files);
    for (const name of absent) expected[name] = { exists: false };
    assert.deepEqual(outcomes[2 * i], expected, path);
    assert.deepEqual(readDirectory(out), files, path);
  }
}

Deno.test("200 open pipes work in both directions", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", manyImages(200));
  await roundTrips(scratch, [directory], { allOpen: true, piece: 7000 });
});

Deno.test("a slow peer receives and sends all bytes", async () => {
  using scratch = new Scratch();
  const files = { ...manyImages(1), "pages-1.img": pattern(3_000_000, 1) };
  await roundTrips(scratch, [scratch.directory("dump", files)], { pause: 20, piece: 200_000 });
});

Deno.test("a peer that closes its pipes early is no failure", async () => {
  using scratch = new Scratch();
  const files = { ...manyImages(1), "pages-1.img": pattern(3_000_000, 1) };
  const directory = scratch.directory("dump", files);
  const running = new Running(["serve", directory]);
  const socket = `${directory}/streamer-serve.sock`;
  await play("restore", { socket, names: ["pages-1.img", "inventory.img"], stopAfter: 10 });
  const { code, stderr } = await running.ended();
  assert.equal(code, 0);
  assert.match(stderr, /1 closed early\)\n$/);
});

Deno.test({
  name: "every shared dump is served and captured unchanged",
  ignore: isNotSwept(),
  async fn() {
    using scratch = new Scratch();
    // Pre-dumps are refused, a dump with pages in its parent is served with --flatten only.
    const paths = dumpDirectories(`${SHARED}dumps`).filter((path) => !/incremental\//.test(path));
    assert.ok(paths.length > 0);
    await roundTrips(scratch, paths, { allOpen: true });
  },
});
