/**
 * Every step alone, in both directions: what an older release can say is the same after the way up
 * and down, and what fits into the older form is the same after the way down and up.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import "../../../plugins/mod.ts";
import type {
  CoreEntry,
  FileEntry,
  InetSkEntry,
  MmEntry,
  PagemapEntry,
  RemapFilePathEntry,
  SeccompMode,
} from "../../../proto/types.ts";
import { decodeMessage, encodeMessage, type Message } from "../../../images/codec/objects.ts";
import { Facts } from "../../../images/convert/facts.ts";
import { STEPS } from "../../../images/convert/plan.ts";
import type { Rewrite, Step, TaskImages } from "../../../images/convert/step.ts";
import { cgSet } from "../../../images/convert/steps/cg_set.ts";
import { pendingSignals, rlimits, timers } from "../../../images/convert/steps/core_images.ts";
import { creds } from "../../../images/convert/steps/creds.ts";
import { dumpStats } from "../../../images/convert/steps/dump_stats.ts";
import {
  fileWatches,
  withoutWatches,
  withWatches,
} from "../../../images/convert/steps/file_watches.ts";
import { filesImage, kindOf, merged, split } from "../../../images/convert/steps/files_image.ts";
import { ghostHoles } from "../../../images/convert/steps/ghost_holes.ts";
import { ipcShm } from "../../../images/convert/steps/ipc_shm.ts";
import { pageCounts } from "../../../images/convert/steps/page_counts.ts";
import { pageFlags } from "../../../images/convert/steps/page_flags.ts";
import { pathFiles } from "../../../images/convert/steps/path_files.ts";
import { remapType } from "../../../images/convert/steps/remap_type.ts";
import { seccomp } from "../../../images/convert/steps/seccomp.ts";
import { sigactions } from "../../../images/convert/steps/sigactions.ts";
import { tcpOptions } from "../../../images/convert/steps/tcp_options.ts";
import { threadNames } from "../../../images/convert/steps/thread_names.ts";
import { vmas } from "../../../images/convert/steps/vmas.ts";
import { KIND_IMAGES } from "../../../images/dump/file_table.ts";
import { WATCH_IMAGES } from "../../../images/convert/file_images.ts";
import { anyMessage, payloadOf } from "../random_messages.ts";
import { dumpOf, fixture } from "./dumps.ts";

const noFacts = new Facts(dumpOf(new Map()));

/** One direction of a step that changes single messages. */
function messageStep<T>(step: Step, message: string, way: "up" | "down", facts = noFacts) {
  const directions =
    (step.messages as Record<string, { up?: Rewrite<T>; down?: Rewrite<T> }>)[message];
  return (entry: T, image = ""): T | T[] => directions?.[way]?.(entry, facts, image) ?? entry;
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Without the keys whose values are undefined. */
function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as T;
}

/** A real message of a type, at random. */
function anyReal<T>(name: string): fc.Arbitrary<T> {
  return anyMessage(name).map((plain) => decodeMessage(name, payloadOf(name, plain)) as T);
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
    pageCounts,
  ];
  // Segments and ghost files are tested as images: stages_test.ts.
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

