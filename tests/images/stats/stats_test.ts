/** Figures of real dumps against counts of the JSON that CRIU's own tool prints. */

import assert from "node:assert/strict";
import history from "../../../fixtures/history.json" with { type: "json" };
import { openDump } from "../../../images/dump/open.ts";
import { snakeCased } from "../../../images/bytes/snake_case.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import "../../../mod.ts";
import { DumpCopy, dumpsIn, isDirectory, rounds, SHARED, SWEEPS } from "../../dumps.ts";
import { isWithout, ROOT } from "../../programs.ts";
import { type Json, jsonOfDump, plainCounts } from "./plain_counts.ts";
import { newestIn } from "./plain_release.ts";

const OWN = `${ROOT}fixtures/dumps`;

/** Dumps with the directory of their golden JSON, where there is one. */
function* allDumps(): Generator<[dump: string, golden: string | undefined]> {
  for (const name of dumpsIn(OWN)) yield [`${OWN}/${name}`, undefined];
  if (!SWEEPS) return;
  for (const name of dumpsIn(`${SHARED}dumps`)) {
    yield [`${SHARED}dumps/${name}`, `${SHARED}golden/${name}`];
  }
}

/** Entries of a dump's images, which several tests count. */
const known = new Map<string, Map<string, Json[]>>();
function imagesOf(path: string, golden: string | undefined): Map<string, Json[]> {
  const images = known.get(path) ?? jsonOfDump(path, golden);
  known.set(path, images);
  return images;
}

/** Figures as JSON, and what was found wrong with the dump. */
async function figures(path: string, pages = false): Promise<{ stats: Json; faults: string[] }> {
  using dump = await openDump(path);
  const stats = snakeCased(statsOf(dump, { pages })) as Json;
  return { stats, faults: dump.allFaults.map(({ message }) => message) };
}

Deno.test("figures match the JSON of the images", async () => {
  let count = 0;
  for (const [path, golden] of allDumps()) {
    const expected = plainCounts(imagesOf(path, golden));
    const { stats, faults } = await figures(path);
    const isWhole = path.startsWith(SHARED);
    assert.deepEqual(faults.filter((fault) => isWhole || !isPagesMissing(fault)), [], path);
    const { tables: _tables, ...files } = stats.files;
    const { page_size, address_spaces: _spaces, by_kind, ...memory } = stats.memory;
    memory.heap = by_kind.heap?.mapped ?? 0;
    assert.deepEqual(
      { ...pick(stats, ["tasks", "namespaces", "sockets", "pipes", "queues"]), files, memory },
      expected,
      path,
    );
    assert.equal(page_size, 4096);
    count++;
  }
  assert.ok(count >= (SWEEPS ? 40 : 2), `${count}`);
});

/** Some of the project's own dumps are without their pages, to be small. */
function isPagesMissing(fault: string): boolean {
  return /^pages-\d+\.img: the image is missing$/.test(fault);
}

function pick(object: Json, keys: string[]): Json {
  return Object.fromEntries(keys.map((key) => [key, object[key]]));
}

Deno.test("figures of parts add up to the total", async () => {
  for (const [path] of allDumps()) {
    const { stats: { memory, images, files, ghost_files } } = await figures(path);
    const kinds = Object.entries(memory.by_kind as Json).filter(([kind]) => kind !== "guard");
    for (const [sum, part] of [["areas", "areas"], ["mapped", "mapped"], ["lazy", "lazy"]]) {
      const total = kinds.reduce((total, [, kind]) => total + kind[part!], 0);
      assert.equal(total, memory[sum!], `${path}: ${sum}`);
    }
    // Every range of a page map lies in an area, of a dump that has areas.
    for (const key of ["present", "in_parent"]) {
      assert.equal(kinds.reduce((total, [, kind]) => total + kind[key], 0), memory[key], path);
    }
    assert.equal(Object.values<number>(files.by_type).reduce((a, b) => a + b, 0), files.count);
    const sizes = [...Deno.readDirSync(path)].filter(({ name, isFile }) =>
      isFile && name !== "parent"
    )
      .map(({ name }) => Deno.statSync(`${path}/${name}`).size);
    const types = Object.values<Json>(images);
    assert.equal(types.reduce((sum, { count }) => sum + count, 0), sizes.length, path);
    assert.equal(
      types.reduce((sum, { bytes }) => sum + bytes, 0),
      sizes.reduce((a, b) => a + b, 0),
    );
    assert.equal(images.GHOST_FILE?.bytes ?? 0, ghost_files.bytes);
  }
});

