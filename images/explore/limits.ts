/**
 * Resource limits.
 *
 * @module
 */

import { resourceOf } from "../kernel/tasks.ts";
import { tableView, type View } from "./view.ts";

/** A limit of a task. */
export type LimitRow = {
  /** Process id. */
  pid: number;
  /** Name of `RLIMIT_*`. */
  resource: string;
  /** Soft limit; null means unlimited. */
  soft: bigint | null;
  /** Hard limit; null means unlimited. */
  hard: bigint | null;
  /** B for bytes, s, us, or nothing for a count. */
  unit: string;
};

const UNLIMITED = 2n ** 64n - 1n;

/** The resource limits of each task. */
export const limits: View<LimitRow> = tableView<LimitRow>({
  columns: [
    { key: "pid", doc: "process id", title: "PID", align: "right" },
    { key: "resource", doc: "name of `RLIMIT_*`", title: "RESOURCE" },
    {
      key: "soft",
      doc: "soft limit; null means unlimited",
      title: "SOFT",
      align: "right",
      text: ({ soft }) => limitText(soft),
    },
    {
      key: "hard",
      doc: "hard limit; null means unlimited",
      title: "HARD",
      align: "right",
      text: ({ hard }) => limitText(hard),
    },
    { key: "unit", doc: "B for bytes, s, us, or nothing for a count", title: "UNIT" },
  ],
  *rows(_dump, { tasks }) {
    for (const task of tasks) {
      const machine = task.core?.mtype;
      for (const [number, { cur, max }] of task.rlimits.entries()) {
        const [resource, unit] = resourceOf(number, machine);
        yield { pid: task.pid, resource, soft: limitOf(cur), hard: limitOf(max), unit };
      }
    }
  },
});

function limitOf(value: bigint): bigint | null {
  return value === UNLIMITED ? null : value;
}

function limitText(value: bigint | null): string {
  return value === null ? "unlimited" : `${value}`;
}
