/**
 * Names of threads: the task's ⇄ one for each thread, CRIU 3.11. In newer releases, a thread
 * without a name also has the task's.
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
