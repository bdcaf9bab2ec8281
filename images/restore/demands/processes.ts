/** Demands on process ids, descriptors and limits. @module */

import type { DumpPlace } from "../../dump/dump_place.ts";
import { resourceOf } from "../../kernel/tasks.ts";
import type { Demand, Outcome } from "../demand.ts";
import type { Machine } from "../machine.ts";
import { isShellJob } from "../options.ts";
import type { RestoreSubject } from "../subject.ts";

/** Ids that CRIU has to give to processes and threads, with what each is. */
function* idsOf(
  subject: RestoreSubject,
): Generator<{ id: number; what: string; place: DumpPlace }> {
  const { dump } = subject;
  const seen = new Set<number>();
  const image = "pstree.img";
  for (const [entry, { pid, threads }] of dump.tasks.entries()) {
    for (const { tid } of threads) {
      if (seen.has(tid)) continue;
      seen.add(tid);
      const what = tid === pid ? `process ${pid}` : `thread ${tid} of process ${pid}`;
      yield { id: tid, what, place: { image, entry } };
    }
  }
  // For a session or group whose leader has ended, CRIU creates a temporary leader.
  const outside = isShellJob(subject) ? subject.root : undefined;
  for (const [entry, { sid, pgid }] of dump.tasks.entries()) {
    for (const [id, kind, field] of [[sid, "session", "sid"], [pgid, "group", "pgid"]] as const) {
      if (id === 0 || seen.has(id) || id === outside?.sid || id === outside?.pgid) continue;
      seen.add(id);
      yield { id, what: `${kind} ${id}, which has no leader`, place: { image, entry, field } };
    }
  }
}

/** Name of a process of the machine, for people. */
function nameOf(machine: Machine, id: number): string {
  const comm = machine.readText(`/proc/${id}/comm`)?.trim();
  return comm === undefined ? "in use" : `in use by ${comm}`;
}

const free: Demand = {
  id: "pid-free",
  summary: "the ids of processes, threads and sessions are free",
  explanation:
    "CRIU gives each process its old id and stops if the id is in use: Can't fork, File exists.",
  *ask(subject, machine, { newPidNamespace }) {
    if (newPidNamespace || subject.owns("pid_ns_id")) return;
    const isKnown = machine.exists("/proc/self");
    for (const { id, what, place } of idsOf(subject)) {
      const expected = "a free id";
      if (!isKnown) yield { state: "unknown", what, expected, found: "/proc is absent", place };
      else if (!machine.exists(`/proc/${id}`)) {
        yield { state: "ok", what, expected, found: "free", place };
      } else {
        const fix = "restore in a new pid namespace (`unshare --pid --fork --mount-proc`), or " +
          `\`crit edit DUMP -o NEW --pid ${id}=FREE\``;
        yield { state: "fails", what, expected, found: nameOf(machine, id), place, fix };
      }
    }
  },
};

const terminal: Demand = {
  id: "shell-job-terminal",
  summary: "standard input is a terminal for a shell job",
  explanation:
    "If the terminal of a process was outside the dump, CRIU gives it the terminal on its own standard input.",
  *ask(subject, machine) {
    const image = "tty-info.img";
    const all = [...subject.context.entries(image, "tty_info_entry")];
    const masters = new Set(
      all.filter(([, { rdev }]) => rdev === PTMX).map(([, { pty }]) => pty?.index),
    );
    for (const [entry, { type, pty, rdev }] of all) {
      if (type !== "PTY" || rdev === PTMX || masters.has(pty?.index)) continue;
      const what = `/dev/pts/${pty?.index}`;
      const expected = "a terminal on standard input";
      const place = { image, entry };
      if (machine.isTerminal) {
        yield { state: "ok", what, expected, found: "standard input is a terminal", place };
      } else {
        const found = "standard input is not a terminal";
        const fix = "restore from a terminal, with `--shell-job`";
        yield { state: "fails", what, expected, found, place, fix };
      }
    }
  },
};

/** Device number of /dev/ptmx as images have it. */
const PTMX = 0x502;

/** Descriptors that CRIU itself needs beyond those of a process. */
const CRIU_DESCRIPTORS = 256;

const numberIn = (text: string | undefined) =>
  text === undefined || !/^\d+/.test(text.trim()) ? undefined : Number(text.trim().split(/\s/)[0]);

/** Bits of capabilities (linux/capability.h). */
const CAP_SYS_RESOURCE = 24n;

/** Whether whoever asks has a capability; undefined if it cannot be told. */
function hasCapability(machine: Machine, bit: bigint): boolean | undefined {
  const [, mask] = /^CapEff:\s*([0-9a-f]+)/m.exec(machine.readText("/proc/self/status") ?? "") ??
    [];
  return mask === undefined ? undefined : (BigInt(`0x${mask}`) >> bit & 1n) === 1n;
}

/** A limit of whoever asks: `Max open files`; undefined if it cannot be told. */
function limitOf(machine: Machine, name: string): { soft: bigint; hard: bigint } | undefined {
  const text = machine.readText("/proc/self/limits") ?? "";
  const line = text.split("\n").find((line) => line.startsWith(name));
  const [, soft, hard] = /\s{2,}(\d+|unlimited)\s+(\d+|unlimited)/.exec(line ?? "") ?? [];
  if (soft === undefined || hard === undefined) return undefined;
  const value = (word: string) => word === "unlimited" ? UNLIMITED : BigInt(word);
  return { soft: value(soft), hard: value(hard) };
}

