/** Timers, limits and pending signals: separate images ⇄ parts of core-%u.img, CRIU 1.3. @module */

import { dataError } from "../../errors.ts";
import { leaderOf, type Step, type TaskImages } from "./step.ts";

/** Timers: itimers-%u.img and posix-timers-%u.img ⇄ `tc.timers`. */
export const timers: Step = {
  name: "timers",
  since: "1.3",
  task: {
    up(task) {
      const tc = leaderOf(task)?.tc;
      if (tc === undefined || task.itimers === undefined) return false;
      const [real, virt, prof] = task.itimers;
      if (real === undefined || virt === undefined || prof === undefined) {
        const image = `itimers-${task.pid}.img`;
        throw dataError(`it has ${task.itimers.length} timers, 3 are expected`, { image });
      }
      tc.timers ??= { real, virt, prof, posix: task.posixTimers ?? [] };
      return delete task.itimers && delete task.posixTimers;
    },
    down(task) {
      const tc = leaderOf(task)?.tc;
      if (tc?.timers === undefined) return false;
      const { real, virt, prof, posix = [] } = tc.timers;
      task.itimers = [real, virt, prof];
      task.posixTimers = posix;
      return delete tc.timers;
    },
  },
};

/** Resource limits: rlimit-%u.img ⇄ `tc.rlimits`. */
export const rlimits: Step = {
  name: "limits",
  since: "1.3",
  task: {
    up(task) {
      const tc = leaderOf(task)?.tc;
      if (tc === undefined || task.rlimits === undefined) return false;
      tc.rlimits ??= { rlimits: task.rlimits };
      return delete task.rlimits;
    },
    down(task) {
      const tc = leaderOf(task)?.tc;
      if (tc?.rlimits === undefined) return false;
      task.rlimits = tc.rlimits.rlimits ?? [];
      return delete tc.rlimits;
    },
  },
};

/** Pending signals: signal-s-%u.img ⇄ `tc.signals_s`, signal-p-%u.img ⇄ `thread_core.signals_p`. */
export const pendingSignals: Step = {
  name: "pending signals",
  since: "1.3",
  task: { up: signalsUp, down: signalsDown },
};

function signalsUp(task: TaskImages): boolean {
  let isChanged = false;
  const tc = leaderOf(task)?.tc;
  if (tc !== undefined && task.sharedSignals !== undefined) {
    tc.signals_s ??= { signals: task.sharedSignals };
    isChanged = delete task.sharedSignals;
  }
  for (const [tid, signals] of [...task.privateSignals]) {
    const thread = task.cores.get(tid)?.thread_core;
    if (thread === undefined) continue;
    thread.signals_p ??= { signals };
    isChanged = task.privateSignals.delete(tid);
  }
  return isChanged;
}

function signalsDown(task: TaskImages): boolean {
  let isChanged = false;
  const tc = leaderOf(task)?.tc;
  if (tc?.signals_s !== undefined) {
    task.sharedSignals = tc.signals_s.signals ?? [];
    isChanged = delete tc.signals_s;
  }
  for (const [tid, { thread_core: thread }] of task.cores) {
    if (thread?.signals_p === undefined) continue;
    task.privateSignals.set(tid, thread.signals_p.signals ?? []);
    isChanged = delete thread.signals_p;
  }
  return isChanged;
}
