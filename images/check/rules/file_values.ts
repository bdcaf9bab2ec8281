/** Rules about the values of open files. @module */

import type { FdTypes, FownEntry } from "../../../proto/types.ts";
import type { CheckContext, DescriptorTable } from "../context.ts";
import { fieldOfFile } from "../references.ts";
import type { Finding, Rule } from "../rule.ts";
import { entryRule, type Fault, fileRule } from "../value_rules.ts";

const absolute = fileRule(
  {
    id: "path-absolute",
    severity: "error",
    summary: "the paths of open files are absolute",
    explanation:
      "CRIU strips the first character of every path, and opens the rest below the root.",
    fix: "set the full path with `crit edit {image} -o NEW --set`",
  },
  "reg",
  function* ({ name, ext }) {
    // The name of a file from outside is the key of --inherit-fd or of a plug-in.
    if (ext || name.startsWith("/")) return;
    yield { field: "name", message: name === "" ? "it is empty" : "it does not begin with /" };
  },
);

/** Signals are 1 to 64, on MIPS to 128. */
const LAST_SIGNAL = 64;
const LAST_MIPS_SIGNAL = 128;

/** The last signal of the machine that a dump is of. */
export function lastSignal({ living }: CheckContext): number {
  // All tasks of a dump ran on one machine: another rule looks at that.
  return living[0]?.core?.mtype === "MIPS" ? LAST_MIPS_SIGNAL : LAST_SIGNAL;
}

/** F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP. */
const OWNER_TYPES = [0, 1, 2];

/** The owners of open files: who gets a signal when there is something to read. */
function* owners(
  { files }: CheckContext,
): Generator<{ owner: FownEntry; at: (field: string) => Omit<Finding, "message"> }> {
  for (const { entry, image, index } of files.all) {
    for (const [part, body] of Object.entries(entry)) {
      const owner = (body as { fown?: FownEntry } | undefined)?.fown;
      if (owner === undefined || owner.pid === 0) continue;
      const at = (field: string) => {
        return { image, entry: index, field: fieldOfFile(image, part, `fown.${field}`) };
      };
      yield { owner, at };
    }
  }
}

const ownerSignal: Rule = {
  id: "owner-signal",
  severity: "error",
  summary: "the owner of a file has a known kind and a valid signal",
  explanation: "The kernel sends signals 1 to 64 to a thread, a process or a group.",
  fix: "set `signum` to 0, which means SIGIO, with `crit edit {image} -o NEW --set`",
  *check(context) {
    const last = lastSignal(context);
    for (const { owner: { signum, pid_type }, at } of owners(context)) {
      if (signum > last) yield { ...at("signum"), message: `there is no signal ${signum}` };
      if (OWNER_TYPES.includes(pid_type)) continue;
      yield {
        ...at("pid_type"),
        message: `${pid_type} is not 0 (thread), 1 (process) or 2 (group)`,
      };
    }
  },
};

const ownerTask: Rule = {
  id: "owner-task",
  severity: "warning",
  summary: "the owner of a file is in the dump",
  explanation:
    "CRIU sets the owner again, and stops if that process, thread or group does not exist.",
  fix: "set the owner's `pid` to 0 with `crit edit {image} -o NEW --set`, if signals do not matter",
  *check(context) {
    const { dump } = context;
    if (
      !context.isWhole("pstree.img") ||
      context.living.length + context.dead.length < dump.tasks.length
    ) {
      return;
    }
    const known = new Set(
      dump.tasks.flatMap(({ pid, pgid, threads }) => [pid, pgid, ...threads.map(({ tid }) => tid)]),
    );
    for (const { owner: { pid }, at } of owners(context)) {
      if (!known.has(pid)) yield { ...at("pid"), message: `there is no process or group ${pid}` };
    }
  },
};

/** Types of files that an epoll cannot watch. */
const UNWATCHABLE: readonly FdTypes[] = ["REG", "MEMFD"];

/** S_IFMT, S_IFREG, S_IFDIR. */
const [FORMAT, REGULAR, DIRECTORY] = [0o170000, 0o100000, 0o040000];

