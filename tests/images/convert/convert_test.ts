/** Whole dumps to other releases and back: what they say stays the same. */

import assert from "node:assert/strict";
import type { ConversionReport } from "../../../images/convert/report.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import type { Entry } from "../../../images/image/objects.ts";
import { imageToJson, jsonToImage } from "../../../mod.ts";
import { isNotSwept, SHARED, SWEEPS } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";
import {
  allDrops,
  converted,
  dumpOf,
  dumpsUnder,
  type Files,
  filesIn,
  fixture,
  modelOf,
} from "./dumps.ts";

const entriesOf = (files: Files, name: string): Entry[] =>
  decodeObjects(files.get(name)!, { name }).entries;

/** Images that only older releases have. */
const OLD =
  /^(creds|sigacts|itimers|posix-timers|rlimit|signal-[sp]|vmas)-|^(reg-files|pipes|fifo|inetsk|unixsk|packetsk|netlinksk|eventfd|eventpoll|eventpoll-tfd|signalfd|inotify|inotify-wd|fanotify|fanotify-mark|tty|tunfile|timerfd|ns-files|ext-files)\.img$/;

/** Every image can be read, and written again as the same bytes. */
function checkImages(files: Files): void {
  for (const [name, bytes] of files) {
    if (
      !name.endsWith(".img") ||
      /^(pages|stats|ifaddr|route6?|rule|ip6?tables|nftables|tmpfs)-/.test(name)
    ) {
      continue;
    }
    const version = decodeObjects(bytes, { name }).version;
    assert.deepEqual(jsonToImage(imageToJson(bytes, { name }), { version }), bytes, name);
  }
}

/** Checks that an old dump says the same in the newest form. */
function checkUp(files: Files): Files {
  const { files: newest, report } = converted(files, undefined);
  assert.deepEqual(report.losses, []);
  assert.deepEqual([...newest.keys()].filter((name) => OLD.test(name)), []);
  checkImages(newest);
  assert.deepEqual(modelOf(newest), modelOf(files));
  for (const [name] of newest) {
    if (!name.startsWith("pagemap-")) continue;
    for (const range of entriesOf(newest, name).slice(1)) {
      assert.equal(range.compat_nr_pages, 0);
      assert.equal(typeof range.nr_pages, "bigint");
      assert.equal(typeof range.flags, "number");
    }
  }
  const [inventory] = entriesOf(newest, "inventory.img");
  assert.equal(inventory!.img_version, 2);
  assert.deepEqual(converted(newest, undefined).files, newest);
  return newest;
}

Deno.test("a dump of CRIU 1.1 keeps its contents in the newest form", () => {
  const newest = checkUp(fixture("legacy-v1.0"));
  using dump = dumpOf(newest);
  const [task] = dump.tasks;
  assert.equal(task!.core!.tc!.rlimits!.rlimits!.length, 16);
  assert.equal(task!.core!.tc!.sigactions!.length, 62);
  assert.equal(task!.core!.tc!.timers!.posix!.length, 1);
  assert.equal(task!.core!.tc!.signals_s!.signals!.length, 1);
  assert.equal(task!.core!.thread_core!.signals_p!.signals!.length, 1);
  assert(task!.mm!.vmas!.length > 40);
  const [epoll] = dump.files.ofType("EVENTPOLL").values();
  assert.equal(epoll!.epfd!.tfd!.length, 3);
  assert(newest.has("files.img"));
});

/** What two runs of the same program have in common. */
function likenessOf(files: Files): unknown {
  using dump = dumpOf(files);
  const siginfo = (bytes: Uint8Array) =>
    new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  const tasks = dump.tasks.map((task) => ({
    comm: task.comm,
    state: task.state,
    threads: task.threads.map((thread) => ({
      comm: thread.comm,
      creds: thread.creds,
      signals: thread.pendingSignals.map((one) => siginfo(one.siginfo)),
    })),
    signals: task.pendingSignals.map((one) => siginfo(one.siginfo)),
    rlimits: task.rlimits,
    intervals: [task.timers!.real.isec, ...task.timers!.posix!.map(({ isec }) => isec)],
    sigactions: task.sigactions.map(({ flags, mask }) => ({ flags, mask })),
    environment: new TextDecoder().decode(task.memory.environmentBytes),
  }));
  // The older dumps were made without memfds, for which there were no images, and the file whose
  // name is no UTF-8.
  const opened = dump.files.all.map(({ entry }) => entry).filter(({ type }) => type !== "MEMFD");
  const paths = opened.flatMap(({ reg }) => reg?.name ?? []).filter((name) =>
    !name.includes("bad-utf8")
  );
  const kinds = Object.entries(Object.groupBy(opened, ({ type }) => type))
    .filter(([type]) => type !== "REG").map(([type, list]) => [type, list!.length]);
  const names = opened.flatMap(({ usk }) => usk?.name?.length ?? []);
  return { tasks, paths: [...new Set(paths)].sort(), kinds: kinds.sort(), names: names.sort() };
}

