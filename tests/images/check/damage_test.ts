/** Whatever is done to a dump's files, there are findings, no stack trace and no wrong alarm. */

import assert from "node:assert/strict";
import { checkDump } from "../../../images/check/check.ts";
import { openDump } from "../../../images/dump/open.ts";
import { rounds, THOROUGH } from "../../dumps.ts";
import { isWithout } from "../../programs.ts";
import { checked, copyOf, type Fields, linesOf, OWN, ruleOf } from "./broken_dump.ts";

const [OFTEN, SELDOM] = [
  ["shloop", "zombie_leader.ns", "incremental/3-dump"],
  ["pyapp", "legacy-v1.0"],
];
const DUMPS = THOROUGH ? [...OFTEN!, ...SELDOM!] : OFTEN!;

/**
 * Images that may be missing without a trace: CRIU takes a missing one for an empty one, and
 * nothing else tells of what was in it.
 */
const TRACELESS = new RegExp(
  "^(stats-|seccomp|timens-0|pipes-data|fifo-data|sk-queues|filelocks|remap-fpath|eventpoll-tfd|" +
    "inotify-wd|signal-|posix-timers|itimers|rlimit|sigacts|ip6?tables|nftables|route6|rule|ipc\\.c)",
);

/** Names of the regular files of a dump. */
function filesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].filter(({ isFile, name }) => isFile && name !== "parent")
    .map(({ name }) => name).sort();
}

/** How often an image of a name without its numbers was damaged. */
const damaged = new Map<string, number>();

/** What is done to an image: all of it to the first of a sort, then one in turn if runs are quick. */
function damageOf(name: string): readonly Damage[] {
  const sort = name.replace(/\d+/g, "");
  const count = damaged.get(sort) ?? 0;
  damaged.set(sort, count + 1);
  return THOROUGH || count === 0 ? DAMAGE : [DAMAGE[count % DAMAGE.length]!];
}

type Damage = "missing" | "empty" | "cut";
const DAMAGE: readonly Damage[] = ["missing", "empty", "cut"];

for (const dump of DUMPS) {
  Deno.test(`${dump}: each file missing, empty, cut`, async () => {
    using copy = await copyOf(dump);
    for (const name of filesIn(copy.path)) {
      const damage = damageOf(name);
      const path = copy.file(name);
      const info = Deno.statSync(path);
      Deno.renameSync(path, `${copy.path}.kept`);
      if (damage.includes("missing")) {
        const missing = await checked(copy.path);
        // A table that only has files which other tables have, too, is not missed.
        if (!TRACELESS.test(name) && !/^fdinfo/.test(name)) {
          assert(missing.counts.error + missing.counts.warning > 0, `${dump} without ${name}`);
        }
      }
      const hasEntries = !/^(pages|route|rule|ifaddr|ip6?tables|nftables|ipc\.c)/.test(name);
      if (damage.includes("empty")) {
        Deno.writeFileSync(path, new Uint8Array());
        const empty = await checked(copy.path);
        const found = empty.findings.filter(({ image }) => image === name);
        assert(
          !hasEntries || found.some(({ rule }) => /-whole$|-gzip$/.test(rule.id)),
          `${dump}, empty ${name}`,
        );
        Deno.removeSync(path);
      }
      Deno.renameSync(`${copy.path}.kept`, path);
      if (info.size > 1 << 17 || !damage.includes("cut")) continue;
      Deno.chmodSync(path, 0o644);
      const bytes = Deno.readFileSync(path);
      const cuts = rounds(4);
      for (let cut = 1; cut <= cuts; cut++) {
        Deno.writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * cut / (cuts + 1))));
        await checked(copy.path);
      }
      Deno.writeFileSync(path, bytes);
    }
    assert.equal((await checked(copy.path)).counts.error, 0);
  });

  Deno.test(`${dump}: bits flipped anywhere`, async () => {
    using copy = await copyOf(dump);
    const random = generator(dump.length);
    for (const name of filesIn(copy.path).filter((name) => !/^pages-|^ipc\.c/.test(name))) {
      const path = copy.file(name);
      Deno.chmodSync(path, 0o644);
      const bytes = Deno.readFileSync(path);
      if (bytes.length === 0) continue;
      for (let i = 0; i < rounds(4); i++) {
        const spoilt = bytes.slice();
        for (let flips = 1 + random(3); flips > 0; flips--) {
          spoilt[random(spoilt.length)]! ^= 1 << random(8);
        }
        Deno.writeFileSync(path, spoilt);
        const report = await checked(copy.path);
        assert(report.findings.length < 5000);
        for (const { message, image } of report.findings) assert(message !== "" && image !== "");
      }
      Deno.writeFileSync(path, bytes);
    }
  });
}

