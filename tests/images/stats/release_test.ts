/** What a dump needs of CRIU: single fields put into a dump, or left to say nothing. */

import assert from "node:assert/strict";
import { CheckContext } from "../../../images/check/context.ts";
import { openDump } from "../../../images/dump/open.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { ReleaseScan, type ReleaseStats, releaseStats } from "../../../images/stats/release.ts";
import { encodeImage, type Entry } from "../../../mod.ts";
import { DumpCopy, dumpsIn, rounds } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;

/** The releases of a copy of a dump in which the entries of some images were changed. */
async function releasesOf(
  edits: Record<string, (entries: Entry[]) => void>,
  extra: Record<string, Uint8Array> = {},
): Promise<ReleaseStats> {
  using copy = new DumpCopy(SHLOOP);
  for (const [name, edit] of Object.entries(edits)) {
    const image = decodeObjects(Deno.readFileSync(`${copy.path}/${name}`), { name });
    edit(image.entries);
    Deno.writeFileSync(`${copy.path}/${name}`, encodeImage(image));
  }
  for (const [name, bytes] of Object.entries(extra)) {
    Deno.writeFileSync(`${copy.path}/${name}`, bytes);
  }
  return await releasesIn(copy.path);
}

/** The releases of a dump, which are the same if check reads its images in the same walk. */
async function releasesIn(path: string): Promise<ReleaseStats> {
  using dump = await openDump(path);
  const releases = releaseStats(dump);
  using checked = await openDump(path);
  const scan = new ReleaseScan(checked);
  void new CheckContext(checked, undefined, scan).scans;
  assert.deepEqual(inOrder(releaseStats(checked, scan)), inOrder(releases), path);
  return releases;
}

/** With the needs in the order of their names: images without entries are seen last by one walk. */
function inOrder({ needs, ...rest }: ReleaseStats): ReleaseStats {
  return { ...rest, needs: needs.toSorted((a, b) => a.feature < b.feature ? -1 : 1) };
}

/** Page counts where releases before 4.2 look for them. */
function oldCounts(entries: Entry[]): void {
  for (const entry of entries.slice(1)) entry.compat_nr_pages = Number(entry.nr_pages);
}

const OLD = { "pagemap-1517.img": oldCounts, "pagemap-1520.img": oldCounts };

const featuresOf = ({ needs, oldestRelease }: ReleaseStats) =>
  needs.filter(({ release }) => release === oldestRelease).map(({ feature }) => feature);

Deno.test("new page counts are needed only if the old ones are empty", async () => {
  const whole = await releasesOf({});
  assert.equal(whole.oldestRelease, "4.2");
  assert.deepEqual(whole.needs.slice(0, 1), [
    { release: "4.2", feature: "pagemap_entry.nr_pages", image: "pagemap-1517.img" },
  ]);
  const filled = await releasesOf(OLD);
  assert.equal(filled.oldestRelease, "3.18");
  assert.deepEqual(featuresOf(filled), ["thread_core_entry.cg_set"]);
  assert.equal(filled.knowsAllRelease, "4.2");
  const half = await releasesOf({ "pagemap-1517.img": oldCounts });
  assert.deepEqual(half.needs[0], {
    release: "4.2",
    feature: "pagemap_entry.nr_pages",
    image: "pagemap-1520.img",
  });
});

Deno.test("only set flags are significant", async () => {
  const setTo = (value: boolean) => (entries: Entry[]) => void (entries[0]!.allow_uprobes = value);
  const unset = await releasesOf({ ...OLD, "inventory.img": setTo(false) });
  assert.deepEqual([unset.oldestRelease, unset.knowsAllRelease], ["3.18", "4.2"]);
  const set = await releasesOf({ ...OLD, "inventory.img": setTo(true) });
  assert.equal(set.oldestRelease, "4.2");
  assert.deepEqual(featuresOf(set), ["inventory_entry.allow_uprobes"]);
});

Deno.test("a field can be insignificant in one entry and significant in the next", async () => {
  const setTo = (value: boolean) => ([core]: Entry[]) =>
    void ((core!.tc as Entry).child_subreaper = value);
  const { needs } = await releasesOf({
    "core-1517.img": setTo(false),
    "core-1520.img": setTo(true),
  });
  assert.deepEqual(needs.find(({ feature }) => feature === "task_core_entry.child_subreaper"), {
    release: "3.13",
    feature: "task_core_entry.child_subreaper",
    image: "core-1520.img",
  });
});

