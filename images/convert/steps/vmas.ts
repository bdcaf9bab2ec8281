/** Areas of memory: vmas-%u.img ⇄ `mm_entry.vmas`, CRIU 1.2. @module */

import type { Step } from "./step.ts";

export const vmas: Step = {
  name: "memory areas",
  since: "1.2",
  task: {
    up(task) {
      if (task.mm === undefined || task.vmas === undefined) return false;
      if ((task.mm.vmas?.length ?? 0) === 0) task.mm.vmas = task.vmas;
      return delete task.vmas;
    },
    down(task) {
      if (task.mm?.vmas === undefined) return false;
      task.vmas = task.mm.vmas;
      return delete task.mm.vmas;
    },
  },
};
