/** Rules about open files and the tables of descriptors. @module */

import type { FdTypes, FileEntry } from "../../../proto/types.ts";
import type { CheckContext, DescriptorTable } from "../context.ts";
import { type FileReference, unresolvedFiles } from "../references.ts";
import type { Finding, Rule } from "../rule.ts";

/** The field of `file_entry` that each type of file has. */
const BODIES: Readonly<Record<string, keyof FileEntry>> = {
  REG: "reg",
  PIPE: "pipe",
  FIFO: "fifo",
  INETSK: "isk",
  UNIXSK: "usk",
  EVENTFD: "efd",
  EVENTPOLL: "epfd",
  INOTIFY: "ify",
  SIGNALFD: "sgfd",
  PACKETSK: "psk",
  TTY: "tty",
  FANOTIFY: "ffy",
  NETLINKSK: "nlsk",
  NS: "nsf",
  TUNF: "tunf",
  EXT: "ext",
  TIMERFD: "tfd",
  MEMFD: "memfd",
  BPFMAP: "bpf",
  PIDFD: "pidfd",
};

const fileBody: Rule = {
  id: "file-body",
  severity: "error",
  summary: "every file has the part of its type, with the same id",
  explanation: "CRIU reads all properties of the file from that part.",
  fix: "repair {image} with `crit edit`, or make the dump again",
  *check({ files }) {
    for (const { entry: file, image, index } of files.all) {
      const field = BODIES[file.type];
      if (field === undefined) continue;
      const body = file[field] as { id: number } | undefined;
      const place = { image, entry: index, field };
      if (body === undefined) {
        yield { ...place, message: `it is missing, though the file is of type ${file.type}` };
      } else if (body.id !== file.id) {
        yield {
          ...place,
          field: `${field}.id`,
          message: `${body.id} is not the file's id, ${file.id}`,
        };
      }
    }
  },
};

const filesPresent: Rule = {
  id: "files-present",
  severity: "error",
  summary: "the images of open files exist",
  explanation: "Every process uses files: at least its program and its root directory.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    const { dump, living, tables } = context;
    const needed = new Set<FdTypes>(living.length > 0 ? ["REG"] : []);
    for (const { entries } of tables) {
      for (const { type } of entries) needed.add(type);
    }
    const images = new Set([...needed].map((type) => context.fileImage(type)));
    for (const image of images) {
      if (dump.has(image)) continue;
      const types = [...needed].filter((type) => context.fileImage(type) === image);
      yield { image, message: `it is missing; files of type ${types.join(", ")} would be in it` };
    }
  },
};

/** Files that descriptors are about and that are not there. */
function* fileReferences({ tables, files }: CheckContext): Generator<FileReference> {
  for (const { image, entries } of tables) {
    for (const [entry, { type, id }] of entries.entries()) {
      if (files.get(type, id) === undefined) {
        yield { image, entry, type, target: `${type} file ${id}` };
      }
    }
  }
}

const descriptorFile: Rule = {
  id: "fd-file",
  severity: "error",
  summary: "the file of every descriptor is in the dump",
  explanation: "CRIU looks a descriptor's file up by type and id, and stops if it is missing.",
  fix: "fetch files.img from where the dump was made, or make the dump again",
  check: (context) => unresolvedFiles(context, fileReferences(context)),
};

const descriptorUnique: Rule = {
  id: "fd-unique",
  severity: "error",
  summary: "descriptors are unique in their table",
  explanation: "In one process a number cannot mean two files.",
  fix: "give one of them another number: `crit edit {image} -o NEW --set '[N].fd=NUMBER'`",
  *check({ tables }) {
    for (const { image, entries } of tables) {
      const seen = new Map<number, number>();
      for (const [entry, { fd }] of entries.entries()) {
        const first = seen.get(fd);
        if (first === undefined) seen.set(fd, entry);
        else {yield {
            image,
            entry,
            field: "fd",
            message: `${fd} is also the descriptor of entry ${first}`,
          };}
      }
    }
  },
};

/** (type, id) of the files that something names. */
function usedFiles(context: CheckContext): Set<string> {
  const used = new Set<string>();
  const use = (type: FdTypes, id: number | bigint | undefined) => used.add(`${type} ${id}`);
  for (const { entries } of context.tables) {
    for (const { type, id } of entries) use(type, id);
  }
  for (const { mm, fs } of context.living) {
    for (const id of [mm?.exe_file_id, fs?.cwd_id, fs?.root_id]) use("REG", id);
  }
  for (const { shmid } of context.memories.flatMap(({ vmas }) => vmas)) {
    use("REG", shmid);
    use("MEMFD", shmid);
  }
  for (const { entry: { fifo, tty } } of context.files.all) {
    use("REG", fifo?.regf_id);
    use("REG", tty?.regf_id);
  }
  for (const [, remap] of context.entries("remap-fpath.img", "remap_file_path_entry")) {
    use("REG", remap.orig_id);
    use("REG", remap.remap_id);
  }
  // Rights in flight are known by id alone.
  for (const [, { scm = [] }] of context.entries("sk-queues.img", "sk_packet_entry")) {
    for (const id of scm.flatMap(({ rights = [] }) => rights)) {
      for (const type of Object.keys(BODIES)) use(type as FdTypes, id);
    }
  }
  return used;
}

