/**
 * Every step alone, in both directions: what an older release can say is the same after the way up
 * and down, and what fits into the older form is the same after the way down and up.
 */

import assert from "node:assert/strict";
import { decodeMessage, encodeMessage, type Message } from "../../../../images/codec/objects.ts";
import { STEPS } from "../../../../images/convert/plan.ts";
import { cgSet } from "../../../../images/convert/steps/cg_set.ts";
import { pendingSignals, rlimits, timers } from "../../../../images/convert/steps/core_images.ts";
import { creds } from "../../../../images/convert/steps/creds.ts";
import { defaultSysctls } from "../../../../images/convert/steps/default_sysctls.ts";
import { dumpStats } from "../../../../images/convert/steps/dump_stats.ts";
import { WATCH_IMAGES } from "../../../../images/convert/steps/file_images.ts";
import {
  fileWatches,
  withoutWatches,
  withWatches,
} from "../../../../images/convert/steps/file_watches.ts";
import {
  filesImage,
  kindImageOf,
  merged,
  split,
} from "../../../../images/convert/steps/files_image.ts";
import { ghostHoles } from "../../../../images/convert/steps/ghost_holes.ts";
import { ipcShm } from "../../../../images/convert/steps/ipc_shm.ts";
import { pageCounts } from "../../../../images/convert/steps/page_counts.ts";
import { pageFlags } from "../../../../images/convert/steps/page_flags.ts";
import { pathFiles } from "../../../../images/convert/steps/path_files.ts";
import { remapType } from "../../../../images/convert/steps/remap_type.ts";
import { seccomp } from "../../../../images/convert/steps/seccomp.ts";
import { sigactions } from "../../../../images/convert/steps/sigactions.ts";
import type { Rewrite, Step } from "../../../../images/convert/steps/step.ts";
import { tcpOptions } from "../../../../images/convert/steps/tcp_options.ts";
import { threadNames } from "../../../../images/convert/steps/thread_names.ts";
import { vmas } from "../../../../images/convert/steps/vmas.ts";
import { KIND_IMAGES } from "../../../../images/dump/file_table.ts";
import { DumpContext } from "../../../../images/releases/dump_context.ts";
import "../../../../plugins/mod.ts";
import type {
  FileEntry,
  InetSkEntry,
  NetnsEntry,
  PagemapEntry,
  RemapFilePathEntry,
} from "../../../../proto/types.ts";
import fc from "../../../fast_check.ts";
import { dumpOf, fixture } from "../dumps.ts";
import { anyReal, defined, optional, u32, u64 } from "../messages.ts";

const noFacts = new DumpContext(dumpOf(new Map()));

/** One direction of a step that changes single messages. */
function messageStep<T>(step: Step, message: string, way: "up" | "down", facts = noFacts) {
  const directions =
    (step.messages as Record<string, { up?: Rewrite<T>; down?: Rewrite<T> }>)[message];
  return (entry: T, image = ""): T | T[] => directions?.[way]?.(entry, facts, image) ?? entry;
}

Deno.test("every step is tested here", () => {
  const tested = [
    vmas,
    timers,
    rlimits,
    pendingSignals,
    fileWatches,
    remapType,
    creds,
    ipcShm,
    sigactions,
    ghostHoles,
    filesImage,
    pageFlags,
    dumpStats,
    pathFiles,
    seccomp,
    threadNames,
    cgSet,
    tcpOptions,
    defaultSysctls,
    pageCounts,
  ];
  // Those of a task in task_steps_test.ts, segments and ghost files as images in convert_test.ts.
  assert.deepEqual(new Set(STEPS), new Set(tested));
});

Deno.test("page counts", () => {
  const up = messageStep<PagemapEntry>(pageCounts, "pagemap_entry", "up");
  const down = messageStep<PagemapEntry>(pageCounts, "pagemap_entry", "down");
  const old = fc.record({ vaddr: u64, compat_nr_pages: u32, flags: optional(u32) }).map(defined);
  fc.assert(fc.property(old, (entry) => {
    const present = up(entry) as PagemapEntry;
    assert.deepEqual([present.compat_nr_pages, present.nr_pages], [
      0,
      BigInt(entry.compat_nr_pages),
    ]);
    assert.deepEqual(down(present), entry);
    assert.equal(up(present), present);
    assert.equal(down(entry), entry);
  }));
});

