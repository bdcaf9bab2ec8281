/**
 * The tasks of a dump and their threads.
 *
 * Older dumps are presented in the newest form: data of separate images (creds-, sigacts-,
 * itimers-, posix-timers-, rlimit-, signal-s-, signal-p-, vmas-) appears here as well.
 *
 * @module
 */

import type {
  CoreEntry,
  CredsEntry,
  FdinfoEntry,
  FileEntry,
  FsEntry,
  Messages,
  MmEntry,
  PstreeEntry,
  RlimitEntry,
  SaEntry,
  SiginfoEntry,
  TaskKobjIdsEntry,
  TaskTimersEntry,
  VmaEntry,
} from "../../proto/types.ts";
import { CritError } from "../errors.ts";
import { isDeadState, stateOf, type TaskState } from "../kernel/tasks.ts";
import type { FileTable } from "./file_table.ts";
import type { Holes } from "./holes.ts";
import type { DumpImages } from "./images.ts";
import { TaskMemory } from "./memory.ts";
import { OLD_PARTS, oldEntries, oldImage } from "./old_task_images.ts";
import type { SharedImages, SharedKind } from "./shared_images.ts";
import type { SharedMemory } from "./shared_memory.ts";

/** The parts of a dump that its tasks need. */
export type TaskDump = DumpImages & {
  readonly pageSize: number;
  readonly files: FileTable;
  readonly sharedMemory: SharedMemory;
  readonly sharedImages: SharedImages;
  readonly holes: Holes;
};

/** A thread of a task. */
export class Thread {
  /** Name of its core image. */
  readonly coreName: string;
  #core: CoreEntry | undefined;

  /** The thread of `task` with the id `tid`. */
  constructor(readonly task: Task, readonly tid: number) {
    this.coreName = `core-${tid}.img`;
  }

  /** Registers and state; undefined if the image is missing or damaged. */
  get core(): CoreEntry | undefined {
    return this.#core ??= this.task.dump.entry(this.coreName, "core_entry");
  }

  /** Name, at most 15 bytes; before CRIU 3.11, all threads have the name of the task. */
  get comm(): string | undefined {
    return this.core?.thread_core?.comm ?? this.task.comm;
  }

  /** Users, groups and capabilities; before CRIU 2.0, those of the task. */
  get creds(): CredsEntry | undefined {
    return this.core?.thread_core?.creds ??
      oldEntries(this.task.dump, "creds", this.task.pid)[0];
  }

  /** Signals pending for this thread alone. */
  get pendingSignals(): readonly SiginfoEntry[] {
    return this.core?.thread_core?.signals_p?.signals ??
      oldEntries(this.task.dump, "privateSignals", this.tid);
  }
}

/** A process. */
export class Task {
  #threads: readonly Thread[] | undefined;
  /** Null if the image is missing or damaged. */
  #core: CoreEntry | null | undefined;
  #memory: TaskMemory | undefined;
  #ids: TaskKobjIdsEntry | undefined;
  #mmName: string | undefined;
  #pageMapName: string | undefined;
  #mm: MmEntry | undefined;
  #fs: FsEntry | undefined;
  #fdinfo: readonly FdinfoEntry[] | undefined;
  #vmas: readonly VmaEntry[] | undefined;

  /** The task with this entry in pstree.img. */
  constructor(readonly dump: TaskDump, readonly entry: PstreeEntry) {}

  /** Process id. */
  get pid(): number {
    return this.entry.pid;
  }

  /** Process id of the parent; 0 for the root. */
  get ppid(): number {
    return this.entry.ppid;
  }

  /** Process group. */
  get pgid(): number {
    return this.entry.pgid;
  }

  /** Session. */
  get sid(): number {
    return this.entry.sid;
  }

  /** The threads, main thread first. A dead task has only the main thread: its list is garbage. */
  get threads(): readonly Thread[] {
    if (this.#threads === undefined) {
      const others = this.isDead
        ? []
        : (this.entry.threads ?? []).filter((tid) => tid !== this.pid);
      this.#threads = [this.pid, ...others].map((tid) => new Thread(this, tid));
    }
    return this.#threads;
  }

  /** State of the task and its main thread; undefined if the image is missing or damaged. */
  get core(): CoreEntry | undefined {
    if (this.#core === undefined) {
      this.#core = this.dump.entry(`core-${this.pid}.img`, "core_entry") ?? null;
    }
    return this.#core ?? undefined;
  }

  /** Name, at most 15 bytes. */
  get comm(): string | undefined {
    return this.core?.tc?.comm;
  }

  /** State when it was dumped. */
  get state(): TaskState {
    return stateOf(this.core?.tc?.task_state ?? 0);
  }

  /** Whether it had ended: it has only a core image. */
  get isDead(): boolean {
    return isDeadState(this.core?.tc?.task_state ?? 0);
  }

  /** Ids of its namespaces and of the objects that it may share with other tasks. */
  get ids(): TaskKobjIdsEntry | undefined {
    return this.#ids ??= this.#readIds();
  }