/** Numbers below a limit, the same in every run. */
function generator(seed: number): (limit: number) => number {
  let state = seed * 2654435761 >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

Deno.test("a file that may not be read is a finding", {
  ignore: isWithout("a user that is not root", Deno.uid() !== 0),
}, async () => {
  using copy = await copyOf("shloop");
  Deno.chmodSync(copy.file("fs-1520.img"), 0);
  const report = await checked(copy.path);
  assert.deepEqual(linesOf(report), ["image-readable  fs-1520.img: permission denied"]);
  assert.equal(report.unfinished, undefined);
});

Deno.test("a directory in place of an image is a missing image", async () => {
  using copy = await copyOf("shloop");
  copy.remove("fs-1520.img");
  Deno.mkdirSync(copy.file("fs-1520.img"));
  assert.deepEqual(linesOf(await checked(copy.path)), [
    "fs-present  fs-1520.img: it is missing: process 1520 needs it",
  ]);
});

Deno.test("findings of one kind are told up to a limit, and counted", async () => {
  using copy = await copyOf("shloop");
  copy.edit("fdinfo-3.img", (entries) => {
    for (let fd = 100; fd < 1100; fd++) entries.push({ id: 7777, flags: 0, type: "REG", fd });
  });
  const report = await checked(copy.path);
  assert.equal(report.counts.error, 1000);
  assert.equal(report.findings.length, 50);
  assert.equal(report.leftOut, 950);
});

Deno.test("ranges outside of all areas, by the thousand", async () => {
  const count = THOROUGH ? 100_000 : 10_000;
  using copy = await copyOf("shloop");
  copy.edit("pagemap-1520.img", (entries) => {
    const first = entries.at(-1).vaddr + (1n << 44n);
    for (let i = 0n; i < BigInt(count); i++) {
      entries.push({ vaddr: first + i * 8192n, compat_nr_pages: 0, flags: 4, nr_pages: 1n });
    }
  });
  const report = await checked(copy.path);
  assert.equal(report.counts.error, count + 1);
  assert.equal(report.leftOut, count - 50);
});

/** Ascending order of what begins at an address. */
function byField(field: string): (a: Fields, b: Fields) => number {
  return (a, b) => (a[field] < b[field] ? -1 : 1);
}

Deno.test("ten gigabytes of pages are looked at by their size", async () => {
  using copy = await copyOf("shloop");
  // Above the stack, so that its pages come last and those of the dump stay what they are.
  const start = 0x7ffd_2000_0000n;
  const pages = 10n << 18n;
  copy.edit("mm-1520.img", ([{ vmas }]) => {
    vmas.push({ ...vmas[0], start, end: start + pages * 4096n, status: 1 | 1 << 9, shmid: 0n });
    vmas.sort(byField("start"));
  });
  copy.edit("pagemap-1520.img", (entries) => {
    const [head, ...ranges] = entries.splice(0);
    ranges.push({ vaddr: start, compat_nr_pages: 0, flags: 4, nr_pages: pages });
    entries.push(head, ...ranges.sort(byField("vaddr")));
  });
  const size = copy.size("pages-2.img") + Number(pages) * 4096;
  Deno.truncateSync(copy.file("pages-2.img"), size);
  assert.deepEqual(linesOf(await checked(copy.path)), []);
});

Deno.test("ranges that overlap are looked up in the parent once", async () => {
  using copy = await copyOf("incremental/3-dump");
  copy.remove("parent");
  Deno.mkdirSync(copy.file("parent"));
  const count = 3000n;
  const vaddr = 0x2000_0000_0000n;
  const name = "pagemap-26736.img";
  Deno.copyFileSync(`${OWN}/incremental/1-predump/${name}`, copy.file(`parent/${name}`));
  // The parent has every other page of what the dump says so often that it has.
  copy.edit(name, (entries) => {
    entries.length = 1;
    for (let i = 0n; i < count; i++) {
      const range = { compat_nr_pages: 0, in_parent: true, flags: 1, nr_pages: count * 2n };
      entries.push({ vaddr, ...range });
    }
  });
  copy.edit(`parent/${name}`, (entries) => {
    entries.length = 1;
    for (let i = 0n; i < count; i++) {
      entries.push({ vaddr: vaddr + i * 8192n, compat_nr_pages: 0, flags: 4, nr_pages: 1n });
    }
  });
  using dump = await openDump(copy.path);
  assert.equal(checkDump(dump, [ruleOf("parent-pages")]).counts.error, Number(count));
});
