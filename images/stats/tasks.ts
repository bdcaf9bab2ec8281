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
  /** By what they were doing: `alive`, `dead`, `stopped`, `zombie`, `unknown`. */
  readonly byState: Counts;
  /** Main threads among them. */
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
  /** How many of them are known not to be CRIU's own, and so are in the dump. */
  readonly dumped: number;
}

/** Fields of `task_kobj_ids_entry` that name namespaces, by the namespace's kind. */
const NAMESPACES = {
  pid: "pid_ns_id",
  net: "net_ns_id",
  ipc: "ipc_ns_id",
  uts: "uts_ns_id",
  mnt: "mnt_ns_id",
  user: "user_ns_id",
  cgroup: "cgroup_ns_id",
  time: "time_ns_id",
} as const;

/** Counts tasks. Each thread must have its core image, each live task ids-, mm- and fs-. */
export function taskStats(tasks: readonly Task[]): TaskStats {
  const byState: Counts = new Map();
  let threads = 0;
  for (const task of tasks) {
    count(byState, task.state);
    threads += task.threads.length;
    // Asking for an image that is not there makes it a fault of the dump.
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

/** Counts the namespaces that live tasks are in, by kind. */
export function namespaceStats(dump: Dump, tasks: readonly Task[]): Map<string, NamespaceStats> {
  const ids = tasks.flatMap((task) => task.ids ?? []);
  const stats = new Map<string, NamespaceStats>();
  if (ids.length === 0) return stats;
  const own = dump.inventory?.root_ids;
  for (const [kind, field] of Object.entries(NAMESPACES)) {
    const namespaces = new Set(ids.flatMap((entry) => entry[field] ?? []));
    if (namespaces.size === 0) continue;
    const criu = own?.[field];
    const others = [...namespaces].filter((id) => criu !== undefined && id !== criu);
    stats.set(kind, { count: namespaces.size, dumped: others.length });
  }
  return stats;
}
