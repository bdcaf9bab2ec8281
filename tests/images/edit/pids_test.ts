/** Other numbers for processes and threads: everywhere, or refused with the place. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { parsePair, planPids, TYPES_WITH_PIDS } from "../../../images/edit/pids.ts";
import { CritError } from "../../../images/errors.ts";
import { allTypes } from "../../../images/types/registry.ts";
import { decodeImage } from "../../../mod.ts";
import { messages } from "../../../proto/schema.ts";
import { crit } from "../../programs.ts";
import { addPages, BrokenDump, checked, type Fields, linesOf, OWN } from "../check/broken_dump.ts";

/** Runs `crit edit` on a copy of a dump and gives what became of it to `check`. */
async function edited(
  dump: string,
  args: readonly string[],
  check: (path: string, stderr: string) => Promise<void> | void,
  change: (dump: BrokenDump) => void = () => {},
): Promise<void> {
  using copy = new BrokenDump(`${OWN}/${dump}`);
  change(copy);
  await addPages(copy.path);
  const out = `${copy.path}/out`;
  const { code, stderr } = await crit(["edit", copy.path, "-o", out, ...args]);
  assert.equal(code, 0, stderr);
  await check(out, stderr);
}

function entries(path: string, name: string): Fields[] {
  return decodeImage(Deno.readFileSync(`${path}/${name}`), { name }).entries;
}

Deno.test("--pid-offset changes every number of processes and nothing else", async () => {
  await edited("values", ["--pid-offset", "900"], async (path, stderr) => {
    assert.deepEqual(linesOf(await checked(path)), []);
    const tree = entries(path, "pstree.img").map((
      { pid, ppid, pgid, sid },
    ) => [pid, ppid, pgid, sid]);
    assert.deepEqual(tree, [
      [1000, 0, 1000, 1000],
      [1001, 1000, 1001, 1001],
      [1003, 1000, 1003, 1000],
      [1004, 1000, 1000, 1000],
    ]);
    assert.deepEqual(entries(path, "pstree.img")[1].threads, [1001, 1002]);
    assert.deepEqual(entries(path, "filelocks.img").map(({ pid }) => pid), [1000, 1000]);
    for (const { sid, pgrp } of entries(path, "tty-info.img")) {
      assert.deepEqual([sid, pgrp], [1000, 1000]);
    }
    const files = entries(path, "files.img");
    const owners = files.map(({ pipe }) => pipe?.fown.pid).filter((pid) => pid);
    assert.deepEqual(owners, [1000]);
    const [{ tc }] = entries(path, "core-1000.img");
    const { siginfo } = tc.signals_s.signals[0];
    assert.equal(new DataView(siginfo.buffer, siginfo.byteOffset).getInt32(16, true), 1000);
    assert.match(stderr, /memory is not changed/);
    assert.match(stderr, /nlsk\.portid keeps the old number/);
    const names = [...Deno.readDirSync(path)].map(({ name }) => name)
      .filter((name) => !name.startsWith("pages-")).sort();
    const old = [...Deno.readDirSync(`${OWN}/values`)].map(({ name }) => name)
      .map((name) =>
        name.replace(
          /^((?:core|ids|mm|fs|pagemap)-)(10\d)\./,
          (_, kind, pid) => `${kind}${Number(pid) + 900}.`,
        )
      );
    assert.deepEqual(names, old.sort());
  });
});

Deno.test("images without process numbers stay the same, byte for byte", async () => {
  await edited("values", ["--pid", "101=7"], (path) => {
    for (const { name } of Deno.readDirSync(`${OWN}/values`)) {
      if (name === "pstree.img") continue;
      const new_ = name.replace("-101.", "-7.");
      assert.deepEqual(
        Deno.readFileSync(`${path}/${new_}`),
        Deno.readFileSync(`${OWN}/values/${name}`),
        name,
      );
    }
    const [, session] = entries(path, "pstree.img");
    assert.deepEqual([session.pid, session.pgid, session.sid, session.threads], [7, 7, 7, [
      7,
      102,
    ]]);
  });
});

Deno.test("two processes can swap their ids", async () => {
  await edited("values", ["--pid", "103=104", "--pid", "104=103"], async (path) => {
    assert.deepEqual(linesOf(await checked(path)), []);
    assert.deepEqual(
      Deno.readFileSync(`${path}/core-103.img`),
      Deno.readFileSync(`${OWN}/values/core-104.img`),
    );
  });
});

