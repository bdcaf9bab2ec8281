/**
 * Images that several tasks share, each stored under the process id of one of them.
 *
 * @module
 */

import type { TaskKobjIdsEntry } from "../../proto/types.ts";

/** Kinds of such images, with the id of what tasks share when they share one. */
const KINDS = {
  mm: "vm_id",
  pagemap: "vm_id",
  vmas: "vm_id",
  fs: "fs_id",
} as const satisfies Readonly<Record<SharedKind, keyof TaskKobjIdsEntry>>;

/** A kind of shared image: the prefix of its name. */
export type SharedKind = "mm" | "pagemap" | "vmas" | "fs";

/** A task, with the ids of the objects that it shares. */
export interface TaskIds {
  /** Process id. */
  readonly pid: number;
  /** Ids of shared objects; undefined if the dump does not have them. */
  readonly ids: TaskKobjIdsEntry | undefined;
}

/** Finds shared images by the ids of the shared objects. */
export class SharedImages {
  readonly #names = new Map<SharedKind, ReadonlyMap<number, string>>();

  /**
   * Finds the images of a dump.
   *
   * @param dump has the images
   * @param tasks all tasks, in the order of pstree.img
   */
  constructor(
    readonly dump: { has(name: string): boolean },
    readonly tasks: Iterable<TaskIds>,
  ) {}

  /** Name of the image for tasks with these ids; undefined if none of these tasks has one. */
  nameFor(kind: SharedKind, ids: TaskKobjIdsEntry | undefined): string | undefined {
    const id = ids?.[KINDS[kind]];
    return id === undefined ? undefined : this.#namesOf(kind).get(id);
  }

  #namesOf(kind: SharedKind): ReadonlyMap<number, string> {
    const known = this.#names.get(kind);
    if (known !== undefined) return known;
    const names = new Map<number, string>();
    for (const task of this.tasks) {
      const name = `${kind}-${task.pid}.img`;
      if (!this.dump.has(name)) continue;
      const id = task.ids?.[KINDS[kind]];
      if (id !== undefined && !names.has(id)) names.set(id, name);
    }
    this.#names.set(kind, names);
    return names;
  }
}
