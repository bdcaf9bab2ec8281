/** Seccomp: a task's mode and filter ⇄ each thread's, CRIU 3.10. @module */

import type { ThreadCoreEntry } from "../../../proto/types.ts";
import { leaderOf, type Step } from "./step.ts";
import { giveThreads, takeFromThreads } from "./threads.ts";

/** Mode and filter. */
type Seccomp = Pick<ThreadCoreEntry, "seccomp_mode" | "seccomp_filter">;

export const seccomp: Step = {
  name: "seccomp",
  since: "3.10",
  task: {
    up(task) {
      const tc = leaderOf(task)?.tc;
      const { old_seccomp_mode: mode, old_seccomp_filter: filter } = tc ?? {};
      if (mode === undefined && filter === undefined) return false;
      const isGiven = giveThreads(task, (thread) => {
        if (mode !== undefined) thread.seccomp_mode ??= mode;
        if (filter !== undefined) thread.seccomp_filter ??= filter;
      });
      return isGiven && delete tc!.old_seccomp_mode && delete tc!.old_seccomp_filter;
    },
    down(task) {
      const value = takeFromThreads(task, seccompOf, isSame, (thread) => {
        delete thread.seccomp_mode;
        delete thread.seccomp_filter;
      });
      if (value === undefined) return false;
      const tc = leaderOf(task)!.tc!;
      if (value.seccomp_mode !== undefined) tc.old_seccomp_mode = value.seccomp_mode;
      if (value.seccomp_filter !== undefined) tc.old_seccomp_filter = value.seccomp_filter;
      return true;
    },
  },
};

function seccompOf({ seccomp_mode, seccomp_filter }: ThreadCoreEntry): Seccomp | undefined {
  if (seccomp_mode === undefined && seccomp_filter === undefined) return undefined;
  return { seccomp_mode, seccomp_filter };
}

function isSame(a: Seccomp, b: Seccomp): boolean {
  return a.seccomp_mode === b.seccomp_mode && a.seccomp_filter === b.seccomp_filter;
}