Deno.test("new values and flags count like fields", async () => {
  const value = await releasesOf({
    ...OLD,
    "fdinfo-2.img": (entries) => void (entries[0]!.type = "PIDFD"),
  });
  assert.deepEqual(value.needs[0], {
    release: "4.1",
    feature: "fd_types.PIDFD",
    image: "fdinfo-2.img",
  });
  const flag = await releasesOf({
    ...OLD,
    "mm-1517.img": ([mm]) => {
      const [area] = mm!.vmas as Entry[];
      area!.status = (area!.status as number) | 1 << 15;
    },
  });
  assert.deepEqual(featuresOf(flag), ["vma_entry.status bit 15"]);
  assert.equal(flag.oldestRelease, "4.0");
});

Deno.test("pages in a parent dump need the flags that locate them", async () => {
  const { needs } = await releasesOf({
    ...OLD,
    "pagemap-1517.img": (entries) => {
      oldCounts(entries);
      entries[1]!.flags = 1;
    },
  });
  assert.ok(needs.some(({ feature }) => feature === "pagemap_entry.flags"));
  assert.ok(!(await releasesOf(OLD)).needs.some(({ feature }) => /flags$/.test(feature)));
});

Deno.test("an image type counts if one of its entries is significant", async () => {
  const image = (bytes: number) =>
    encodeImage({
      type: "BPFMAP_DATA",
      entries: bytes === 0 ? [] : [{
        map_id: 1,
        keys_bytes: bytes,
        values_bytes: 0,
        count: 1,
        extra: new Uint8Array(bytes),
      }],
    });
  const full = await releasesOf(OLD, { "bpfmap-data.img": image(4) });
  assert.ok(full.needs.some(({ feature }) => feature === "BPFMAP_DATA images"));
  const empty = await releasesOf(OLD, { "bpfmap-data.img": image(0) });
  assert.ok(!empty.needs.some(({ feature }) => feature === "BPFMAP_DATA images"));
});

Deno.test("unknown fields belong to a newer release, at any depth", async () => {
  const field = Uint8Array.of(0xf8, 0x3f, 1);
  const edits: Record<string, (entries: Entry[]) => void> = {
    "inventory.img": ([entry]) => void (entry!["?"] = field),
    "pagemap-1517.img": ([, range]) => void (range!["?"] = field),
    "core-1517.img": ([core]) => void ((core!.tc as Entry)["?"] = field),
    "fdinfo-2.img": ([entry]) => void (entry!.type = 77),
  };
  for (const [name, edit] of Object.entries(edits)) {
    assert.equal((await releasesOf({ [name]: edit })).hasUnknown, true, name);
  }
  assert.equal((await releasesOf({})).hasUnknown, false);
});

Deno.test("the page maps of parents count if they hold pages", async () => {
  const scratch = Deno.makeTempDirSync({ prefix: "crit-chain-" });
  try {
    for (const link of ["1", "2", "3"]) {
      Deno.mkdirSync(`${scratch}/${link}`);
      for (const { name } of Deno.readDirSync(`${ROOT}fixtures/chain/${link}`)) {
        const [from, to] = [`${ROOT}fixtures/chain/${link}/${name}`, `${scratch}/${link}/${name}`];
        const bytes = Deno.readFileSync(from);
        if (link === "1" || !/^pagemap-.*\.img$/.test(name)) {
          Deno.writeFileSync(to, bytes);
          continue;
        }
        const image = decodeObjects(bytes, { name });
        oldCounts(image.entries);
        for (const entry of image.entries) delete entry.nr_pages;
        Deno.writeFileSync(to, encodeImage(image));
      }
    }
    const { needs: [need] } = await releasesIn(`${scratch}/3`);
    assert.deepEqual(need, {
      release: "4.2",
      feature: "pagemap_entry.nr_pages",
      image: "parent/parent/pagemap-1119.img",
    });
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
});

Deno.test("a walk along with check finds the same, in damaged dumps too", async () => {
  for (const below of dumpsIn(`${ROOT}fixtures/dumps`)) {
    const path = `${ROOT}fixtures/dumps/${below}`;
    await releasesIn(path);
    using copy = new DumpCopy(path);
    const images = [...Deno.readDirSync(copy.path)].map(({ name }) => name)
      .filter((name) => name.endsWith(".img") && !/^(pages|tmpfs|inventory)/.test(name));
    let seed = below.length;
    const random = (end: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % end;
    for (let round = 0; round < rounds(40); round++) {
      const image = `${copy.path}/${images[random(images.length)]}`;
      const whole = Deno.readFileSync(image);
      if (whole.length === 0) continue;
      const bytes = whole.slice();
      for (let i = random(3); i >= 0; i--) bytes[random(bytes.length)]! ^= 1 << random(8);
      Deno.writeFileSync(image, bytes);
      await releasesIn(copy.path);
      Deno.writeFileSync(image, whole);
    }
  }
});
