/**
 * The dump to restore, with facts that options, demands and losses need.
 *
 * @module
 */

import type { MntEntry, TaskKobjIdsEntry, TtyInfoEntry, VmaEntry } from "../../proto/types.ts";
import { CheckContext } from "../check/context.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpPlace } from "../dump/dump_place.ts";
import type { DumpedFile } from "../dump/file_table.ts";
import type { Task } from "../dump/task.ts";
import { hasStatus, mapsFile } from "../dump/vma.ts";
import { VMA } from "../kernel/memory.ts";

/** A mount of one of the dump's mount namespaces, with its place. */
export interface DumpedMount extends DumpPlace {
  readonly mount: MntEntry;
}

/** Namespaces by the field of a task's ids. */
export type NamespaceKey = Exclude<
  keyof TaskKobjIdsEntry,
  "vm_id" | "files_id" | "fs_id" | "sighand_id" | "?"
>;

/** A dump that is to be restored. */
export class RestoreSubject {
  readonly #images = new Map<string, readonly string[]>();
  #mounts: readonly DumpedMount[] | undefined;
  #uses: ReadonlyMap<number, FileUse> | undefined;
  #mountsById: ReadonlyMap<number, MntEntry> | undefined;
  #terminals: ReadonlyMap<number, TtyInfoEntry> | undefined;

  /** Makes the subject for a dump.
   *
   * @param context facts about the dump that are already known
   */
  constructor(readonly dump: Dump, readonly context: CheckContext = new CheckContext(dump)) {}

  /** Tasks that were running or stopped. */
  get living(): readonly Task[] {
    return this.context.living;
  }

  /** The root of the tree. */
  get root(): Task | undefined {
    return this.dump.tasks.find(({ ppid }) => ppid === 0);
  }

  /** Open files with their places. */
  get files(): readonly DumpedFile[] {
    return this.dump.files.all;
  }

  /** Whether the root was in another namespace than CRIU, so that the restore creates one. */
  owns(key: NamespaceKey): boolean {
    const outside = this.context.inventory?.root_ids?.[key];
    const own = this.root?.ids?.[key];
    return outside !== undefined && own !== undefined && own !== outside;
  }

  /** Names of the existing images of a kind, such as `netns-12.img` for `netns`. */
  imagesOf(prefix: string): readonly string[] {
    let images = this.#images.get(prefix);
    if (images === undefined) {
      const pattern = `${prefix}-%u.img`;
      images = this.dump.dumpFiles.ofTypes(({ files }) => files.includes(pattern))
        .map(({ name }) => name);
      this.#images.set(prefix, images);
    }
    return images;
  }

  /** The mounts of all mount namespaces of the dump. */
  get mounts(): readonly DumpedMount[] {
    return this.#mounts ??= this.imagesOf("mountpoints").flatMap((image) =>
      [...this.context.entries(image, "mnt_entry")].map(([entry, mount]) => ({
        image,
        entry,
        mount,
      }))
    );
  }

  /** A mount by its id. */
  mountOf(id: number | undefined): MntEntry | undefined {
    this.#mountsById ??= new Map(this.mounts.map(({ mount }) => [mount.mnt_id, mount]));
    return id === undefined ? undefined : this.#mountsById.get(id);
  }

  /** A terminal by its id. */
  terminalOf(id: number | undefined): TtyInfoEntry | undefined {
    this.#terminals ??= new Map(
      [...this.context.entries("tty-info.img", "tty_info_entry")]
        .map(([, entry]) => [entry.id, entry]),
    );
    return id === undefined ? undefined : this.#terminals.get(id);
  }

  /** The uses of the REG files that CRIU opens by their paths, by id. */
  get uses(): ReadonlyMap<number, FileUse> {
    return this.#uses ??= usesOf(this);
  }
}

/** Roles of a file, the one that demands most first. */
export type FileRole =
  | "program"
  | "root directory"
  | "working directory"
  | "memory"
  | "descriptor"
  | "fifo"
  | "terminal";

/** A use of a REG file. */
export interface FileUse {
  readonly role: FileRole;
  /** A task that needs it. */
  readonly pid: number;
}

const ROLES: readonly FileRole[] = [
  "program",
  "root directory",
  "working directory",
  "memory",
  "descriptor",
  "fifo",
  "terminal",
];

function usesOf(subject: RestoreSubject): Map<number, FileUse> {
  const uses = new Map<number, FileUse>();
  const use = (id: number | undefined, role: FileRole, pid: number) => {
    if (id === undefined) return;
    const before = uses.get(id)?.role;
    if (before === undefined || before !== role && ROLES.indexOf(before) > ROLES.indexOf(role)) {
      uses.set(id, { role, pid });
    }
  };
  for (const task of subject.living) {
    use(task.mm?.exe_file_id, "program", task.pid);
    use(task.fs?.root_id, "root directory", task.pid);
    use(task.fs?.cwd_id, "working directory", task.pid);
    let last: bigint | undefined;
    for (const vma of task.vmas) {
      // The areas of one file lie side by side.
      if (vma.shmid === last || !mapsFile(vma) || isMemfd(vma)) continue;
      last = vma.shmid;
      use(Number(last), "memory", task.pid);
    }
  }
  for (const { tasks, entries } of subject.context.tables) {
    for (const { type, id } of entries) {
      const pid = tasks[0]!.pid;
      if (type === "REG") use(id, "descriptor", pid);
      const { fifo, tty } = subject.dump.files.get(type, id) ?? {};
      use(fifo?.regf_id, "fifo", pid);
      use(tty?.regf_id, "terminal", pid);
    }
  }
  return uses;
}

function isMemfd(vma: VmaEntry): boolean {
  return hasStatus(vma, VMA.MEMFD);
}
