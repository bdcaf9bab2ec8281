/**
 * The namespaces that a dump's tasks are in, and the images of those that were dumped.
 *
 * @module
 */

import type { TaskKobjIdsEntry } from "../../proto/types.ts";
import type { Task } from "./task.ts";

/** Of each kind: which id of a task names it, and how its images' names begin. */
const KINDS = {
  pid: { id: "pid_ns_id", images: ["pidns"] },
  net: {
    id: "net_ns_id",
    images: [
      "netns",
      "netdev",
      "ifaddr",
      "route",
      "route6",
      "rule",
      "iptables",
      "ip6tables",
      "nftables",
      "netns-ct",
      "netns-exp",
    ],
  },
  ipc: { id: "ipc_ns_id", images: ["ipcns-var", "ipcns-shm", "ipcns-msg", "ipcns-sem"] },
  uts: { id: "uts_ns_id", images: ["utsns"] },
  mnt: { id: "mnt_ns_id", images: ["mountpoints"] },
  user: { id: "user_ns_id", images: ["userns"] },
  time: { id: "time_ns_id", images: ["timens"] },
  cgroup: { id: "cgroup_ns_id", images: [] },
} as const satisfies Record<
  NamespaceKind,
  { readonly id: keyof TaskKobjIdsEntry; readonly images: readonly string[] }
>;

/** A kind of namespace. */
export type NamespaceKind = "pid" | "net" | "ipc" | "uts" | "mnt" | "user" | "time" | "cgroup";

/** A namespace. */
export interface Namespace {
  /** Its kind, as in /proc/PID/ns. */
  readonly kind: NamespaceKind;
  /** Number in the names of its images. */
  readonly id: number;
  /** Tasks that are in it, in the order of pstree.img. */
  readonly tasks: readonly Task[];
  /** Names of its existing images; a dumped pid namespace has none. */
  readonly images: readonly string[];
  /** Whether it is in the dump; a namespace that CRIU shared with the tasks is not. */
  readonly isDumped: boolean;
}

/** The namespaces of a dump's tasks, by kind, in the order in which tasks first name them.
 *
 * @param criuIds the namespaces of CRIU itself, if the dump has them
 */
export function namespacesOf(
  dump: { readonly tasks: readonly Task[]; has(name: string): boolean },
  criuIds: TaskKobjIdsEntry | undefined,
): Namespace[] {
  const tasks = dump.tasks.map((task) => ({ task, ids: task.ids }));
  return Object.entries(KINDS).flatMap(([kind, { id, images }]) => {
    const byId = Map.groupBy(tasks, ({ ids }) => ids?.[id] ?? 0);
    byId.delete(0);
    const own = criuIds?.[id];
    return [...byId].map(([number, inside]) => {
      const there = images.map((name) => `${name}-${number}.img`).filter((name) => dump.has(name));
      return {
        kind: kind as NamespaceKind,
        id: number,
        tasks: inside.map(({ task }) => task),
        images: there,
        isDumped: own === undefined ? there.length > 0 : number !== own,
      };
    });
  });
}
