/**
 * What a conversion is made of: steps, each a change that one CRIU release made to its images.
 *
 * @module
 */

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
 * Brings one message into the other form. Returns the same object where there is nothing to do, a
 * new one, or several where one message becomes a list.
 *
 * @param image name of the image that has it
 */
export type Rewrite<T> = (message: T, facts: DumpContext, image: string) => T | T[];

/** The two directions of a change. Each leaves alone what is in its target's form already. */
export interface Directions<T> {
  /** From the form before the release into the release's. */
  readonly up?: T;
  /** From the release's form into the one before. */
  readonly down?: T;
}

/** Changes of single messages, wherever they are: by message. */
export type MessageChanges = { readonly [M in keyof Messages]?: Directions<Rewrite<Messages[M]>> };

/** A task's images, parsed; a step edits them in place. */
export interface TaskImages {
  readonly pid: number;
  /** Cores by thread id, that of the main thread first. */
  readonly cores: ReadonlyMap<number, CoreEntry>;
  /** mm-PID.img; only there when some step needs it. */
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

/** The core of a task's main thread, if it is the core of one. */
export function leaderOf(task: TaskImages): CoreEntry | undefined {
  const core = task.cores.get(task.pid);
  return core?.tc === undefined ? undefined : core;
}

/** Brings a task's images into the other form; tells whether anything changed. */
export type EditTask = (task: TaskImages) => boolean;

/** A change that a release made. */
export interface Step {
  /** What it is about, for people: `page counts`. */
  readonly name: string;
  /** The first release that writes the newer form: `4.2`. */
  readonly since: string;
  /** Changes of single messages. */
  readonly messages?: MessageChanges;
  /** Changes within a task's images. */
  readonly task?: Directions<EditTask>;
  /** A change of payloads that the present schema cannot read: the message, and its bytes. */
  readonly payload?: { readonly message: keyof Messages; up(bytes: Uint8Array): Uint8Array };
}
