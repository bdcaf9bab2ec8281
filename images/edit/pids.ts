/**
 * Changes the ids of processes and threads in a dump: in the names of its images, and in all
 * entries that name a process, thread, session or group.
 *
 * Ids in the memory of programs cannot be distinguished from other numbers, and stay unchanged.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { CritError, dataError } from "../errors.ts";
import type { Entry } from "../image/objects.ts";
import { PAGES } from "../kernel/memory.ts";
import { imageNumber } from "../types/registry.ts";
import type { Stage } from "./session.ts";
import { transformImage } from "./transform.ts";

/** The requested changes. */
export interface PidRequest {
  /** Pairs of an old and a new id. */
  readonly pairs: ReadonlyArray<readonly [old: number, new_: number]>;
  /** Number to add to every id without a pair. */
  readonly offset: number | undefined;
}

/** The plan of the changes. */
export interface PidPlan {
  /** New names of images, by old name. */
  readonly renames: ReadonlyMap<string, string>;
  /** The edits of entries. */
  readonly stages: readonly Stage[];
  /** Sentences about ids that are not changed but may have to be. */
  readonly notes: readonly string[];
}

/** The largest id that Linux can be made to give (PID_MAX_LIMIT, exclusive). */
const PID_LIMIT = 4194304;

const IMAGE = "pstree.img";

/**
 * Reads `OLD=NEW`.
 *
 * @throws {CritError} `usage` if the text is invalid
 */
export function parsePair(text: string): readonly [old: number, new_: number] {
  const [, old, new_] = /^(\d{1,10})=(\d{1,10})$/.exec(text) ?? [];
  if (old === undefined || new_ === undefined) {
    throw new CritError("usage", `--pid ${text}: it is not OLD=NEW, two numbers`);
  }
  return [Number(old), Number(new_)];
}

/**
 * Plans the changes of ids in a dump.
 *
 * @throws {CritError} with the place that makes a change impossible
 */
export function planPids(dump: Dump, request: PidRequest): PidPlan {
  const numbers = new Numbers(dump);
  const map = numbers.mapped(request);
  const renames = new Map<string, string>();
  const stages: Stage[] = [];
  for (const { name, type } of dump.dumpFiles) {
    const number = imageNumber(name);
    const new_ = number === undefined ? undefined : map.get(number);
    if ((type?.number === "pid" || type?.number === "tid") && new_ !== undefined) {
      renames.set(name, name.replace(String(number), String(new_)));
    }
    const changes = type === undefined ? undefined : CHANGES[type.name];
    if (changes !== undefined) stages.push(stageFor(name, changes, map));
  }
  return { renames, stages, notes: notesOf(dump, map) };
}

/** The numbers of a dump, and what each is. */
class Numbers {
  /** Entry and field of pstree.img where each is first named. */
  readonly #places = new Map<number, { entry: number; field: string }>();

  constructor(readonly dump: Dump) {
    const { inventory } = dump;
    if (inventory !== undefined && (!inventory.fdinfo_per_id || inventory.ns_per_id === false)) {
      const field = inventory.fdinfo_per_id ? "ns_per_id" : "fdinfo_per_id";
      const reason = "images of this old form are named by processes, which crit does not change";
      throw dataError(reason, { image: "inventory.img", entry: 0, field });
    }
    for (const [entry, { pid, pgid, sid, threads }] of dump.tasks.entries()) {
      this.#note(pid, entry, "pid");
      for (const [i, { tid }] of threads.entries()) this.#note(tid, entry, `threads[${i}]`);
      this.#note(pgid, entry, "pgid");
      this.#note(sid, entry, "sid");
    }
  }

  #note(number: number, entry: number, field: string): void {
    if (number !== 0 && !this.#places.has(number)) this.#places.set(number, { entry, field });
  }