  #readIds(): TaskKobjIdsEntry | undefined {
    if (this.isDead) return this.dump.optionalEntry(`ids-${this.pid}.img`, "task_kobj_ids_entry");
    const name = `ids-${this.pid}.img`;
    // CRIU before 0.4 has no such image.
    if (!this.dump.has(name) && this.core?.ids !== undefined) return this.core.ids;
    return this.dump.entry(name, "task_kobj_ids_entry");
  }

  /** Name of its mm image, which is another task's if they share memory. */
  get mmName(): string {
    return this.#mmName ??= this.#imageOrSharers("mm");
  }

  /** Memory layout. */
  get mm(): MmEntry | undefined {
    return this.#mm ??= this.#unlessDead(this.mmName, "mm_entry");
  }

  /** Memory areas in ascending order, followed by guard areas, which lie inside others. */
  get vmas(): readonly VmaEntry[] {
    return this.#vmas ??= this.#readVmas();
  }

  #readVmas(): readonly VmaEntry[] {
    const apart = this.dump.optionalEntries(this.#imageOrSharers("vmas"), "vma_entry");
    return apart.length > 0 ? apart : this.mm?.vmas ?? [];
  }

  /** Memory contents. */
  get memory(): TaskMemory {
    return this.#memory ??= new TaskMemory(this);
  }

  /** Name of its page map, which is another task's if they share memory. */
  get pageMapName(): string {
    return this.#pageMapName ??= this.#imageOrSharers("pagemap");
  }

  /** Root and working directory. */
  get fs(): FsEntry | undefined {
    return this.#fs ??= this.#unlessDead(this.#imageOrSharers("fs"), "fs_entry");
  }

  /** Name of its table of descriptors; undefined if it is unknown. */
  get fdinfoName(): string | undefined {
    const byPid = `fdinfo-${this.pid}.img`;
    const { inventory } = this.dump;
    if (inventory !== undefined && !inventory.fdinfo_per_id) return byPid;
    const id = this.ids?.files_id;
    return id === undefined ? undefined : `fdinfo-${id}.img`;
  }

  /** Open descriptors, in the order of the image; none if it has no image. */
  get fdinfo(): readonly FdinfoEntry[] {
    return this.#fdinfo ??= this.#readFdinfo();
  }

  #readFdinfo(): readonly FdinfoEntry[] {
    const name = this.isDead ? undefined : this.fdinfoName;
    return name === undefined ? [] : this.dump.optionalEntries(name, "fdinfo_entry");
  }

  /** The program that it runs. */
  get exe(): FileEntry | undefined {
    const id = this.mm?.exe_file_id;
    return id === undefined ? undefined : this.dump.files.get("REG", id);
  }

  /** Resource limits, by the number of the resource. */
  get rlimits(): readonly RlimitEntry[] {
    return this.core?.tc?.rlimits?.rlimits ??
      oldEntries(this.dump, "rlimits", this.pid);
  }

  /** Interval and POSIX timers. */
  get timers(): TaskTimersEntry | undefined {
    const timers = this.core?.tc?.timers;
    if (timers !== undefined) return timers;
    const [real, virt, prof] = oldEntries(this.dump, "itimers", this.pid);
    if (real === undefined || virt === undefined || prof === undefined) return undefined;
    return { real, virt, prof, posix: oldEntries(this.dump, "posixTimers", this.pid) };
  }

  /** Actions of the signals 1 to 64 without SIGKILL and SIGSTOP, in this order. */
  get sigactions(): readonly SaEntry[] {
    return this.core?.tc?.sigactions ?? oldEntries(this.dump, "sigactions", this.pid);
  }

  /** Signals pending for the task as a whole. */
  get pendingSignals(): readonly SiginfoEntry[] {
    return this.core?.tc?.signals_s?.signals ??
      oldEntries(this.dump, "sharedSignals", this.pid);
  }

  /** Set of cgroups; since CRIU 3.18, that of the main thread. */
  get cgroupSet(): number | undefined {
    return this.core?.thread_core?.cg_set ?? this.core?.tc?.cg_set;
  }

  /**
   * Releases the images of the task, which are read again on demand. Processing thousands of tasks
   * one after the other then needs the memory of one.
   */
  release(): void {
    const { pid, threads } = this;
    const names = threads.flatMap((
      { tid, coreName },
    ) => [coreName, oldImage("privateSignals", tid)]);
    for (const part of OLD_PARTS) names.push(oldImage(part, pid));
    for (const kind of ["ids", "mm", "fs", "pagemap"]) names.push(`${kind}-${pid}.img`);
    this.#core = this.#memory = this.#threads = undefined;
    this.#ids =
      this.#mm =
      this.#vmas =
      this.#fs =
        undefined;
    this.dump.release(names);
  }

  /** `KIND-PID.img`, or that of another task that shares what it tells. */
  #imageOrSharers(kind: SharedKind): string {
    const own = `${kind}-${this.pid}.img`;
    if (this.dump.has(own) || this.isDead) return own;
    return this.dump.sharedImages.nameFor(kind, this.ids) ?? own;
  }

  /** An image's entry; a dead task need not have the image. */
  #unlessDead<M extends keyof Messages>(name: string, message: M): Messages[M] | undefined {
    return this.isDead ? this.dump.optionalEntry(name, message) : this.dump.entry(name, message);
  }
}

/** Most tasks and threads without a core image: what lists more of them is no dump but a trap. */
const MOST_WITHOUT_CORE = 10_000;

/**
 * The tasks of a dump, in the order of pstree.img.
 *
 * @throws {CritError} `unsupported` when very many of them have no core image
 */
export function readTasks(dump: TaskDump): readonly Task[] {
  const entries = dump.entries("pstree.img", "pstree_entry");
  const listed = entries.reduce((sum, { threads = [] }) => sum + Math.max(1, threads.length), 0);
  if (listed > dump.source.files.size + MOST_WITHOUT_CORE) {
    const reason = `it lists ${listed} processes and threads, and the dump has ` +
      `${dump.source.files.size} files; at most ${MOST_WITHOUT_CORE} may be without an image`;
    throw new CritError("unsupported", reason, { image: "pstree.img" });
  }
  return entries.map((entry) => new Task(dump, entry));
}
