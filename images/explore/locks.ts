/**
 * File locks.
 *
 * @module
 */

import type { FileLockEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { LOCK_KINDS, LOCK_TYPES } from "../kernel/files.ts";
import { nameIn } from "../kernel/names.ts";
import { tableView, type View } from "./view.ts";

/** A lock. */
export type LockRow = {
  /** Process id of the holder. */
  pid: number;
  /** Descriptor of the file. */
  fd: number;
  /** POSIX, FLOCK, OFD or LEASE. */
  kind: string;
  /** READ, WRITE or UNLOCK. */
  type: string;
  /** Offset of the first byte. */
  start: bigint;
  /** In bytes; 0 means up to the end of the file. */
  length: bigint;
  /** Path of the file. */
  name: string | undefined;
};

/** The locks that tasks hold on files. */
export const locks: View<LockRow> = tableView<LockRow>({
  columns: [
    { key: "pid", doc: "process id of the holder", title: "PID", align: "right" },
    { key: "fd", doc: "descriptor of the file", title: "FD", align: "right" },
    { key: "kind", doc: "POSIX, FLOCK, OFD or LEASE", title: "KIND" },
    { key: "type", doc: "READ, WRITE or UNLOCK", title: "TYPE" },
    { key: "start", doc: "offset of the first byte", title: "START", align: "right" },
    {
      key: "length",
      doc: "in bytes; 0 means up to the end of the file",
      title: "LENGTH",
      align: "right",
      text: ({ length }) => length === 0n ? "to end" : `${length}`,
    },
    { key: "name", doc: "path of the file", title: "FILE" },
  ],
  *rows(dump, { tasks }) {
    const byPid = new Map(tasks.map((task) => [task.pid, task]));
    for (const lock of dump.optionalEntries("filelocks.img", "file_lock_entry")) {
      const isShown = byPid.has(lock.pid) || dump.task(lock.pid) === undefined;
      if (isShown) yield rowOf(dump, lock, byPid.get(lock.pid));
    }
  },
});

function rowOf(dump: Dump, lock: FileLockEntry, task: Task | undefined): LockRow {
  const file = task?.fdinfo.find(({ fd }) => fd === lock.fd);
  return {
    pid: lock.pid,
    fd: lock.fd,
    kind: nameIn(LOCK_KINDS, lock.flag),
    type: nameIn(LOCK_TYPES, lock.type),
    start: lock.start,
    length: lock.len,
    name: file && dump.files.get(file.type, file.id)?.reg?.name,
  };
}
