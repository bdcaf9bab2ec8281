/**
 * Names of threads: all have the task's ⇄ each has its own, CRIU 3.11. A thread without one has the
 * task's in newer releases too.
 *
 * @module
 */

import { leaderOf, type Step } from "./step.ts";

export const threadNames: Step = {
  name: "thread names",
  since: "3.11",
  task: {
    down(task) {
      const comm = leaderOf(task)?.tc?.comm;
      let isChanged = false;
      for (const { thread_core: thread } of task.cores.values()) {
        if (comm === undefined || thread?.comm !== comm) continue;
        delete thread.comm;
        isChanged = true;
      }
      return isChanged;
    },
  },
};
