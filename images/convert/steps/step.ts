/** The steps of conversions, each a change that one CRIU release made to its images. @module */

import type {
  CoreEntry,
  CredsEntry,
  ItimerEntry,
  Messages,
  MmEntry,
  PosixTimerEntry,
  RlimitEntry,
  SaEntry,
  SiginfoEntry,
  VmaEntry,
} from "../../../proto/types.ts";
import type { DumpContext } from "../../releases/dump_context.ts";

/**
 * Changes the form of one message. Returns the same object if nothing changes, a new one, or
 * several if one message becomes a list.
 *
 * @param image name of the image
 */
export type Rewrite<T> = (message: T, facts: DumpContext, image: string) => T | T[];

/** The two directions of a change. Neither changes data that already has its target's form. */
export interface Directions<T> {
  /** From the older form to the release's. */
  readonly up?: T;
  /** From the release's form to the older one. */
  readonly down?: T;
}

/** Changes of single messages at any depth, by message. */
export type MessageChanges = { readonly [M in keyof Messages]?: Directions<Rewrite<Messages[M]>> };

/** The parsed images of a task, which steps edit in place. */
export interface TaskImages {
  readonly pid: number;
  /** Cores by thread id; the main thread's is first. */
  readonly cores: ReadonlyMap<number, CoreEntry>;
  /** mm-PID.img; only present if a step needs it. */
  mm?: MmEntry;
  /** creds-PID.img. */
  creds?: CredsEntry;
  /** sigacts-PID.img. */
  sigactions?: SaEntry[];
  /** itimers-PID.img: real, virtual and profiling timer. */
  itimers?: ItimerEntry[];
  /** posix-timers-PID.img. */
  posixTimers?: PosixTimerEntry[];
  /** rlimit-PID.img. */
  rlimits?: RlimitEntry[];
  /** signal-s-PID.img. */
  sharedSignals?: SiginfoEntry[];
  /** signal-p-TID.img by thread id. */
  privateSignals: Map<number, SiginfoEntry[]>;
  /** vmas-PID.img. */
  vmas?: VmaEntry[];
}

/** The core of a task's main thread, if it belongs to a task. */
export function leaderOf(task: TaskImages): CoreEntry | undefined {
  const core = task.cores.get(task.pid);
  return core?.tc === undefined ? undefined : core;
}

/** Changes the form of a task's images; returns whether anything changed. */
export type EditTask = (task: TaskImages) => boolean;

/** A change that a release made. */
export interface Step {
  /** Its subject, for people: `page counts`. */
  readonly name: string;
  /** The first release that writes the newer form: `4.2`. */
  readonly since: string;
  /** Changes of single messages. */
  readonly messages?: MessageChanges;
  /** Changes within a task's images. */
  readonly task?: Directions<EditTask>;
  /** A change of payloads that the current schema cannot read. */
  readonly payload?: { readonly message: keyof Messages; up(bytes: Uint8Array): Uint8Array };
}