/** Whether all images that may name files can be used. */
function knowsUses(context: CheckContext): boolean {
  return context.filesAreWhole &&
    context.living.every((task) =>
      [task.mmName, task.fdinfoName, `fs-${task.pid}.img`, "remap-fpath.img", "sk-queues.img"]
        .every((image) => image === undefined || !context.isDamaged(image)) &&
      task.mm !== undefined && task.fs !== undefined
    );
}

const tablePresent: Rule = {
  id: "fdinfo-present",
  severity: "warning",
  summary: "descriptor tables exist",
  explanation:
    "A process without open files has no table. Here, however, the dump has a file that no table names.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    const missing = missingTables(context);
    const unused = missing.size === 0 ? undefined : unusedFile(context);
    if (unused === undefined) return;
    const { type, id } = unused;
    for (const [image, pid] of missing) {
      yield {
        image,
        message:
          `it is missing: process ${pid} has no table, and no table names ${type} file ${id}`,
      };
    }
  },
};

const tableAbsent: Rule = {
  id: "fdinfo-absent",
  severity: "note",
  summary: "every process has a descriptor table",
  explanation:
    "A process without open files has no table. If the table was lost, the process is restored without files.",
  fix:
    "find out whether the process had open files; if so, fetch {image} from where the dump was made",
  *check(context) {
    const missing = missingTables(context);
    // That a file is left over is another rule's finding.
    if (missing.size === 0 || unusedFile(context) !== undefined) return;
    for (const [image, pid] of missing) {
      yield {
        image,
        message: `process ${pid} has no table: it had no open file, or the image was lost`,
      };
    }
  },
};

/** Names of the tables of descriptors that are not there, each with a process that has it. */
function missingTables({ dump, living }: CheckContext): Map<string, number> {
  const missing = new Map<string, number>();
  for (const { fdinfoName, pid } of living) {
    if (fdinfoName !== undefined && !dump.has(fdinfoName)) missing.set(fdinfoName, pid);
  }
  return missing;
}

/** A file that nothing names, as far as that can be known. */
function unusedFile(context: CheckContext): FileEntry | undefined {
  if (!knowsUses(context)) return undefined;
  const used = usedFiles(context);
  // A unix socket may stand alone: one that a socket of the dump is connected to.
  return context.files.all.find(({ entry: { type, id } }) =>
    type !== "UNIXSK" && !used.has(`${type} ${id}`)
  )?.entry;
}

/** Descriptors of the tables that have a file open. */
function openersOf(tables: readonly DescriptorTable[], type: FdTypes): Map<number, Set<number>[]> {
  const openers = new Map<number, Set<number>[]>();
  for (const { entries } of tables) {
    const numbers = new Set(entries.map(({ fd }) => fd));
    const ids = new Set(entries.filter((entry) => entry.type === type).map(({ id }) => id));
    for (const id of ids) openers.set(id, [...openers.get(id) ?? [], numbers]);
  }
  return openers;
}

/** Targets of epolls that no process which has the epoll open has as a descriptor. */
function* epollTargets({ tables, files }: CheckContext): Generator<Finding> {
  const openers = openersOf(tables, "EVENTPOLL");
  for (const { entry: file, image, index } of files.all) {
    const owners = openers.get(file.id) ?? [];
    if (file.type !== "EVENTPOLL" || owners.length === 0) continue;
    for (const [place, { tfd }] of (file.epfd?.tfd ?? []).entries()) {
      if (owners.some((descriptors) => descriptors.has(tfd))) continue;
      const field = image === "files.img" ? `epfd.tfd[${place}].tfd` : undefined;
      const message = `no process that has epoll ${file.id} open has descriptor ${tfd}`;
      yield { image, entry: index, field, message };
    }
  }
}

const epollTarget: Rule = {
  id: "epoll-target",
  severity: "error",
  summary: "every descriptor that an epoll watches is open",
  explanation:
    "CRIU adds each descriptor to the epoll again, and the kernel refuses one that is closed.",
  fix: "remove the target with `crit edit {image} -o NEW --delete`, or make the dump again",
  *check(context) {
    if (context.tables.every(({ image }) => context.isWhole(image))) yield* epollTargets(context);
  },
};

export default [
  filesPresent,
  fileBody,
  descriptorFile,
  descriptorUnique,
  tablePresent,
  tableAbsent,
  epollTarget,
];
