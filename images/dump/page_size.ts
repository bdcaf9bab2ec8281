/**
 * The page size of a dump's machine, which its page maps count in.
 *
 * @module
 */

import type { MmEntry } from "../../proto/types.ts";
import { pagesName } from "./extent.ts";
import type { DumpImages } from "./images.ts";

/** Page size in bytes if nothing in the dump tells it. */
const USUAL_PAGE_SIZE = 4096;
/** Page sizes in bytes that Linux has on the machines that CRIU supports. */
const PAGE_SIZES: readonly number[] = [4096, 16384, 65536];
/** Page sizes that Linux has on any machine are between the usual and this, in bytes. */
const LARGEST_PAGE_SIZE = 1 << 20;
/** Type of the auxiliary vector's page size, from `<elf.h>`. */
const AT_PAGESZ = 6n;

/** A task, as far as it tells the page size. */
interface TaskMemoryImage {
  readonly isDead: boolean;
  readonly mmName: string;
  readonly mm: MmEntry | undefined;
}

/** Page size in bytes in an auxiliary vector, which has pairs of type and value. */
export function auxiliaryPageSize(auxv: readonly bigint[]): number | undefined {
  for (let i = 0; i + 1 < auxv.length; i += 2) {
    if (auxv[i] !== AT_PAGESZ) continue;
    const size = Number(auxv[i + 1]);
    const isPower = Number.isInteger(Math.log2(size));
    if (isPower && size >= USUAL_PAGE_SIZE && size <= LARGEST_PAGE_SIZE) return size;
  }
  return undefined;
}

/**
 * Page size of a dump in bytes: that of its first running task or, if no task has it (as in a pre-dump),
 * the size that fits the length of a pages file.
 */
export function pageSizeOf(
  dump: DumpImages & { readonly tasks: readonly TaskMemoryImage[] },
): number {
  for (const task of dump.has("pstree.img") ? dump.tasks : []) {
    if (task.isDead || !dump.has(task.mmName)) continue;
    const size = auxiliaryPageSize(task.mm?.mm_saved_auxv ?? []);
    if (size !== undefined) return size;
  }
  for (const { name, type } of dump.dumpFiles) {
    if (type?.entry !== "pagemap_entry") continue;
    const map = dump.pageMap(name);
    const length = map.storedPages === 0 ? undefined : dump.sizeOf(pagesName(map));
    const size = PAGE_SIZES.find((pageSize) => map.storedPages * pageSize === length);
    if (size !== undefined) return size;
  }
  return USUAL_PAGE_SIZE;
}
