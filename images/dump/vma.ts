/**
 * What kind of memory area a VMA is.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";

/** Bits of `vma_entry.status` (CRIU: criu/include/image.h). */
export const VMA = {
  /** Dumped and restored as memory. */
  REGULAR: 1 << 0,
  STACK: 1 << 1,
  VSYSCALL: 1 << 2,
  VDSO: 1 << 3,
  HEAP: 1 << 5,
  FILE_PRIVATE: 1 << 6,
  FILE_SHARED: 1 << 7,
  ANON_SHARED: 1 << 8,
  ANON_PRIVATE: 1 << 9,
  SYSVIPC: 1 << 10,
  SOCKET: 1 << 11,
  VVAR: 1 << 12,
  AIORING: 1 << 13,
  MEMFD: 1 << 14,
  SHSTK: 1 << 15,
  /** No area but pages of one that trap when touched: MADV_GUARD_INSTALL. */
  GUARD: 1 << 16,
  UPROBES: 1 << 17,
} as const;

/** Areas that whoever restores makes anew. */
const KERNEL_MADE = VMA.VSYSCALL | VMA.VDSO | VMA.VVAR | VMA.SOCKET | VMA.AIORING |
  VMA.UPROBES;

/** Whether an area has any of the bits of {@link VMA}. */
export function hasStatus({ status }: VmaEntry, bits: number): boolean {
  return (status & bits) !== 0;
}

/** Whether an area's bytes, where the dump has none, are the kernel's to make. */
export function isKernelMade(vma: VmaEntry): boolean {
  return hasStatus(vma, KERNEL_MADE);
}

/** Whether an area maps memory that has a page map of its own: shared memory or a memfd. */
export function mapsSharedMemory(vma: VmaEntry): boolean {
  return hasStatus(vma, VMA.ANON_SHARED | VMA.SYSVIPC | VMA.MEMFD);
}

/** Whether an area maps a file of a file system, whose id is the area's `shmid`. */
export function mapsFile(vma: VmaEntry): boolean {
  return hasStatus(vma, VMA.FILE_PRIVATE | VMA.FILE_SHARED) && !mapsSharedMemory(vma);
}

/** Length in bytes; 0 where the end is not after the start. */
export function lengthOf({ start, end }: VmaEntry): number {
  return end > start ? Number(end - start) : 0;
}
