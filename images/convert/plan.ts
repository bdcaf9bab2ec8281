/**
 * Plans the steps to a release. Steps of later releases are undone, newest first; steps up to the
 * release are done, oldest first. A step does not change data that already has its target's form,
 * so the form of the dump need not be known.
 *
 * @module
 */

import type { Messages } from "../../proto/types.ts";
import { type Rank, rankOf } from "../releases/releases.ts";
import { cgSet } from "./steps/cg_set.ts";
import { pendingSignals, rlimits, timers } from "./steps/core_images.ts";
import { creds } from "./steps/creds.ts";
import { defaultSysctls } from "./steps/default_sysctls.ts";
import { dumpStats } from "./steps/dump_stats.ts";
import { fileWatches } from "./steps/file_watches.ts";
import { filesImage } from "./steps/files_image.ts";
import { ghostHoles } from "./steps/ghost_holes.ts";
import { ipcShm } from "./steps/ipc_shm.ts";
import { pageCounts } from "./steps/page_counts.ts";
import { pageFlags } from "./steps/page_flags.ts";
import { pathFiles } from "./steps/path_files.ts";
import { remapType } from "./steps/remap_type.ts";
import { seccomp } from "./steps/seccomp.ts";
import { sigactions } from "./steps/sigactions.ts";
import type { Directions, EditTask, Rewrite, Step } from "./steps/step.ts";
import { tcpOptions } from "./steps/tcp_options.ts";
import { threadNames } from "./steps/thread_names.ts";
import { vmas } from "./steps/vmas.ts";

/** All steps, by ascending release. */
export const STEPS: readonly Step[] = [
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

/** A change of a message, and the step that it is part of. */
export interface MessageStep {
  readonly step: Step;
  readonly rewrite: Rewrite<unknown>;
}

/** An edit of a task, and the step that it is part of. */
export interface TaskStep {
  readonly step: Step;
  readonly edit: EditTask;
}

/** The steps to a release, in order. */
export interface ConversionPlan {
  /** By message. */
  readonly messages: ReadonlyMap<string, readonly MessageStep[]>;
  readonly tasks: readonly TaskStep[];
  /** Changes of payloads before they are parsed, by message. */
  readonly payloads: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array>;
  /** Whether the target has the newer form of a step. */
  has(step: Step): boolean;
}

/** The plan that leads to a release. */
export function planFor(target: Rank): ConversionPlan {
  const has = (step: Step) => rankOf(step.since) <= target;
  const steps = [...STEPS.filter((step) => !has(step)).reverse(), ...STEPS.filter(has)];
  const towards = <T>(step: Step, directions?: Directions<T>) =>
    has(step) ? directions?.up : directions?.down;
  const messages = new Map<string, MessageStep[]>();
  for (const step of steps) {
    for (const [message, directions] of Object.entries(step.messages ?? {})) {
      const rewrite = towards(step, directions as Directions<Rewrite<unknown>>);
      if (rewrite === undefined) continue;
      if (!messages.has(message)) messages.set(message, []);
      messages.get(message)!.push({ step, rewrite });
    }
  }
  const payloads = new Map<keyof Messages, (bytes: Uint8Array) => Uint8Array>();
  for (const step of steps) {
    if (step.payload && has(step)) payloads.set(step.payload.message, step.payload.up);
  }
  const tasks = steps.flatMap((step) => {
    const edit = towards(step, step.task);
    return edit === undefined ? [] : [{ step, edit }];
  });
  return { messages, tasks, payloads, has };
}
