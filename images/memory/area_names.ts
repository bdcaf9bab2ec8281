/** Names of memory areas, as in `/proc/PID/maps`. @module */

import type { RegFileEntry, VmaEntry } from "../../proto/types.ts";
import { MappingNames } from "../coredump/mapping_names.ts";
import type { TaskDump } from "../dump/task.ts";
import { isStack, mapsFile } from "../dump/vma.ts";
import { type VmaKind, vmaKindOf } from "../dump/vma_kind.ts";

/** Names of areas without a named mapping. */
const UNNAMED: Partial<Record<VmaKind, string>> = {
  heap: "[heap]",
  vdso: "[vdso]",
  vvar: "[vvar]",
  vsyscall: "[vsyscall]",
  uprobes: "[uprobes]",
  shadow_stack: "[shadow stack]",
  socket: "[socket]",
};

/** Names the areas of a dump's tasks. A damaged dump makes names less precise, and is no error. */
export class AreaNames {
  readonly #dump: TaskDump;
  readonly #names: MappingNames;
  #deleted: ReadonlySet<number> | undefined;

  constructor(dump: TaskDump) {
    this.#dump = dump;
    this.#names = new MappingNames(dump, {
      entryOf: (vma) => this.#fileOf(vma)!,
      isDeleted: (id) => this.#deletedFiles.has(id),
    });
  }

  /** A path, `/memfd:NAME (deleted)`, `/dev/zero (deleted)`, `[heap]`, … or `[anon]`. */
  nameOf(vma: VmaEntry): string {
    if (mapsFile(vma) && this.#fileOf(vma) === undefined) return "[unknown file]";
    if (isStack(vma)) return "[stack]";
    return this.#names.nameOf(vma) ?? UNNAMED[vmaKindOf(vma)] ?? "[anon]";
  }

  #fileOf({ shmid }: VmaEntry): RegFileEntry | undefined {
    return this.#dump.files.get("REG", Number(shmid))?.reg;
  }

  get #deletedFiles(): ReadonlySet<number> {
    return this.#deleted ??= new Set(
      this.#dump.optionalEntries("remap-fpath.img", "remap_file_path_entry")
        .filter(({ remap_type }) => remap_type !== "PROCFS")
        .map(({ orig_id }) => orig_id),
    );
  }
}