Deno.test("a range of more pages than the older field can hold is split", () => {
  const down = messageStep<PagemapEntry>(pageCounts, "pagemap_entry", "down");
  const longest = (1n << 48n) / 4096n;
  fc.assert(
    fc.property(fc.bigInt({ min: 1n << 32n, max: longest }), (nr_pages) => {
      const ranges = down({ vaddr: 4096n, compat_nr_pages: 0, nr_pages, flags: 4 });
      assert(Array.isArray(ranges) && ranges.length > 1);
      let next = 4096n;
      for (const { vaddr, compat_nr_pages, ...rest } of ranges) {
        assert.equal(vaddr, next);
        assert(compat_nr_pages <= 0xffff_ffff);
        assert.deepEqual(rest, { flags: 4 });
        next += BigInt(compat_nr_pages) * 4096n;
      }
      assert.equal(next, 4096n + nr_pages * 4096n);
    }),
    { numRuns: 20 },
  );
  assert.throws(
    () => down({ vaddr: 0n, compat_nr_pages: 0, nr_pages: longest + 1n }),
    /is impossible/,
  );
});

Deno.test("page flags", () => {
  const up = messageStep<PagemapEntry>(pageFlags, "pagemap_entry", "up");
  const down = messageStep<PagemapEntry>(pageFlags, "pagemap_entry", "down");
  const old = fc.record({ vaddr: u64, compat_nr_pages: u32, in_parent: fc.boolean() })
    .map(({ in_parent, ...rest }) => in_parent ? { ...rest, in_parent } : rest);
  fc.assert(fc.property(old, (entry) => {
    const present = up(entry) as PagemapEntry;
    assert.equal(present.flags, "in_parent" in entry ? 1 : 4);
    assert.deepEqual(down(present), entry);
  }));
  const range = { vaddr: 0n, compat_nr_pages: 1 };
  assert.deepEqual(down({ ...range, flags: 6 }), range);
  // Pages that are elsewhere, nowhere, or as a later CRIU says, are beyond the older form.
  for (const flags of [0, 2, 3, 5, 8, 12]) {
    const entry = { ...range, flags };
    assert.equal(down(entry), entry, `${flags}`);
  }
});

Deno.test("remap types", () => {
  const up = messageStep<RemapFilePathEntry>(remapType, "remap_file_path_entry", "up");
  const down = messageStep<RemapFilePathEntry>(remapType, "remap_file_path_entry", "down");
  fc.assert(
    fc.property(fc.record({ orig_id: u32, remap_id: u32 }, { noNullPrototype: true }), (old) => {
      const present = up(old) as RemapFilePathEntry;
      assert.equal(present.remap_type, old.remap_id >= 0x8000_0000 ? "GHOST" : "LINKED");
      assert.equal(present.remap_id, old.remap_id % 0x8000_0000);
      assert.deepEqual(down(present), old);
    }),
  );
  for (const remap_type of ["PROCFS", 7] as const) {
    const entry = { orig_id: 1, remap_id: 2, remap_type };
    assert.equal(down(entry), entry);
  }
  const wide: RemapFilePathEntry = { orig_id: 1, remap_id: 0x8000_0001, remap_type: "LINKED" };
  assert.equal(down(wide), wide);
});

Deno.test("network settings without a value are removed at the end of the list", () => {
  const down = messageStep<NetnsEntry>(defaultSysctls, "netns_entry", "down");
  const preset = { type: "CTL_STR" } as const;
  const set = { type: "CTL_STR", sarg: "0 100" } as const;
  const port = { type: "CTL_32", iarg: 0 } as const;
  assert.deepEqual(down({ ipv4_sysctl: [preset] }), {});
  assert.deepEqual(down({ ipv4_sysctl: [set, preset, preset] }), { ipv4_sysctl: [set] });
  assert.deepEqual(down({ ipv4_sysctl: [preset, port, preset] }), { ipv4_sysctl: [preset, port] });
  const whole = { ipv4_sysctl: [set, port], unix_conf: [port] };
  assert.equal(down(whole), whole);
  const none = { unix_conf: [port] };
  assert.equal(down(none), none);
});

Deno.test("TCP options", () => {
  const up = messageStep<InetSkEntry>(tcpOptions, "inet_sk_entry", "up");
  const down = messageStep<InetSkEntry>(tcpOptions, "inet_sk_entry", "down");
  fc.assert(
    fc.property(anyReal<InetSkEntry>("inet_sk_entry"), (random) => {
      const { tcp_opts: _, ...old } = random;
      const present = up(old) as InetSkEntry;
      assert.equal(present.opts.tcp_keepcnt, undefined);
      assert.equal(present.tcp_opts?.keepcnt, old.opts.tcp_keepcnt);
      assert.deepEqual(down(present), old);
    }),
    { numRuns: 50 },
  );
});

