/** Rules about process ids, sessions and process groups. @module */

import type { Task } from "../../dump/task.ts";
import type { CheckContext } from "../context.ts";
import type { Finding, Rule } from "../rule.ts";

const IMAGE = "pstree.img";
const EDIT = "repair pstree.img with `crit edit`, or make the dump again";

function at(entry: number, field: string, message: string): Finding {
  return { image: IMAGE, entry, field, message };
}

/** The tasks with the indices of their entries; none where some may be missing. */
function tasksOf(context: CheckContext): [index: number, task: Task][] {
  return context.isWhole(IMAGE) ? [...context.dump.tasks.entries()] : [];
}

/** The largest id that Linux can be made to give (PID_MAX_LIMIT, exclusive). */
const PID_LIMIT = 4194304;

const pidRange: Rule = {
  id: "pid-range",
  severity: "error",
  summary: "process and thread ids are possible on Linux",
  explanation: "Ids on Linux are 1 to 4194303.",
  fix: EDIT,
  *check(context) {
    const isIn = (id: number) => id > 0 && id < PID_LIMIT;
    const living = new Set(context.living);
    for (const [index, task] of tasksOf(context)) {
      const { pid, entry: { threads = [] } } = task;
      if (!isIn(pid)) yield at(index, "pid", `${pid} cannot be a process id`);
      if (!living.has(task)) continue;
      for (const [place, tid] of threads.entries()) {
        if (tid !== pid && !isIn(tid)) {
          yield at(index, `threads[${place}]`, `${tid} cannot be a thread id`);
        }
      }
    }
  },
};

const leaderFirst: Rule = {
  id: "thread-order",
  severity: "error",
  summary: "the main thread is the first in the list of threads",
  explanation: "CRIU takes the first one for the process, and creates the others in it.",
  fix: EDIT,
  *check(context) {
    const living = new Set(context.living);
    for (const [index, task] of tasksOf(context)) {
      const { pid, entry: { threads = [] } } = task;
      if (!living.has(task) || !threads.includes(pid) || threads[0] === pid) continue;
      yield at(index, "threads[0]", `${threads[0]}, the main thread is ${pid}`);
    }
  },
};

const sessionZero: Rule = {
  id: "session-zero",
  severity: "error",
  summary: "no process has session 0, unless all are in a session outside the dump",
  explanation:
    "Session 0 means a session outside of the pid namespace. Only `--shell-job` replaces it, and only for the whole tree.",
  fix: EDIT,
  *check(context) {
    const tasks = tasksOf(context);
    if (tasks[0]?.[1].sid === 0) return;
    for (const [index, { pid, sid }] of tasks) {
      if (sid === 0) yield at(index, "sid", `0, the session of ${pid}`);
    }
  },
};

/** The dead tasks whose session is not that of any process above them. */
function* strangers(
  tasks: readonly [index: number, task: Task][],
  dead: ReadonlySet<Task>,
): Generator<number> {
  const children = Map.groupBy(tasks, ([, { ppid }]) => ppid);
  const above = new Map<number, number>();
  const count = ({ pid, sid }: Task, step: 1 | -1) => {
    for (const id of pid === sid ? [pid] : [pid, sid]) above.set(id, (above.get(id) ?? 0) + step);
  };
  const stack = tasks.filter(([, { ppid }]) => ppid === 0).map((item) => ({ item, isLeft: false }));
  const seen = new Set<Task>();
  while (stack.length > 0) {
    const { item, isLeft } = stack.pop()!;
    const [index, task] = item;
    if (isLeft) {
      count(task, -1);
      continue;
    }
    if (seen.has(task)) continue;
    seen.add(task);
    const { pid, sid } = task;
    if (dead.has(task) && sid !== pid && sid !== 0 && (above.get(sid) ?? 0) === 0) yield index;
    count(task, 1);
    stack.push({ item, isLeft: true });
    for (const child of children.get(pid) ?? []) stack.push({ item: child, isLeft: false });
  }
}

const deadSession: Rule = {
  id: "dead-session",
  severity: "error",
  summary: "a dead process is in its own session or in that of an ancestor",
  explanation: "CRIU lets it exit at once, and then waits forever for it to join another session.",
  fix: "set its `sid` and `pgid` to those of its parent with `crit edit {image} -o NEW --set`",
  *check(context) {
    const tasks = tasksOf(context);
    const dead = new Set(context.dead);
    for (const index of [...strangers(tasks, dead)].sort((a, b) => a - b)) {
      const { pid, sid } = tasks[index]![1];
      yield at(index, "sid", `${sid} is the session of no process above ${pid}`);
    }
  },
};

const groupSession: Rule = {
  id: "group-session",
  severity: "error",
  summary: "the leader of a process group is in the same session as its members",
  explanation:
    "The kernel moves a process only into a group of its own session; CRIU waits forever for the group of another.",
  fix: "set its `pgid` to its `pid` with `crit edit {image} -o NEW --set`",
  *check(context) {
    const tasks = tasksOf(context);
    const byPid = new Map(tasks.map(([, task]) => [task.pid, task]));
    for (const [index, { pid, pgid, sid }] of tasks) {
      const leader = byPid.get(pgid);
      if (leader === undefined || leader.sid === sid) continue;
      yield at(index, "pgid", `${pgid}, whose session is ${leader.sid}; that of ${pid} is ${sid}`);
    }
  },
};

export default [pidRange, leaderFirst, sessionZero, deadSession, groupSession];
