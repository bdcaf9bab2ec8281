/**
 * A dump as a whole: its images, and the tasks, files, memory and namespaces that they describe.
 *
 * @module
 */

import { FileTable } from "./file_table.ts";
import { Holes } from "./holes.ts";
import { DumpImages } from "./images.ts";
import { type DumpKind, kindOfDump, partOfDump } from "./kind.ts";
import { type Namespace, namespacesOf } from "./namespaces.ts";
import { pageSizeOf } from "./page_size.ts";
import { SharedImages } from "./shared_images.ts";
import { SharedMemory } from "./shared_memory.ts";
import { readTasks, type Task } from "./task.ts";

/** A dump of processes. */
export class Dump extends DumpImages {
  #tasks: readonly Task[] | undefined;
  #tasksByPid: ReadonlyMap<number, Task> | undefined;
  #files: FileTable | undefined;
  #shared: SharedMemory | undefined;
  #sharedImages: SharedImages | undefined;
  #kind: DumpKind | undefined;
  #pageSize: number | undefined;
  #namespaces: readonly Namespace[] | undefined;
  #holes: Holes | undefined;

  /** The tasks, in the order of pstree.img: parents before their children. */
  get tasks(): readonly Task[] {
    return this.#tasks ??= readTasks(this);
  }

  /** The task with this process id. */
  task(pid: number): Task | undefined {
    this.#tasksByPid ??= new Map(this.tasks.map((task) => [task.pid, task]));
    return this.#tasksByPid.get(pid);
  }

  /** The open files, by type and id. */
  get files(): FileTable {
    return this.#files ??= new FileTable((name, message) => this.optionalEntries(name, message));
  }

  /** The memory that tasks share, and memfds. */
  get sharedMemory(): SharedMemory {
    return this.#shared ??= new SharedMemory(this, this.files);
  }

  /** The namespaces that tasks are in. */
  get namespaces(): readonly Namespace[] {
    if (this.#namespaces === undefined) {
      const inventory = this.optionalEntry("inventory.img", "inventory_entry");
      this.#namespaces = namespacesOf(this, inventory?.root_ids);
    }
    return this.#namespaces;
  }

  /** Kind of dump: a dump of processes, a pre-dump, a part of a dump, or none. */
  get kind(): DumpKind {
    return this.#kind ??= kindOfDump(this);
  }

  /** A phrase such as `a pre-dump`; undefined if it is a whole dump of processes. */
  get part(): string | undefined {
    return partOfDump(this);
  }

  /** Size of the machine's pages in bytes. */
  get pageSize(): number {
    return this.#pageSize ??= pageSizeOf(this);
  }

  /** Pages that CRIU has punched out of its files. */
  get holes(): Holes {
    return this.#holes ??= new Holes(this);
  }

  /** The images that several tasks share. */
  get sharedImages(): SharedImages {
    return this.#sharedImages ??= new SharedImages(this, this.tasks);
  }
}
