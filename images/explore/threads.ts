/**
 * Threads.
 *
 * @module
 */

import { policyName } from "../kernel/tasks.ts";
import { tableView, type View } from "./view.ts";

/** A thread. */
export type ThreadRow = {
  /** Process id. */
  pid: number;
  /** Thread id. */
  tid: number;
  /** Name, at most 15 bytes. */
  comm: string | undefined;
  /** State of the task: alive, dead, stopped, zombie or unknown. */
  state: string;
  /** Effective user. */
  uid: number | undefined;
  /** Effective group. */
  gid: number | undefined;
  /** Scheduling policy: `SCHED_*`, with RESET_ON_FORK if it is set. */
  policy: string | undefined;
  /** Real-time priority. */
  priority: number | undefined;
  /** -20 to 19. */
  nice: number | undefined;
  /** Mode of seccomp(2). */
  seccomp: string | undefined;
};

/** The threads of each task. */
export const threads: View<ThreadRow> = tableView<ThreadRow>({
  columns: [
    { key: "pid", doc: "process id", title: "PID", align: "right" },
    { key: "tid", doc: "thread id", title: "TID", align: "right" },
    { key: "comm", doc: "name, at most 15 bytes", title: "COMM" },
    {
      key: "state",
      doc: "state of the task: alive, dead, stopped, zombie or unknown",
      title: "STATE",
    },
    { key: "uid", doc: "effective user", title: "UID", align: "right" },
    { key: "gid", doc: "effective group", title: "GID", align: "right" },
    {
      key: "policy",
      doc: "scheduling policy: `SCHED_*`, with RESET_ON_FORK if it is set",
      title: "POLICY",
    },
    { key: "priority", doc: "real-time priority", title: "PRIO", align: "right" },
    { key: "nice", doc: "-20 to 19", title: "NICE", align: "right" },
    { key: "seccomp", doc: "mode of seccomp(2)", title: "SECCOMP" },
  ],
  *rows(_dump, { tasks }) {
    for (const task of tasks) {
      for (const thread of task.threads) {
        const { core, creds } = thread;
        const { sched_policy, sched_prio, sched_nice, seccomp_mode } = core?.thread_core ?? {};
        const mode = seccomp_mode ?? task.core?.tc?.old_seccomp_mode;
        yield {
          pid: task.pid,
          tid: thread.tid,
          comm: thread.comm,
          state: task.state,
          uid: creds?.euid,
          gid: creds?.egid,
          policy: sched_policy === undefined ? undefined : policyName(sched_policy),
          priority: sched_prio,
          nice: sched_nice,
          seccomp: mode === undefined ? undefined : `${mode}`,
        };
      }
    }
  },
});