Deno.test({
  name: "converted older dumps of a program match its newer dump",
  ignore: isNotSwept(),
  fn() {
    const expected = likenessOf(filesIn(`${SHARED}dumps/pyapp`));
    for (const name of ["legacy-v1.0", "legacy-v1.1"]) {
      assert.deepEqual(likenessOf(checkUp(filesIn(`${SHARED}dumps/${name}`))), expected, name);
    }
  },
});

/** All modern dumps at hand, of a machine that old releases know. */
function modernDumps(): string[] {
  const paths = dumpsUnder(SWEEPS ? `${SHARED}dumps` : `${ROOT}fixtures/dumps`);
  return paths.filter((path) => !/legacy|s390x/.test(path));
}

Deno.test("a dump of a machine that the release does not know is refused", () => {
  const files = fixture("s390x");
  assert.deepEqual(allDrops(files, "3.17.1"), ["creds_entry.no_new_privs"]);
  assert.throws(() => converted(files, "1.5.2", ["core_entry.mtype"]), {
    message: /^core-\d+\.img: CRIU 1\.5\.2 does not run on S390$/,
    kind: "unsupported",
  });
});

/** What dumps have that CRIU 3.17.1 does not know. */
const NEWER: Readonly<Record<string, readonly string[]>> = {
  memfd00: ["memfd_inode_entry.mode"],
  pidfd_self: ["fdinfo_entry.type", "file_entry.type"],
  values: ["task_core_entry.membarrier_registration_mask"],
};

Deno.test("dumps are converted to CRIU 3.17.1 and back without losses", () => {
  for (const path of modernDumps()) {
    const files = filesIn(path);
    const drops = allDrops(files, "3.17.1");
    const newer = Object.keys(NEWER).find((name) => path.includes(name));
    assert.deepEqual(drops.sort(), newer === undefined ? [] : NEWER[newer], path);
    if (drops.length > 0) continue;
    const { files: older, report } = converted(files, "3.17.1");
    checkImages(older);
    assert.deepEqual(converted(older, "3.17.1").files, older, path);
    const back = converted(older, "4.2").files;
    const gone = goneFields(report);
    assert.deepEqual(without(modelOf(back), gone), without(modelOf(files), gone), path);
    for (const name of files.keys()) {
      if (name.startsWith("pagemap-")) assert.deepEqual(back.get(name), files.get(name), name);
    }
  }
});

/** A value without keys of these names, at any depth. */
function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, names));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([key, one]) => !names.has(key) && one !== undefined)
      .map(([key, one]) => [key, without(one, names)]),
  );
}

Deno.test("dumps are converted to CRIU 1.5.2 and back, except for dropped values", () => {
  for (const path of modernDumps()) {
    const files = filesIn(path);
    const drops = allDrops(files, "1.5.2");
    const { files: older, report } = converted(files, "1.5.2", drops);
    assert.deepEqual(report.refusals, []);
    checkImages(older);
    assert(!older.has("files.img") && !older.has("timens-0.img"), path);
    assert.deepEqual(converted(older, "1.5.2").files, older, path);
    assert.deepEqual(converted(older, "1.5.2").report.losses, [], path);
    const back = converted(older, "4.2").files;
    // Files, descriptors and areas that went are compared by those that are left.
    if (drops.some((name) => /\.(type|status)$/.test(name))) continue;
    const gone = goneFields(report);
    assert.deepEqual(without(modelOf(back), gone), without(modelOf(files), gone), path);
  }
});

