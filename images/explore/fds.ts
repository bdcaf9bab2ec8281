/**
 * Open descriptors.
 *
 * @module
 */

import type { FdTypes } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { fileText, pathFileOf, unixSocketName } from "./file_name.ts";
import { textView, type View } from "./view.ts";

/** A descriptor, or the working or root directory. */
export type FdRow = {
  /** Process id. */
  pid: number;
  /** Descriptor number; `cwd` or `root` for a directory of the task. */
  fd: number | "cwd" | "root";
  /** Kind of file, as in fdinfo images. */
  type: FdTypes;
  /** Number of the file among files of its kind. */
  id: number;
  /** Path, or name of a unix socket or memfd; left out if it has none. */
  name: string | undefined;
  /** Flags of the descriptor: 1 is close-on-exec. */
  flags: number | undefined;
};

/** The descriptors of each task, and its working and root directory. */
export const fds: View<FdRow> = textView<FdRow>({
  keys: {
    pid: "process id",
    fd: "descriptor number; `cwd` or `root` for a directory of the task",
    type: "kind of file, as in fdinfo images",
    id: "number of the file among files of its kind",
    name: "path, or name of a unix socket or memfd; left out if it has none",
    flags: "flags of the descriptor: 1 is close-on-exec",
  },
  *rows(dump, { tasks }) {
    for (const task of tasks) {
      if (task.isDead) continue;
      for (const { fd, type, id, flags } of task.fdinfo) {
        yield { pid: task.pid, fd, type, id, name: nameOf(dump, type, id), flags };
      }
      yield* directories(dump, task);
    }
  },
  *lines(rows, { tasks }) {
    const byTask = Map.groupBy(rows, ({ pid }) => pid);
    for (const { pid, isDead, state, dump } of tasks) {
      yield isDead ? `${pid} <${state}>` : `${pid}`;
      for (const { fd, type, id } of byTask.get(pid) ?? []) {
        // A row has only the values of the JSON; the text needs more of the file.
        const file = dump.files.get(type, id);
        yield `\t${String(fd).padStart(7)}: ${fileText(type, id, file)}`;
      }
    }
  },
});

function* directories(dump: Dump, task: Task): Generator<FdRow> {
  const { fs, pid } = task;
  if (fs === undefined) return;
  for (const [fd, id] of [["cwd", fs.cwd_id], ["root", fs.root_id]] as const) {
    yield { pid, fd, type: "REG", id, name: nameOf(dump, "REG", id), flags: undefined };
  }
}

function nameOf(dump: Dump, type: FdTypes, id: number): string | undefined {
  const file = dump.files.get(type, id);
  const { reg, usk, memfd } = file ?? {};
  if (reg !== undefined) return reg.name;
  if (usk !== undefined) return unixSocketName(usk.name) || undefined;
  if (memfd !== undefined) return dump.sharedMemory.memfdInode(id)?.name;
  const path = file && pathFileOf(file);
  return path === undefined ? undefined : dump.files.get("REG", path)?.reg?.name;
}