/** What the descriptors of a table are that an epoll cannot watch, and all that it may watch. */
function watchesOf(
  { files }: CheckContext,
  { entries }: DescriptorTable,
): Map<number, FdTypes | true> {
  return new Map(entries.map(({ fd, type, id }): [number, FdTypes | true] => {
    if (!UNWATCHABLE.includes(type)) return [fd, true];
    if (type !== "REG") return [fd, type];
    // A device is a REG file as well, and may be watched.
    const mode = files.get("REG", id)?.reg?.mode;
    const isPlain = mode !== undefined && [REGULAR, DIRECTORY].includes(mode & FORMAT);
    return [fd, isPlain ? type : true];
  }));
}

/** The tables that have an epoll open, by its id. */
function openersOf(context: CheckContext): Map<number, Map<number, FdTypes | true>[]> {
  const openers = new Map<number, Map<number, FdTypes | true>[]>();
  for (const table of context.tables) {
    const ids = new Set(
      table.entries.filter(({ type }) => type === "EVENTPOLL").map(({ id }) => id),
    );
    if (ids.size === 0) continue;
    const watches = watchesOf(context, table);
    for (const id of ids) openers.set(id, [...openers.get(id) ?? [], watches]);
  }
  return openers;
}

const epollKind: Rule = {
  id: "epoll-kind",
  severity: "error",
  summary: "an epoll watches only files that can be watched",
  explanation: "The kernel refuses to watch regular files, directories and memfds.",
  fix: "remove the target with `crit edit {image} -o NEW --delete`, or make the dump again",
  *check(context) {
    if (!context.tables.every(({ image }) => context.isWhole(image))) return;
    const openers = openersOf(context);
    for (const { entry: { id, type, epfd }, image, index } of context.files.all) {
      if (type !== "EVENTPOLL" || epfd === undefined) continue;
      for (const [place, { tfd }] of (epfd.tfd ?? []).entries()) {
        const kinds = (openers.get(id) ?? []).flatMap((watches) => watches.get(tfd) ?? []);
        if (kinds.length === 0 || kinds.includes(true)) continue;
        const field = image === "files.img" ? `epfd.tfd[${place}].tfd` : undefined;
        yield { image, entry: index, field, message: `descriptor ${tfd} is a ${kinds[0]} file` };
      }
    }
  },
};