/** Names of fields that a conversion removed, that it moved for good, or that it numbered anew. */
function goneFields({ images }: ConversionReport): ReadonlySet<string> {
  const changes = images.flatMap(({ changes }) => [...changes.keys()]);
  const names = changes.filter((change) => change.startsWith("without "))
    .map((change) => change.slice(change.indexOf(".") + 1));
  // A socket's TCP_NODELAY stays in its stream. Numbers of pages are as good as any other.
  const moved = changes.includes("TCP options") ? ["nodelay", "tcp_opts"] : [];
  const isRenumbered = changes.includes("paths of FIFOs and terminals");
  return new Set([...names, ...moved, "pagesId", ...isRenumbered ? ["regf_id", "files"] : []]);
}

Deno.test("FIFO paths have the FIFO's id before CRIU 3.6", () => {
  const files = fixture("pyapp");
  const drops = allDrops(files, "3.3");
  const older = converted(files, "3.3", drops).files;
  const [fifo] = entriesOf(older, "fifo.img");
  const path = entriesOf(older, "reg-files.img").find(({ id }) => id === fifo!.id);
  assert.deepEqual(fifo, { id: 26, pipe_id: 1638692 });
  assert.match(path!.name as string, /fifo/);
});

Deno.test("segments are stored in their image only before CRIU 3.0", () => {
  const files = fixture("sysvipc");
  const older = converted(files, "2.12.1", allDrops(files, "2.12.1")).files;
  const segments = entriesOf(older, "ipcns-shm-9.img");
  assert(segments.length === 4);
  assert.deepEqual([...older.keys()].filter((name) => name.startsWith("pagemap-shmem")), []);
  using dump = dumpOf(files);
  for (const { desc, size, in_pagemaps, extra } of segments) {
    assert.equal(in_pagemaps, undefined);
    const contents = extra as Uint8Array;
    assert.equal(contents.length, Number(size));
    const id = (desc as { id: number }).id;
    const expected = new Uint8Array(contents.length);
    for (const extent of dump.sharedMemory.extents(id, { from: 0, to: Number(size) }, 4096)) {
      if (extent.kind === "image") {
        dump.read(
          extent.name,
          extent.offset,
          expected.subarray(extent.at, extent.at + extent.length),
        );
      } else assert.equal(extent.kind, "zeros");
    }
    assert.deepEqual(contents, expected);
    assert(contents.some((byte) => byte !== 0), "there is something in it");
  }
  const back = converted(older, "4.2").files;
  for (const name of files.keys()) {
    if (/^(ipcns-shm|pagemap-shmem)-/.test(name)) {
      assert.equal(back.has(name), true, name);
      assert.deepEqual(contentsOf(back, name), contentsOf(files, name), name);
    }
  }
});

/** Entries and, of a page map, the bytes of its pages; not which number these have. */
function contentsOf(files: Files, name: string): unknown {
  const [head, ...ranges] = entriesOf(files, name);
  if (head?.pages_id === undefined) return [head, ...ranges];
  const flags = ranges.map((range) => ({ ...range, flags: Number(range.flags) & ~2 }));
  return [flags, files.get(`pages-${head.pages_id}.img`)];
}

Deno.test("a ghost file is written in full before CRIU 3.3", () => {
  const files = fixture("ghost_holes");
  const name = "ghost-file-1.img";
  const [head, ...chunks] = entriesOf(files, name);
  const older = converted(files, "3.2").files;
  const [whole, ...none] = entriesOf(older, name);
  assert.deepEqual(none, []);
  assert.equal(whole!.chunks, undefined);
  const { size } = head as { size: bigint };
  const expected = new Uint8Array(Number(size));
  for (const { off, extra } of chunks) expected.set(extra as Uint8Array, Number(off));
  assert.deepEqual(whole!.extra, expected);
  assert(chunks.length > 1 && Number(size) > chunks.reduce((sum, { len }) => sum + Number(len), 0));
});

Deno.test("chunks of a ghost file that overlap, or lie beyond its end, are refused", () => {
  const files = fixture("ghost_holes");
  const name = "ghost-file-1.img";
  const json = imageToJson(files.get(name)!, { name });
  for (
    const wrong of [
      json.replace('"off": 8192', '"off": 100'),
      json.replace('"size": 12288', '"size": 9000'),
    ]
  ) {
    assert.notEqual(wrong, json);
    const damaged = new Map([...files, [name, jsonToImage(wrong)]]);
    assert.throws(
      () => converted(damaged, "3.2"),
      /^CritError: ghost-file-1.img: entry 2: a chunk/,
    );
  }
});
