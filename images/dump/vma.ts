/**
 * Kinds of memory areas, by their status bits.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { MAP, VMA } from "../kernel/memory.ts";

/** Areas that whoever restores makes anew. */
const KERNEL_MADE = VMA.VSYSCALL | VMA.VDSO | VMA.VVAR | VMA.SOCKET | VMA.AIORING |
  VMA.UPROBES;

/** Whether an area has any of the bits of {@link VMA}. */
export function hasStatus({ status }: VmaEntry, bits: number): boolean {
  return (status & bits) !== 0;
}

/** Whether the kernel makes the bytes of an area that are not in the dump. */
export function isKernelMade(vma: VmaEntry): boolean {
  return hasStatus(vma, KERNEL_MADE);
}

/** Whether an area maps memory with a separate page map: shared memory or a memfd. */
export function mapsSharedMemory(vma: VmaEntry): boolean {
  return hasStatus(vma, VMA.ANON_SHARED | VMA.SYSVIPC | VMA.MEMFD);
}

/** Whether an area maps a file of a file system, whose id is the area's `shmid`. */
export function mapsFile(vma: VmaEntry): boolean {
  return hasStatus(vma, VMA.FILE_PRIVATE | VMA.FILE_SHARED) && !mapsSharedMemory(vma);
}

/** Whether an area is a task's stack: CRIU marks it, or it grows towards lower addresses. */
export function isStack(vma: VmaEntry): boolean {
  return hasStatus(vma, VMA.STACK) || (vma.flags & MAP.GROWSDOWN) !== 0;
}

/** Length in bytes; 0 if the end is not after the start. */
export function lengthOf({ start, end }: VmaEntry): number {
  return end > start ? Number(end - start) : 0;
}
