/** Values that newer releases keep for each thread, and older ones for the task. @module */

import type { ThreadCoreEntry } from "../../../proto/types.ts";
import { leaderOf, type TaskImages } from "./step.ts";

/** Sets a value for every thread, if all can have it; otherwise returns false. */
export function giveThreads(
  task: TaskImages,
  give: (thread: ThreadCoreEntry) => void,
): boolean {
  const threads = [...task.cores.values()].map((core) => core.thread_core);
  if (leaderOf(task) === undefined || threads.some((thread) => thread === undefined)) return false;
  for (const thread of threads) give(thread!);
  return true;
}

/**
 * Removes a value from every thread that has the same value as the main thread. A different value
 * stays: the older release cannot represent it.
 *
 * @returns the main thread's value
 */
export function takeFromThreads<T>(
  task: TaskImages,
  read: (thread: ThreadCoreEntry) => T | undefined,
  isSame: (a: T, b: T) => boolean,
  remove: (thread: ThreadCoreEntry) => void,
): T | undefined {
  const leader = leaderOf(task)?.thread_core;
  const value = leader === undefined ? undefined : read(leader);
  if (value === undefined) return undefined;
  for (const { thread_core: thread } of task.cores.values()) {
    const other = thread === undefined ? undefined : read(thread);
    if (other !== undefined && isSame(other, value)) remove(thread!);
  }
  return value;
}
