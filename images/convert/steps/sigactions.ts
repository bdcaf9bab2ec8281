/** Signal actions: sigacts-%u.img ⇄ `tc.sigactions`, CRIU 3.1. @module */

import { leaderOf, type Step } from "./step.ts";

export const sigactions: Step = {
  name: "signal actions",
  since: "3.1",
  task: {
    up(task) {
      const tc = leaderOf(task)?.tc;
      if (tc === undefined || task.sigactions === undefined) return false;
      if ((tc.sigactions?.length ?? 0) === 0) tc.sigactions = task.sigactions;
      return delete task.sigactions;
    },
    down(task) {
      const tc = leaderOf(task)?.tc;
      if ((tc?.sigactions?.length ?? 0) === 0) return false;
      task.sigactions = tc!.sigactions!;
      return delete tc!.sigactions;
    },
  },
};