Deno.test("paths in /proc, pidfds, timers of threads and remaps are changed", async () => {
  await edited("values", ["--pid", "100=300"], (path) => {
    const files = entries(path, "files.img");
    assert(files.some(({ reg }) => reg?.name === "/proc/300/maps"));
    assert.equal(files.find(({ pidfd }) => pidfd !== undefined).pidfd.nspid, 300);
    assert.equal(entries(path, "core-300.img")[0].tc.timers.posix[0].notify_thread_id, 300);
    const remaps = entries(path, "remap-fpath.img").map(({ remap_id }) => remap_id);
    assert.deepEqual(remaps, [1, 300, 100]);
  }, (dump) => {
    dump.edit("files.img", (all) => {
      all.find(({ reg }) => reg?.name.endsWith("/owned")).reg.name = "/proc/100/maps";
      const { fown } = all.find(({ efd }) => efd !== undefined).efd;
      all.push({ type: "PIDFD", id: 99, pidfd: { id: 99, ino: 1, flags: 0, nspid: 100, fown } });
    });
    dump.edit("core-100.img", ([{ tc }]) => tc.timers.posix[0].notify_thread_id = 100);
    dump.edit(
      "remap-fpath.img",
      (all) =>
        all.push({ orig_id: 5, remap_id: 100, remap_type: "PROCFS" }, {
          orig_id: 6,
          remap_id: 100,
          remap_type: "LINKED",
        }),
    );
  });
});

/** What cannot be done, and where that is said. */
const REFUSED: ReadonlyArray<
  readonly [dump: string, pair: string, image: string, entry: number | undefined, reason: RegExp]
> = [
  ["values", "7=8", "pstree.img", undefined, /^there is no process, thread, session or group 7$/],
  ["values", "103=101", "pstree.img", 2, /^101, its new number, is that of 101, too$/],
  ["values", "103=102", "pstree.img", 2, /^102, its new number, is that of 102, too$/],
  ["values", "103=0", "pstree.img", 2, /^0 is no number of a process/],
  ["values", "102=4194304", "pstree.img", 1, /^4194304 is no number of a process/],
  ["shm.ns", "1=9", "pstree.img", 0, /^it is the first process of a pid namespace/],
  [
    "incremental/3-dump",
    "26736=9",
    "pagemap-26736.img",
    1,
    /^pages of process 26736 are in the parent dump/,
  ],
];

for (const [path, pair, image, entry, reason] of REFUSED) {
  Deno.test(`--pid ${pair} is refused (${path})`, async () => {
    using dump = await openDump(`${OWN}/${path}`);
    assert.throws(
      () => planPids(dump, { pairs: [parsePair(pair)], offset: undefined }),
      (error) => {
        assert(error instanceof CritError);
        assert.equal(error.place.image, image);
        assert.equal(error.place.entry, entry);
        assert.match(error.reason, reason);
        return true;
      },
    );
  });
}

Deno.test("a session outside the dump keeps its number", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  copy.edit("pstree.img", (all) => {
    for (const entry of all) if (entry.sid === 100) entry.sid = 55;
  });
  using dump = await openDump(copy.path);
  assert.throws(() => planPids(dump, { pairs: [[55, 56]], offset: undefined }), /outside the dump/);
  const { renames } = planPids(dump, { pairs: [], offset: 10 });
  assert.equal(renames.get("core-100.img"), "core-110.img");
});

Deno.test("--pid requires two numbers, a dump and a new directory", async () => {
  assert.throws(() => parsePair("1:2"), /it is not OLD=NEW/);
  assert.throws(() => parsePair("1=-2"), /it is not OLD=NEW/);
  const image = await crit(["edit", `${OWN}/values/pstree.img`, "-o", "-", "--pid", "100=7"]);
  assert.equal(image.code, 2);
  const inPlace = await crit(["edit", `${OWN}/values`, "--in-place", "--pid", "100=7"]);
  assert.equal(inPlace.code, 2);
  assert.match(inPlace.stderr, /--out DIR/);
});

Deno.test("every image type with a field that names a process is known", () => {
  const known = new Set(TYPES_WITH_PIDS);
  const naming = /^(pid|ppid|pgid|sid|pgrp|threads|nspid|notify_thread_id|fown|siginfo)$/;
  const names = (message: string, seen = new Set<string>()): boolean => {
    if (seen.has(message)) return false;
    seen.add(message);
    return (messages[message] ?? "").split("\n").some((line) => {
      const [, type = "", name = ""] = /^\w+ (\w+) (\w+) = /.exec(line) ?? [];
      return naming.test(name) || (type in messages && names(type, seen));
    });
  };
  const missing = allTypes().filter(({ entry, name }) =>
    entry !== undefined && !known.has(name) && names(entry)
  );
  assert.deepEqual(missing.map(({ name }) => name), []);
});