Deno.test("TCP_NODELAY and TCP_CORK move into the stream, if there is one", () => {
  const files = fixture("pyapp");
  const facts = new DumpContext(dumpOf(files));
  const down = messageStep<InetSkEntry>(tcpOptions, "inet_sk_entry", "down", facts);
  const sockets = [...facts.dump.files.ofType("INETSK").values()].map(({ isk }) => isk!);
  const plain = sockets.find(({ tcp_opts }) => tcp_opts?.nodelay)!;
  assert(files.has(`tcp-stream-${plain.ino.toString(16)}.img`));
  assert.equal((down(plain) as InetSkEntry).tcp_opts, undefined);
  const stream = messageStep<object>(tcpOptions, "tcp_stream_entry", "down", facts);
  const image = `tcp-stream-${plain.ino.toString(16)}.img`;
  assert.deepEqual(stream({}, image), { nodelay: true });
  assert.deepEqual(stream({}, "tcp-stream-1.img"), {});
  // A socket without a stream has nowhere else to keep it.
  const lone = { ...plain, ino: 1 };
  assert.deepEqual((down(lone) as InetSkEntry).tcp_opts, { nodelay: true });
});

Deno.test("paths of FIFOs and terminals", () => {
  const facts = new DumpContext(dumpOf(fixture("pyapp")));
  const fifo = [...facts.dump.files.ofType("FIFO").values()][0]!.fifo!;
  const path = facts.dump.files.get("REG", fifo.regf_id!)!;
  const down = <T>(message: string, entry: T) =>
    messageStep<T>(pathFiles, message, "down", facts)(entry);
  assert.deepEqual(down("fifo_entry", fifo), { id: fifo.id, pipe_id: fifo.pipe_id });
  assert.equal((down("reg_file_entry", path.reg!) as { id: number }).id, fifo.id);
  assert.equal((down("file_entry", path) as FileEntry).id, fifo.id);
  const remap = { orig_id: path.id, remap_id: 1, remap_type: "GHOST" };
  assert.deepEqual(down("remap_file_path_entry", remap), { ...remap, orig_id: fifo.id });
  // Other files keep their ids, the FIFO's own entry of files.img among them.
  const others = facts.dump.files.all.map(({ entry }) => entry).filter(({ id, type }) =>
    id !== path.id || type !== "REG"
  );
  for (const entry of others) assert.equal(down("file_entry", entry), entry);
  // Another REG file may have the FIFO's id: then nothing can be said.
  const alone = messageStep(pathFiles, "fifo_entry", "down");
  assert.equal(alone(fifo), fifo);
});

Deno.test("an image of all files", () => {
  for (const { name, message, type, field } of KIND_IMAGES) {
    fc.assert(
      fc.property(anyReal<Message>(message), (entry) => {
        const file = merged(kindImageOf(name)!, entry);
        assert.deepEqual(file, { type, id: entry.id, [field]: entry });
        assert.deepEqual(split(file), { image: name, message, entry });
      }),
      { numRuns: 10 },
    );
  }
  const memfd = { type: "MEMFD", id: 1, memfd: { id: 1 } } as unknown as FileEntry;
  for (const file of [memfd, { type: "REG", id: 1 } as FileEntry]) {
    assert.deepEqual(split(file), { image: "files.img", message: "file_entry", entry: file });
  }
});

Deno.test("watches of files", () => {
  const kinds = [
    { image: "eventpoll.img", list: "tfd", ...WATCH_IMAGES[0] },
    { image: "inotify.img", list: "wd", ...WATCH_IMAGES[1] },
    { image: "fanotify.img", list: "mark", ...WATCH_IMAGES[2] },
  ] as const;
  for (const { image, list, name, message } of kinds) {
    const kind = kindImageOf(image)!;
    const watches = fc.array(anyReal<Message>(message), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyReal<Message>(kind.message), watches, (random, watches) => {
        const { [list]: _, ...owner } = random;
        const file = merged(kind, owner as Message);
        const own = watches.map((watch) => ({ ...watch, id: file.id }));
        const none = { tfd: new Map(), wd: new Map(), mark: new Map() };
        const whole = withWatches(file, { ...none, [list]: new Map([[file.id, own]]) });
        const apart = withoutWatches(whole);
        assert.deepEqual(apart.file, file);
        assert.deepEqual(apart.watches, own.map((entry) => ({ image: name, message, entry })));
        assert.equal(withWatches(file, none), file);
      }),
      { numRuns: 20 },
    );
  }
});

Deno.test("dump statistics get the field that newer releases require", () => {
  const { up } = dumpStats.payload!;
  const whole = anyReal<Message>("stats_entry");
  fc.assert(fc.property(whole, (entry) => {
    const { dump } = entry as { dump?: Message };
    const payload = encodeMessage("stats_entry", entry);
    const lacks = dump !== undefined && dump.pages_lazy === undefined;
    const expected = lacks ? { ...entry, dump: { ...dump, pages_lazy: 0n } } : entry;
    assert.deepEqual(decodeMessage("stats_entry", up(payload)), expected);
    if (!lacks) assert.deepEqual(up(payload), payload);
  }));
});
