/** Finding the task that a core file is made of. @module */

import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { CritError } from "../errors.ts";

/**
 * The task with this process id.
 *
 * @throws {CritError} `usage` if it does not exist, `data` if the list of tasks is damaged
 */
export function findTask(dump: Dump, pid: number): Task {
  const { error } = dump.image("pstree.img");
  if (error !== undefined) throw error;
  const task = dump.task(pid);
  if (task !== undefined) return task;
  const known = dump.tasks.slice(0, 10).map(({ pid }) => pid).join(", ");
  const hint = `it has ${known}${dump.tasks.length > 10 ? ", …" : ""}`;
  throw new CritError("usage", `the dump has no process ${pid}`, {}, hint);
}
