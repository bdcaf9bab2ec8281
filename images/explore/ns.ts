/**
 * Namespaces.
 *
 * @module
 */

import { tableView, type View } from "./view.ts";

/** A namespace. */
export type NsRow = {
  /** Pid, net, ipc, uts, mnt, user, time or cgroup. */
  kind: string;
  /** Number in the names of its images. */
  id: number;
  /** Process ids of the tasks in the namespace. */
  pids: readonly number[];
  /** Whether it is in the dump; a namespace that CRIU shares with the tasks is not. */
  dumped: boolean;
  /** Names of its images. */
  images: readonly string[];
};

/** The namespaces that the tasks are in. */
export const ns: View<NsRow> = tableView<NsRow>({
  columns: [
    { key: "kind", doc: "pid, net, ipc, uts, mnt, user, time or cgroup", title: "KIND" },
    { key: "id", doc: "number in the names of its images", title: "ID", align: "right" },
    {
      key: "pids",
      doc: "process ids of the tasks in the namespace",
      title: "TASKS",
      text: ({ pids }) => pids.join(" "),
    },
    {
      key: "dumped",
      doc: "whether it is in the dump; a namespace that CRIU shares with the tasks is not",
    },
    {
      key: "images",
      doc: "names of its images",
      title: "IMAGES",
      text: ({ images, dumped }) => images.join(" ") || (dumped ? "(none)" : "(not dumped)"),
    },
  ],
  *rows(dump, { tasks }) {
    const shown = new Set(tasks);
    for (const { kind, id, tasks: inside, images, isDumped } of dump.namespaces) {
      const pids = inside.filter((task) => shown.has(task)).map(({ pid }) => pid);
      if (pids.length > 0) yield { kind, id, pids, dumped: isDumped, images };
    }
  },
});