Deno.test("the release that knows all fields is the newest in the history of the fields", async () => {
  for (const [path, golden] of allDumps()) {
    const { stats: { release } } = await figures(path);
    const images = imagesOf(path, golden);
    assert.equal(release.knows_all_release, newestIn(images), path);
    assert.equal(release.has_unknown, false);
    const order = (name: string) => history.releases.indexOf(`v${name}`);
    assert.ok(order(release.oldest_release) <= order(release.knows_all_release), path);
    assert.equal(release.needs[0].release, release.oldest_release);
    assert.equal(release.image_version, path.endsWith("v1.0") ? "1.0" : "1.1");
  }
});

Deno.test("counts of pages, zero pages and equal pages match a naive count", async () => {
  for (const [path] of allDumps()) {
    const { stats: { pages } } = await figures(path, true);
    const seen = new Set<string>();
    const expected = { pages: 0, zero: 0, duplicate: 0 };
    for (const { name } of Deno.readDirSync(path)) {
      if (!/^pages-\d+\.img$/.test(name)) continue;
      const bytes = Deno.readFileSync(`${path}/${name}`);
      for (let at = 0; at < bytes.length; at += 4096) {
        const text = bytes.subarray(at, at + 4096).toBase64();
        expected.pages++;
        if (/^A*=*$/.test(text)) expected.zero++;
        else if (seen.has(text)) expected.duplicate++;
        else seen.add(text);
      }
    }
    assert.deepEqual(pick(pages, ["pages", "zero", "duplicate"]), expected, path);
    assert.equal(pages.zero_bytes, expected.zero * 4096);
    assert.equal(pages.duplicate_bytes, expected.duplicate * 4096);
  }
});

Deno.test({
  name: "a pre-dump has memory and no tasks, without faults",
  ignore: isWithout("../shared", isDirectory(`${SHARED}dumps`)),
  async fn() {
    const { stats, faults } = await figures(`${SHARED}dumps/incremental/2-predump`, true);
    assert.deepEqual(faults, []);
    assert.equal(stats.pre_dump, true);
    assert.equal(stats.memory.present, stats.pages.pages * 4096);
    assert.ok(stats.memory.in_parent > 0);
    assert.equal(stats.release.oldest_release, "4.2");
  },
});

Deno.test("flipped bits give figures or faults, never an exception", async () => {
  let state = 1;
  const random = (below: number) => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return (state >>> 8) % below;
  };
  let faulty = 0;
  const names = [...Deno.readDirSync(`${OWN}/shloop`)].map(({ name }) => name).sort();
  for (let round = 0; round < rounds(150); round++) {
    using copy = new DumpCopy(`${OWN}/shloop`);
    const path = `${copy.path}/${names[round % names.length]}`;
    const bytes = Deno.readFileSync(path);
    for (let flips = 1 + random(3); flips > 0; flips--) {
      bytes[random(bytes.length)]! ^= 1 << random(8);
    }
    Deno.writeFileSync(path, bytes);
    const { stats, faults } = await figures(copy.path, true);
    assert.equal(stats.pages.pages, 57);
    assert.ok(JSON.stringify(stats).length > 1000);
    if (faults.length > 0) faulty++;
  }
  assert.ok(faulty > rounds(10), `${faulty}`);
});