  /** New numbers by the old ones, checked against each other and the dump. */
  mapped({ pairs, offset }: PidRequest): Map<number, number> {
    const map = new Map(pairs);
    for (const [old] of pairs) {
      if (!this.#places.has(old)) {
        throw dataError(`there is no process, thread, session or group ${old}`, { image: IMAGE });
      }
    }
    if (offset !== undefined) {
      for (const number of this.#places.keys()) {
        if (!map.has(number) && !this.#isOutside(number)) map.set(number, number + offset);
      }
    }
    const taken = new Map<number, number>();
    for (const number of this.#places.keys()) {
      const to = map.get(number) ?? number;
      const other = taken.get(to);
      if (other !== undefined) {
        throw this.#refused(number, `${to}, its new number, is that of ${other}, too`);
      }
      taken.set(to, number);
    }
    for (const [old, new_] of map) this.#checkOne(old, new_);
    return new Map([...map].filter(([old, new_]) => old !== new_));
  }

  #checkOne(old: number, new_: number): void {
    if (!(new_ > 0 && new_ < PID_LIMIT)) {
      throw this.#refused(old, `${new_} is no number of a process: 1 to ${PID_LIMIT - 1}`);
    }
    if (this.#isOutside(old)) {
      throw this.#refused(old, `session or group ${old} is outside the dump and keeps its number`);
    }
    const root = this.dump.tasks.find(({ ppid }) => ppid === 0);
    const own = root?.ids?.pid_ns_id;
    const outer = this.dump.inventory?.root_ids?.pid_ns_id;
    if (old === root?.pid && old === 1 && new_ !== 1 && own !== outer) {
      throw this.#refused(old, "it is the first process of a pid namespace, which is always 1");
    }
    this.#checkPages(old);
  }

  /** Whether a number is that of a session or group of the root which is not in the dump. */
  #isOutside(number: number): boolean {
    const { tasks } = this.dump;
    const root = tasks.find(({ ppid }) => ppid === 0);
    if (root === undefined || (number !== root.sid && number !== root.pgid)) return false;
    return !tasks.some(({ pid, threads }) =>
      pid === number || threads.some(({ tid }) => tid === number)
    );
  }

  /** @throws {CritError} if pages of a process are in the parent dump, under its old number */
  #checkPages(old: number): void {
    const name = `pagemap-${old}.img`;
    if (!this.dump.has(name)) return;
    const { flags } = this.dump.pageMap(name);
    const range = flags.findIndex((bits) => (bits & PAGES.PARENT) !== 0);
    if (range < 0) return;
    const reason = `pages of process ${old} are in the parent dump, under its old number`;
    throw dataError(reason, { image: name, entry: range + 1 });
  }

  #refused(number: number, reason: string): CritError {
    const place = this.#places.get(number);
    return dataError(reason, { image: IMAGE, ...place });
  }
}

/** How a value holds a number. */
type ValueKind = "number" | "siginfo" | "path" | "remap";

/** A field that holds a number of a process. */
interface IdField {
  /** Its path: names, `NAME[]` for each item of a list, `*` for each message. */
  readonly path: string;
  readonly kind: ValueKind;
}

const number = (...paths: string[]): IdField[] => paths.map((path) => ({ path, kind: "number" }));

const PENDING: IdField = { path: "signals[].siginfo", kind: "siginfo" };
const OWNER = number("fown.pid");

/** The fields of each image type that hold numbers of processes. */
const CHANGES: Readonly<Record<string, readonly IdField[]>> = {
  PSTREE: number("pid", "ppid", "pgid", "sid", "threads[]"),
  FILE_LOCKS: number("pid"),
  TTY_INFO: number("sid", "pgrp"),
  AUTOFS: number("pgrp"),
  FILES: [
    ...number("*.fown.pid", "pidfd.nspid"),
    { path: "reg.name", kind: "path" },
  ],
  CORE: [
    ...number("tc.timers.posix[].notify_thread_id"),
    { ...PENDING, path: `tc.signals_s.${PENDING.path}` },
    { ...PENDING, path: `thread_core.signals_p.${PENDING.path}` },
  ],
  POSIX_TIMERS: number("notify_thread_id"),
  SIGNAL: [{ path: "siginfo", kind: "siginfo" }],
  PSIGNAL: [{ path: "siginfo", kind: "siginfo" }],
  REMAP_FPATH: [{ path: "remap_id", kind: "remap" }],
  REG_FILES: [...OWNER, { path: "name", kind: "path" }],
  PIPES: OWNER,
  INETSK: OWNER,
  UNIXSK: OWNER,
  PACKETSK: OWNER,
  NETLINK_SK: OWNER,
  PIDFD: number("nspid", "fown.pid"),
  EVENTFD_FILE: OWNER,
  EVENTPOLL_FILE: OWNER,
  SIGNALFD: OWNER,
  INOTIFY_FILE: OWNER,
  FANOTIFY_FILE: OWNER,
  TTY_FILES: OWNER,
  TUNFILE: OWNER,
  TIMERFD: OWNER,
  EXT_FILES: OWNER,
  BPFMAP_FILE: OWNER,
};

/** Image types with such fields. */
export const TYPES_WITH_PIDS: readonly string[] = Object.keys(CHANGES);