const UNLIMITED = (1n << 64n) - 1n;

const descriptors: Demand = {
  id: "fd-limit",
  summary: "descriptor numbers are within the limits of the machine",
  explanation: "CRIU stops if a descriptor number exceeds the limits: Too big FD, service_fd_base.",
  *ask({ context: { tables } }, machine) {
    const most = numberIn(machine.readText("/proc/sys/fs/nr_open"));
    const own = limitOf(machine, "Max open files");
    const mayRaise = hasCapability(machine, CAP_SYS_RESOURCE) ?? false;
    for (const { image, entries } of tables) {
      const last = entries.reduce((most, { fd }) => Math.max(most, fd), -1);
      if (last < 0) continue;
      const place = { image, entry: entries.findIndex(({ fd }) => fd === last), field: "fd" };
      const what = `descriptor ${last}`;
      if (most === undefined || own === undefined) {
        const found = "the limits cannot be read";
        yield { state: "unknown", what, expected: `a limit above ${last}`, found, place };
        continue;
      }
      const limit = mayRaise ? most : Math.min(most, Number(own.hard));
      const expected = `a limit above ${last} plus CRIU's own descriptors`;
      const found = `a limit of ${limit}`;
      if (last >= limit) {
        yield {
          state: "fails",
          what,
          expected,
          found,
          place,
          fix: "raise fs.nr_open and the limit on open files",
        };
      } else if (last + CRIU_DESCRIPTORS >= limit) {
        yield { state: "unknown", what, expected, found, place };
      } else yield { state: "ok", what, expected, found, place };
    }
  },
};

/** Names of limits in /proc/PID/limits, by the kernel's numbers. */
const LIMIT_NAMES = [
  "Max cpu time",
  "Max file size",
  "Max data size",
  "Max stack size",
  "Max core file size",
  "Max resident set",
  "Max processes",
  "Max open files",
  "Max locked memory",
  "Max address space",
  "Max file locks",
  "Max pending signals",
  "Max msgqueue size",
  "Max nice priority",
  "Max realtime priority",
  "Max realtime timeout",
];

const limits: Demand = {
  id: "resource-limits",
  summary: "the resource limits of the processes can be set",
  explanation: "Only a process with CAP_SYS_RESOURCE may set a hard limit above its own.",
  *ask(subject, machine) {
    const mayRaise = hasCapability(machine, CAP_SYS_RESOURCE);
    if (mayRaise) return;
    const limits = LIMIT_NAMES.map((name) => limitOf(machine, name));
    // What is unlimited is above nothing; most machines have few other hard limits.
    const limited = [...limits.keys()].filter((i) => (limits[i]?.hard ?? UNLIMITED) < UNLIMITED);
    for (const task of subject.living) {
      const { rlimits } = task;
      for (const number of limited) {
        const own = limits[number]!;
        const max = rlimits[number]?.max;
        if (max === undefined || max <= own.hard) continue;
        yield {
          state: mayRaise === undefined ? "unknown" : "fails",
          what: `${resourceOf(number, task.core?.mtype)[0]} of process ${task.pid}`,
          expected: max === UNLIMITED ? "unlimited" : String(max),
          found: `a hard limit of ${own.hard}, without CAP_SYS_RESOURCE`,
          place: {
            image: `core-${task.pid}.img`,
            entry: 0,
            field: `tc.rlimits.rlimits[${number}]`,
          },
          fix: "restore with CAP_SYS_RESOURCE, or lower the limit with `crit edit`",
        };
      }
    }
  },
};

const pipeSizes: Demand = {
  id: "pipe-size",
  summary: "pipes may have their old size",
  explanation: "CRIU sets the size of each pipe with data: Can't restore pipe size.",
  *ask({ context }, machine) {
    const most = numberIn(machine.readText("/proc/sys/fs/pipe-max-size"));
    const mayRaise = hasCapability(machine, CAP_SYS_RESOURCE);
    for (const image of ["pipes-data.img", "fifo-data.img"]) {
      for (const [entry, { size = 0, pipe_id }] of context.entries(image, "pipe_data_entry")) {
        const outcome: Omit<Outcome, "state" | "found"> = {
          what: `pipe ${pipe_id}`,
          expected: `${size} bytes`,
          place: { image, entry, field: "size" },
        };
        if (most === undefined) {
          yield { ...outcome, state: "unknown", found: "the limit cannot be read" };
        } else if (size <= most || mayRaise) {
          yield { ...outcome, state: "ok", found: `at most ${most} bytes` };
        } else {
          const fix = `sysctl fs.pipe-max-size=${size}`;
          yield { ...outcome, state: "fails", found: `at most ${most} bytes`, fix };
        }
      }
    }
  },
};

const user: Demand = {
  id: "root-user",
  summary: "the user is root",
  explanation: "CRIU needs root, or CAP_CHECKPOINT_RESTORE and `--unprivileged`.",
  *ask(_subject, machine) {
    const outcome = { what: "user", expected: "root" };
    if (machine.user === undefined) {
      yield { ...outcome, state: "unknown", found: "unknown" };
    } else if (machine.user === 0) yield { ...outcome, state: "ok", found: "root" };
    else {
      const fix = "restore as root; the results for files are for the current user";
      yield { ...outcome, state: "unknown", found: `user ${machine.user}`, fix };
    }
  },
};

export default [user, free, terminal, descriptors, limits, pipeSizes] satisfies Demand[];
