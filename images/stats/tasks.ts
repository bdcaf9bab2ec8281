/**
 * Figures of tasks and namespaces.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { count, type Counts, largestFirst } from "./count.ts";

/** Tasks of a dump. */
export interface TaskStats {
  /** Processes, dead ones included. */
  readonly count: number;
  /** By state: `alive`, `dead`, `stopped`, `zombie`, `unknown`. */
  readonly byState: Counts;
  /** Number of threads, including main threads. */
  readonly threads: number;
  /** Number of sessions. */
  readonly sessions: number;
  /** Number of process groups. */
  readonly processGroups: number;
}

/** Namespaces of one kind that tasks are in. */
export interface NamespaceStats {
  /** Number of namespaces. */
  readonly count: number;
  /** Number of namespaces in the dump. */
  readonly dumped: number;
}

/**
 * Counts tasks. Each thread must have its core image, each live task its ids-, mm- and fs- images.
 */
export function taskStats(tasks: readonly Task[]): TaskStats {
  const byState: Counts = new Map();
  let threads = 0;
  for (const task of tasks) {
    count(byState, task.state);
    threads += task.threads.length;
    // Reading a missing image makes it a fault of the dump.
    for (const thread of task.threads) void thread.core;
    void task.fs;
  }
  return {
    count: tasks.length,
    byState: largestFirst(byState),
    threads,
    sessions: new Set(tasks.map(({ sid }) => sid)).size,
    processGroups: new Set(tasks.map(({ pgid }) => pgid)).size,
  };
}

/** Counts the namespaces that tasks are in, by kind. */
export function namespaceStats(dump: Dump, tasks: readonly Task[]): Map<string, NamespaceStats> {
  const stats = new Map<string, NamespaceStats>();
  if (tasks.length === 0) return stats;
  for (const [kind, namespaces] of Map.groupBy(dump.namespaces, ({ kind }) => kind)) {
    const dumped = namespaces.filter(({ isDumped }) => isDumped).length;
    stats.set(kind, { count: namespaces.length, dumped });
  }
  return stats;
}