function stageFor(
  name: string,
  fields: readonly IdField[],
  map: ReadonlyMap<number, number>,
): Stage {
  return {
    text: "--pid",
    files: name,
    edit: (name, bytes) =>
      transformImage(
        ({ entries }) => {
          for (const entry of entries) change(entry, fields, map);
        },
        "--pid",
        name,
        bytes,
      ),
  };
}

/** A message, as far as fields are changed in it. */
type Fields = Record<string, unknown>;

function change(entry: Entry, fields: readonly IdField[], map: ReadonlyMap<number, number>): void {
  for (const { path, kind } of fields) {
    const keys = path.split(".");
    visit(entry as Fields, keys, (message, old, put) => {
      const changed = changedValue(kind, old, message, map);
      if (changed !== undefined) put(changed);
    });
  }
}

/** Takes a value at the end of a path, with the message that has it, and what replaces it. */
type Found = (message: Fields, value: unknown, put: (value: unknown) => void) => void;

/** Calls `found` with each value at the end of a path. */
function visit(message: Fields, [first, ...rest]: string[], found: Found): void {
  const isList = first!.endsWith("[]");
  const name = isList ? first!.slice(0, -2) : first!;
  for (const key of name === "*" ? Object.keys(message) : [name]) {
    const value = message[key];
    if (value === undefined) continue;
    if (rest.length === 0 && !isList) found(message, value, (changed) => message[key] = changed);
    else if (rest.length === 0 && Array.isArray(value)) {
      for (const [i, item] of value.entries()) {
        found(message, item, (changed) => value[i] = changed);
      }
    } else {
      for (const inner of isList && Array.isArray(value) ? value : [value]) {
        if (isMessage(inner)) visit(inner, rest, found);
      }
    }
  }
}

function isMessage(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array) &&
    !Array.isArray(value);
}

/** What becomes of a value; undefined if it stays. */
function changedValue(
  kind: ValueKind,
  value: unknown,
  message: Fields,
  map: ReadonlyMap<number, number>,
): unknown {
  if (kind === "siginfo") {
    return value instanceof Uint8Array ? changedSignal(value, map) : undefined;
  }
  if (kind === "path") return typeof value === "string" ? changedPath(value, map) : undefined;
  if (typeof value !== "number") return undefined;
  // Only what is left of a process in /proc is named by its number.
  if (kind === "remap" && message.remap_type !== "PROCFS") return undefined;
  return map.get(value);
}

/** `/proc/12/…` */
const OF_PROCESS = /^(\/?proc\/)(\d+)(?=\/|$)/;

function changedPath(path: string, map: ReadonlyMap<number, number>): string | undefined {
  const new_ = map.get(Number(OF_PROCESS.exec(path)?.[2]));
  return new_ === undefined ? undefined : path.replace(OF_PROCESS, `$1${new_}`);
}

/** Offsets in siginfo_t on machines of 64 bits. */
const [SIGNAL_AT, CODE_AT, PID_AT, PID_END] = [0, 8, 16, 20];
/** SI_USER, SI_QUEUE, SI_MESGQ, SI_TKILL: codes of signals that a process sent. */
const SENT = [0, -1, -3, -6];
const SIGCHLD = 17;

/** A pending signal with its sender's new number. */
function changedSignal(
  siginfo: Uint8Array,
  map: ReadonlyMap<number, number>,
): Uint8Array | undefined {
  if (siginfo.length < PID_END) return undefined;
  const copy = siginfo.slice();
  const view = new DataView(copy.buffer);
  // No signal has a number of more than a byte, which tells the order of bytes.
  const little = copy[SIGNAL_AT] !== 0;
  const isSent = SENT.includes(view.getInt32(CODE_AT, little)) ||
    view.getInt32(SIGNAL_AT, little) === SIGCHLD;
  const new_ = map.get(view.getInt32(PID_AT, little));
  if (!isSent || new_ === undefined) return undefined;
  view.setInt32(PID_AT, new_, little);
  return copy;
}

/** What keeps an old number. */
function notesOf(dump: Dump, map: ReadonlyMap<number, number>): string[] {
  if (map.size === 0) return [];
  const notes = [
    "memory is not changed: what programs keep of their numbers there stays as it was",
  ];
  const { all } = dump.files;
  const ports = all.filter(({ entry: { nlsk } }) => nlsk !== undefined && map.has(nlsk.portid));
  for (const { image, index } of ports) {
    notes.push(`${image}: entry ${index}: nlsk.portid keeps the old number, as an address`);
  }
  return notes;
}
