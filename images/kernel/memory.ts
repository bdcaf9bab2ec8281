/**
 * Numbers of memory: protection, mappings, CRIU's kinds of areas, advice, ranges of pages.
 *
 * @module
 */

import { CRIT, type NumberTable, numberTable } from "./names.ts";

/** Protection (include/uapi/asm-generic/mman-common.h). */
export const PROTECTION: NumberTable = numberTable("", () => [
  [0x1, "PROT_READ", CRIT],
  [0x2, "PROT_WRITE", CRIT],
  [0x4, "PROT_EXEC", CRIT],
]);

/** Flags of mmap(2) (include/uapi/asm-generic/mman-common.h, mman.h, linux/mman.h). */
export const MAP = {
  SHARED: 0x1,
  PRIVATE: 0x2,
  DROPPABLE: 0x8,
  FIXED: 0x10,
  ANON: 0x20,
  GROWSDOWN: 0x100,
  LOCKED: 0x2000,
  NORESERVE: 0x4000,
  HUGETLB: 0x4_0000,
} as const;

/** Names of {@link MAP}. */
export const MAP_FLAGS: NumberTable = numberTable("", () => [
  [MAP.SHARED, "MAP_SHARED", CRIT],
  [MAP.PRIVATE, "MAP_PRIVATE", CRIT],
  [MAP.DROPPABLE, "MAP_DROPPABLE", CRIT],
  [MAP.FIXED, "MAP_FIXED"],
  [MAP.ANON, "MAP_ANON", CRIT],
  [MAP.GROWSDOWN, "MAP_GROWSDOWN", CRIT],
  [MAP.LOCKED, "MAP_LOCKED"],
  [MAP.NORESERVE, "MAP_NORESERVE"],
  [MAP.HUGETLB, "MAP_HUGETLB"],
]);

/** Bits of `vma_entry.status`: what kind of area it is (CRIU: criu/include/image.h). */
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

/** Names of {@link VMA}. */
export const VMA_STATUS: NumberTable = numberTable("", () => [
  [VMA.REGULAR, "VMA_AREA_REGULAR", CRIT],
  [VMA.STACK, "VMA_AREA_STACK", CRIT],
  [VMA.VSYSCALL, "VMA_AREA_VSYSCALL", CRIT],
  [VMA.VDSO, "VMA_AREA_VDSO", CRIT],
  [VMA.HEAP, "VMA_AREA_HEAP", CRIT],
  [VMA.FILE_PRIVATE, "VMA_FILE_PRIVATE", CRIT],
  [VMA.FILE_SHARED, "VMA_FILE_SHARED", CRIT],
  [VMA.ANON_SHARED, "VMA_ANON_SHARED", CRIT],
  [VMA.ANON_PRIVATE, "VMA_ANON_PRIVATE", CRIT],
  [VMA.SYSVIPC, "VMA_AREA_SYSVIPC", CRIT],
  [VMA.SOCKET, "VMA_AREA_SOCKET", CRIT],
  [VMA.VVAR, "VMA_AREA_VVAR", CRIT],
  [VMA.AIORING, "VMA_AREA_AIORING", CRIT],
  [VMA.MEMFD, "VMA_AREA_MEMFD", CRIT],
  [VMA.SHSTK, "VMA_AREA_SHSTK", CRIT],
  [VMA.GUARD, "VMA_AREA_GUARD"],
  [VMA.UPROBES, "VMA_AREA_UPROBES", CRIT],
  [2 ** 31, "VMA_UNSUPP", CRIT],
]);

/** Advice that a process gave (include/uapi/asm-generic/mman-common.h). */
export const ADVICE = {
  RANDOM: 1,
  SEQUENTIAL: 2,
  WILLNEED: 3,
  DONTNEED: 4,
  FREE: 8,
  REMOVE: 9,
  DONTFORK: 10,
  DOFORK: 11,
  MERGEABLE: 12,
  UNMERGEABLE: 13,
  HUGEPAGE: 14,
  NOHUGEPAGE: 15,
  DONTDUMP: 16,
  DODUMP: 17,
  WIPEONFORK: 18,
  KEEPONFORK: 19,
  COLD: 20,
  PAGEOUT: 21,
  POPULATE_READ: 22,
  POPULATE_WRITE: 23,
  DONTNEED_LOCKED: 24,
  COLLAPSE: 25,
} as const;

/** Bits of `vma_entry.madv`, which has bit N for the advice N. */
export const MADV_BITS: NumberTable = numberTable(
  "",
  () => Object.entries(ADVICE).map(([name, advice]) => [2 ** advice, `MADV_${name}`] as const),
);

/** Flags of a range in a page map (CRIU: criu/include/pagemap.h, PE_*). */
export const PAGES = {
  /** The pages are in the parent dump. */
  PARENT: 1,
  /** The pages may be fetched later, over the network. */
  LAZY: 2,
  /** The pages are in the pages-%u.img. */
  PRESENT: 4,
} as const;

/** Names of {@link PAGES}. */
export const PAGE_FLAGS: NumberTable = numberTable("", () => [
  [PAGES.PARENT, "PE_PARENT", CRIT],
  [PAGES.LAZY, "PE_LAZY", CRIT],
  [PAGES.PRESENT, "PE_PRESENT", CRIT],
]);