const epollUnique = fileRule(
  {
    id: "epoll-unique",
    severity: "error",
    summary: "an epoll watches each descriptor once",
    explanation: "The kernel refuses to add a descriptor that the epoll watches already.",
    fix: "remove one with `crit edit {image} -o NEW --delete`",
  },
  "epfd",
  function* ({ tfd = [] }) {
    const seen = new Map<string, number>();
    for (const [place, { tfd: fd, inode, dev }] of tfd.entries()) {
      // A descriptor that was closed and opened anew may be there with both of its files.
      const key = `${fd} ${dev} ${inode}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, place);
      else {yield {
          field: `tfd[${place}].tfd`,
          message: `descriptor ${fd} is also in tfd[${first}]`,
        };}
    }
  },
);

/** CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME. */
const TIMERFD_CLOCKS = [0, 1, 7];

const timerClock = fileRule(
  {
    id: "timerfd-clock",
    severity: "error",
    summary: "timerfds use a clock that CRIU knows",
    explanation: "CRIU knows clocks 0, 1 and 7, and crashes on any other.",
    fix: "set it to 1 (monotonic): `crit edit {image} -o NEW --set '[N].tfd.clockid=1'`",
  },
  "tfd",
  function* ({ clockid }) {
    if (TIMERFD_CLOCKS.includes(clockid)) return;
    yield {
      field: "clockid",
      message: `${clockid} is not 0 (realtime), 1 (monotonic) or 7 (boottime)`,
    };
  },
);

const SECOND_NS = 1_000_000_000n;
const LARGEST_SECONDS = (1n << 63n) - 1n;

/** A pair of fields with a time, and how many of the smaller unit are a second. */
export function* timeFaults(
  seconds: readonly [field: string, value: bigint],
  fraction: readonly [field: string, value: bigint],
  second: bigint,
): Generator<Fault> {
  if (seconds[1] > LARGEST_SECONDS) {
    yield {
      field: seconds[0],
      message: `${BigInt.asIntN(64, seconds[1])} seconds are negative`,
    };
  }
  if (fraction[1] >= second) {
    yield {
      field: fraction[0],
      message: `${fraction[1]} is a second or more: a second has ${second}`,
    };
  }
}

const timerTime = fileRule(
  {
    id: "timerfd-time",
    severity: "error",
    summary: "the times of timerfds are valid",
    explanation: "The kernel refuses negative times, and 10⁹ nanoseconds or more.",
    fix: "set the field to 0 with `crit edit {image} -o NEW --set`",
  },
  "tfd",
  function* ({ vsec, vnsec, isec, insec }) {
    yield* timeFaults(["vsec", vsec], ["vnsec", vnsec], SECOND_NS);
    yield* timeFaults(["isec", isec], ["insec", insec], SECOND_NS);
  },
);

const watch = fileRule(
  {
    id: "inotify-watch",
    severity: "error",
    summary: "inotify watches have a number and at least one event",
    explanation: "The kernel numbers watches from 1, and refuses a watch without an event.",
    fix: "remove the watch with `crit edit {image} -o NEW --delete`, or make the dump again",
  },
  "ify",
  function* ({ wd = [] }) {
    for (const [place, { wd: number, mask }] of wd.entries()) {
      if (mask === 0) yield { field: `wd[${place}].mask`, message: "it is 0, which is no event" };
      if (number < 1) {
        yield { field: `wd[${place}].wd`, message: `${number} is not a watch: they begin at 1` };
      }
    }
  },
);

/** F_SEAL_SEAL to F_SEAL_EXEC. */
const SEALS = 0x3f;

const seals = entryRule(
  {
    id: "memfd-seals",
    severity: "error",
    summary: "memfds have only seals that the kernel knows",
    explanation: "The kernel refuses a seal that it does not know.",
    fix: "keep only the known seals, with `crit edit {image} -o NEW --set`",
  },
  "memfd.img",
  "memfd_inode_entry",
  function* ({ seals }) {
    const unknown = seals & ~SEALS;
    if (unknown === 0) return;
    yield { field: "seals", message: `0x${(unknown >>> 0).toString(16)} is not a known seal` };
  },
);

/** Kinds of locks, by their bits, of which CRIU takes the first that is set. */
const [POSIX, FLOCK, OFD, LEASE] = [1, 2, 4, 8];
/** F_RDLCK, F_WRLCK, F_UNLCK; and LOCK_MAND of flock(2). */
const LAST_LOCK_TYPE = 2;
const MANDATORY = 32;

const lockKind = entryRule(
  {
    id: "lock-kind",
    severity: "error",
    summary: "file locks have a known kind and type",
    explanation:
      "CRIU takes POSIX locks, flock locks, open file description locks and leases again, for reading or writing.",
    fix: "remove the lock with `crit edit {image} -o NEW --delete '[N]'`, or make the dump again",
  },
  "filelocks.img",
  "file_lock_entry",
  function* ({ flag, type }) {
    if ((flag & (POSIX | FLOCK | OFD | LEASE)) === 0) {
      yield { field: "flag", message: `${flag} is not a kind of lock` };
      return;
    }
    const isFlock = (flag & POSIX) === 0 && (flag & FLOCK) !== 0;
    const plain = isFlock ? type & ~MANDATORY : type;
    if (plain > LAST_LOCK_TYPE) yield { field: "type", message: `${type} is not a type of lock` };
  },
);

const lockRange = entryRule(
  {
    id: "lock-range",
    severity: "error",
    summary: "the ranges of file locks lie within a file",
    explanation: "The kernel refuses a lock that begins or ends before the file does.",
    fix:
      "correct `start` and `len` with `crit edit {image} -o NEW --set`; a `len` of 0 means to the end",
  },
  "filelocks.img",
  "file_lock_entry",
  function* ({ start, len, flag }) {
    if ((flag & (POSIX | OFD)) === 0) return;
    if (start < 0n) {
      yield { field: "start", message: `${start} is before the beginning of the file` };
    } else if (start + len < 0n) {
      yield { field: "len", message: `${len} bytes from ${start} begin before the file does` };
    }
  },
);

export default [
  absolute,
  ownerSignal,
  ownerTask,
  epollKind,
  epollUnique,
  timerClock,
  timerTime,
  watch,
  seals,
  lockKind,
  lockRange,
];