Deno.test("a range of more pages than the older field can tell becomes several", () => {
  const down = messageStep<PagemapEntry>(pageCounts, "pagemap_entry", "down");
  const longest = (1n << 64n) / 4096n;
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
  assert.throws(() => down({ vaddr: 0n, compat_nr_pages: 0, nr_pages: longest + 1n }), /cannot be/);
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

Deno.test("TCP_NODELAY and TCP_CORK go into the stream, where there is one", () => {
  const files = fixture("pyapp");
  const facts = new Facts(dumpOf(files));
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
  const facts = new Facts(dumpOf(fixture("pyapp")));
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

/** A core with what steps look at. */
function core(isLeader: boolean, parts: { tc?: object; thread?: object } = {}): CoreEntry {
  const thread_core = { futex_rla: 0n, futex_rla_len: 0, ...parts.thread };
  const tc = {
    task_state: 1,
    exit_code: 0,
    personality: 0,
    flags: 0,
    blk_sigset: 0n,
    comm: "task",
    ...parts.tc,
  };
  return { mtype: "X86_64", thread_core, ...(isLeader ? { tc } : {}) };
}

function task(cores: CoreEntry[], parts: Partial<TaskImages> = {}): TaskImages {
  return {
    pid: 10,
    cores: new Map(cores.map((one, i) => [10 + i, one])),
    privateSignals: new Map(),
    ...parts,
  };
}

/** The way up changes `old` into `present`, and the way down changes it back. */
function checkTask(step: Step, old: () => TaskImages, present: () => TaskImages): void {
  const edited = old();
  assert.equal(step.task!.up!(edited), true, "up");
  assert.deepEqual(edited, present());
  assert.equal(step.task!.up!(edited), false, "up again");
  assert.equal(step.task!.down!(edited), true, "down");
  assert.deepEqual(edited, old());
  assert.equal(step.task!.down!(edited), false, "down again");
  assert.deepEqual(edited, old());
}

Deno.test("cgroup sets", () => {
  fc.assert(fc.property(u32, fc.nat(3), (cg_set, others) => {
    const rest = (parts = {}) => Array.from({ length: others }, () => core(false, parts));
    checkTask(
      cgSet,
      () => task([core(true, { tc: { cg_set } }), ...rest()]),
      () => task([core(true, { thread: { cg_set } }), ...rest({ thread: { cg_set } })]),
    );
  }));
  const apart = task([
    core(true, { thread: { cg_set: 1 } }),
    core(false, { thread: { cg_set: 2 } }),
  ]);
  cgSet.task!.down!(apart);
  assert.deepEqual([...apart.cores.values()].map((one) => one.thread_core!.cg_set), [undefined, 2]);
  assert.equal(apart.cores.get(10)!.tc!.cg_set, 1);
});

Deno.test("seccomp", () => {
  const modes = fc.constantFrom<SeccompMode>("disabled", "strict", "filter");
  fc.assert(fc.property(modes, optional(u32), (seccomp_mode, filter) => {
    const present = defined({ seccomp_mode, seccomp_filter: filter });
    const old = defined({ old_seccomp_mode: seccomp_mode, old_seccomp_filter: filter });
    checkTask(
      seccomp,
      () => task([core(true, { tc: old }), core(false)]),
      () => task([core(true, { thread: present }), core(false, { thread: present })]),
    );
  }));
  const thread = { seccomp_mode: "filter", seccomp_filter: 3 } as const;
  const apart = task([core(true, { thread }), core(false, { thread: { seccomp_mode: "strict" } })]);
  seccomp.task!.down!(apart);
  assert.equal(apart.cores.get(11)!.thread_core!.seccomp_mode, "strict");
  assert.equal(apart.cores.get(10)!.tc!.old_seccomp_filter, 3);
});

Deno.test("credentials", () => {
  fc.assert(
    fc.property(anyReal<NonNullable<TaskImages["creds"]>>("creds_entry"), (entry) => {
      checkTask(
        creds,
        () => task([core(true), core(false)], { creds: entry }),
        () => {
          const thread = { creds: entry };
          return task([core(true, { thread }), core(false, { thread })]);
        },
      );
    }),
    { numRuns: 50 },
  );
});

Deno.test("credentials of a thread that differ stay", () => {
  const entry = { uid: 1, gid: 1, euid: 1, egid: 1, suid: 1, sgid: 1, fsuid: 1, fsgid: 1 };
  const own = (uid: number) => ({ creds: { ...entry, uid, secbits: 0 } });
  const images = task([core(true, { thread: own(1) }), core(false, { thread: own(2) })]);
  creds.task!.down!(images);
  assert.equal(images.creds!.uid, 1);
  assert.equal(images.cores.get(11)!.thread_core!.creds!.uid, 2);
});

Deno.test("thread names", () => {
  const images = task([
    core(true, { thread: { comm: "task" } }),
    core(false, { thread: { comm: "worker" } }),
    core(false, { thread: { comm: "task" } }),
    core(false),
  ]);
  assert.equal(threadNames.task!.down!(images), true);
  const names = [...images.cores.values()].map(({ thread_core }) => thread_core!.comm);
  assert.deepEqual(names, [undefined, "worker", undefined, undefined]);
  assert.equal(threadNames.task!.down!(images), false);
});

Deno.test("signal actions", () => {
  const entries = fc.array(anyReal<object>("sa_entry"), { minLength: 1, maxLength: 62 });
  fc.assert(
    fc.property(entries, (list) => {
      const actions = list as NonNullable<TaskImages["sigactions"]>;
      checkTask(
        sigactions,
        () => task([core(true)], { sigactions: actions }),
        () => task([core(true, { tc: { sigactions: actions } })]),
      );
    }),
    { numRuns: 30 },
  );
});

Deno.test("timers", () => {
  const itimer = anyReal<NonNullable<TaskImages["itimers"]>[number]>("itimer_entry");
  const posix = fc.array(
    anyReal<NonNullable<TaskImages["posixTimers"]>[number]>("posix_timer_entry"),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(itimer, itimer, itimer, posix, (real, virt, prof, posix) => {
      checkTask(
        timers,
        () => task([core(true)], { itimers: [real, virt, prof], posixTimers: posix }),
        () => task([core(true, { tc: { timers: { real, virt, prof, posix } } })]),
      );
    }),
    { numRuns: 50 },
  );
  assert.throws(() => timers.task!.up!(task([core(true)], { itimers: [] })), /3 are expected/);
});

Deno.test("limits and pending signals", () => {
  const limits = fc.array(fc.record({ cur: u64, max: u64 }), { maxLength: 16 });
  const queue = fc.array(fc.record({ siginfo: fc.uint8Array({ maxLength: 128 }) }));
  fc.assert(fc.property(limits, queue, queue, (list, shared, own) => {
    checkTask(
      rlimits,
      () => task([core(true)], { rlimits: list }),
      () => task([core(true, { tc: { rlimits: { rlimits: list } } })]),
    );
    checkTask(
      pendingSignals,
      () => {
        const privateSignals = new Map([[10, []], [11, own]]);
        return task([core(true), core(false)], { sharedSignals: shared, privateSignals });
      },
      () =>
        task([
          core(true, {
            tc: { signals_s: { signals: shared } },
            thread: { signals_p: { signals: [] } },
          }),
          core(false, { thread: { signals_p: { signals: own } } }),
        ]),
    );
  }));
});

Deno.test("memory areas", () => {
  const areas = fc.array(anyReal<NonNullable<TaskImages["vmas"]>[number]>("vma_entry"), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(areas, (list) => {
      const mm = { mm_brk: 1n, exe_file_id: 2 } as MmEntry;
      checkTask(
        vmas,
        () => task([core(true)], { mm: { ...mm }, vmas: list }),
        () => task([core(true)], { mm: { ...mm, vmas: list } }),
      );
    }),
    { numRuns: 30 },
  );
});

Deno.test("a dead task's core is left alone", () => {
  const dead: CoreEntry = { mtype: "X86_64", tc: { ...core(true).tc!, task_state: 2, cg_set: 1 } };
  for (const step of STEPS) {
    for (const way of ["up", "down"] as const) {
      const images = task([structuredClone(dead)]);
      step.task?.[way]?.(images);
      assert.deepEqual(images, task([dead]), `${step.name} ${way}`);
    }
  }
});

Deno.test("an image of all files", () => {
  for (const { name, message, type, field } of KIND_IMAGES) {
    fc.assert(
      fc.property(anyReal<Message>(message), (entry) => {
        const file = merged(kindOf(name)!, entry);
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
    const kind = kindOf(image)!;
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

Deno.test("dump statistics get the number that is required since", () => {
  const { up } = dumpStats.payload!;
  const whole = anyReal<Message>("stats_entry");
  fc.assert(fc.property(whole, (entry) => {
    const payload = encodeMessage("stats_entry", entry);
    assert.deepEqual(up(payload), payload);
    if (entry.dump === undefined) return;
    const { pages_lazy, ...old } = entry.dump as Message;
    // An unknown field takes the place of the missing one, so that it can be written at all.
    const zero = encodeMessage("stats_entry", { ...entry, dump: { ...old, pages_lazy: 0n } });
    const without = withoutField(zero);
    assert.throws(() => decodeMessage("stats_entry", without), /pages_lazy: required field/);
    const { dump } = decodeMessage("stats_entry", up(without));
    assert.deepEqual(dump, { ...old, pages_lazy: 0n });
    assert.notEqual(pages_lazy, undefined);
  }));
});

/** `stats_entry` with a dump, its `pages_lazy` of 0 cut out. */
function withoutField(bytes: Uint8Array): Uint8Array {
  const entry = decodeMessage("stats_entry", bytes);
  const dump = encodeMessage("dump_stats_entry", entry.dump as Message);
  const at = dump.findIndex((byte, i) => byte === 9 << 3 && dump[i + 1] === 0 && isTag(dump, i));
  const cut = new Uint8Array([...dump.subarray(0, at), ...dump.subarray(at + 2)]);
  const rest = entry.restore === undefined
    ? []
    : encodeMessage("stats_entry", { restore: entry.restore });
  const size = cut.length;
  assert(size < 1 << 14);
  const length = size < 128 ? [size] : [size & 127 | 128, size >> 7];
  return new Uint8Array([1 << 3 | 2, ...length, ...cut, ...rest]);
}

/** Whether a field begins here, of a message with numbers only. */
function isTag(bytes: Uint8Array, place: number): boolean {
  let at = 0;
  while (at < place) {
    while (bytes[at++]! >= 128);
    while (bytes[at++]! >= 128);
  }
  return at === place;
}
