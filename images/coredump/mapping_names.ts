/** Names of mapped files, as in `/proc/PID/maps` and in the kernel's note NT_FILE. @module */

import type { RegFileEntry, VmaEntry } from "../../proto/types.ts";
import type { TaskDump } from "../dump/task.ts";
import { hasStatus, mapsFile } from "../dump/vma.ts";
import { VMA } from "../kernel/memory.ts";

/** Looks up regular files. */
export interface FileNames {
  /** The file that an area maps. */
  readonly entryOf: (vma: VmaEntry) => RegFileEntry;
  /** Whether the file with this id has lost the name that it was opened by. */
  readonly isDeleted: (id: number) => boolean;
}

/** Names the mappings of areas. */
export class MappingNames {
  readonly #dump: TaskDump;
  readonly #files: FileNames;
  #keys: ReadonlyMap<number, number> | undefined;

  /** @param files looks up regular files */
  constructor(dump: TaskDump, files: FileNames) {
    this.#dump = dump;
    this.#files = files;
  }

  /** The name of the mapping; undefined for private memory without a file. */
  nameOf(vma: VmaEntry): string | undefined {
    const { shmid } = vma;
    if (mapsFile(vma)) {
      const { id, name } = this.#files.entryOf(vma);
      return this.#files.isDeleted(id) ? `${name} (deleted)` : name;
    }
    if (hasStatus(vma, VMA.SYSVIPC)) return this.#segmentName(Number(shmid));
    if (hasStatus(vma, VMA.MEMFD)) return this.#memfdName(Number(shmid));
    if (hasStatus(vma, VMA.AIORING)) return "/[aio] (deleted)";
    return hasStatus(vma, VMA.ANON_SHARED) ? "/dev/zero (deleted)" : undefined;
  }

  #memfdName(id: number): string {
    const name = this.#dump.sharedMemory.memfdInode(id)?.name ?? "";
    // On recent kernels, CRIU dumps anonymous shared memory as a memfd of this name.
    return `${name === "/dev/zero" ? "" : "/memfd:"}${name} (deleted)`;
  }

  /** The name of a System V segment from its key, which is 0 if the namespace was not dumped. */
  #segmentName(id: number): string {
    this.#keys ??= new Map(
      segmentImages(this.#dump)
        .flatMap((name) => this.#dump.entries(name, "ipc_shm_entry"))
        .map(({ desc }) => [desc.id, desc.key]),
    );
    const key = this.#keys.get(id) ?? 0;
    return `/SYSV${key.toString(16).padStart(8, "0")} (deleted)`;
  }
}

/** Names of the images of System V segments. */
export function segmentImages({ dumpFiles }: TaskDump): string[] {
  return dumpFiles.ofTypes(({ entry }) => entry === "ipc_shm_entry").map(({ name }) => name);
}
