/** Sets of cgroups: a task's (`tc.cg_set`) ⇄ each thread's, CRIU 3.18. @module */

import { leaderOf, type Step } from "./step.ts";
import { giveThreads, takeFromThreads } from "./threads.ts";

export const cgSet: Step = {
  name: "cgroup sets",
  since: "3.18",
  task: {
    up(task) {
      const tc = leaderOf(task)?.tc;
      const set = tc?.cg_set;
      if (set === undefined) return false;
      return giveThreads(task, (thread) => thread.cg_set ??= set) && delete tc!.cg_set;
    },
    down(task) {
      const set = takeFromThreads(
        task,
        (thread) => thread.cg_set,
        (a, b) => a === b,
        (thread) => delete thread.cg_set,
      );
      if (set === undefined) return false;
      leaderOf(task)!.tc!.cg_set = set;
      return true;
    },
  },
};
