/**
 * File locks.
 *
 * @module
 */

import type { FileLockEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { nameIn } from "./numbers.ts";
import { tableView } from "./view.ts";

/** A lock. */
interface LockRow {
  pid: number;
  fd: number;
  kind: string;
  type: string;
  start: bigint;
  length: bigint;
  name: string | undefined;
}

/** Kinds of locks (CRIU: criu/include/file-lock.h, FL_*). */
const KINDS = { 1: "POSIX", 2: "FLOCK", 4: "OFD", 8: "LEASE" };

/** What a lock allows (include/uapi/asm-generic/fcntl.h, F_*LCK), apart from LOCK_MAND's bits. */
const TYPES = { 0: "READ", 1: "WRITE", 2: "UNLOCK" };

/** The locks that tasks hold on files. */
export const locks = tableView<LockRow>({
  columns: [
    { key: "pid", doc: "process id of the holder", title: "PID", align: "right" },
    { key: "fd", doc: "descriptor of the file", title: "FD", align: "right" },
    { key: "kind", doc: "POSIX, FLOCK, OFD or LEASE", title: "KIND" },
    { key: "type", doc: "READ, WRITE or UNLOCK", title: "TYPE" },
    { key: "start", doc: "offset of the first byte", title: "START", align: "right" },
    {
      key: "length",
      doc: "in bytes; 0 is to the file's end",
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
    kind: nameIn(KINDS, lock.flag),
    type: nameIn(TYPES, lock.type),
    start: lock.start,
    length: lock.len,
    name: file && dump.files.get(file.type, file.id)?.reg?.name,
  };
}
