/** Steps that move values between a task's images, in both directions. */

import assert from "node:assert/strict";
import { STEPS } from "../../../../images/convert/plan.ts";
import { cgSet } from "../../../../images/convert/steps/cg_set.ts";
import { pendingSignals, rlimits, timers } from "../../../../images/convert/steps/core_images.ts";
import { creds } from "../../../../images/convert/steps/creds.ts";
import { seccomp } from "../../../../images/convert/steps/seccomp.ts";
import { sigactions } from "../../../../images/convert/steps/sigactions.ts";
import type { Step, TaskImages } from "../../../../images/convert/steps/step.ts";
import { threadNames } from "../../../../images/convert/steps/thread_names.ts";
import { vmas } from "../../../../images/convert/steps/vmas.ts";
import "../../../../plugins/mod.ts";
import type { CoreEntry, MmEntry, SeccompMode } from "../../../../proto/types.ts";
import fc from "../../../fast_check.ts";
import { anyReal, defined, optional, u32, u64 } from "../messages.ts";

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

Deno.test("differing credentials of a thread are kept", () => {
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

Deno.test("the core image of a dead task is not changed", () => {
  const dead: CoreEntry = { mtype: "X86_64", tc: { ...core(true).tc!, task_state: 2, cg_set: 1 } };
  for (const step of STEPS) {
    for (const way of ["up", "down"] as const) {
      const images = task([structuredClone(dead)]);
      step.task?.[way]?.(images);
      assert.deepEqual(images, task([dead]), `${step.name} ${way}`);
    }
  }
});
