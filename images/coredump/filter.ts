/** Decides which part of a memory area the kernel would write to a core file. @module */

import type { VmaEntry } from "../../proto/types.ts";
import { hasStatus } from "../dump/vma.ts";
import { ADVICE, MAP, VMA } from "../kernel/memory.ts";

/** Areas of the kernel that it always writes, if they are readable. */
const ALWAYS = VMA.VSYSCALL | VMA.VDSO | VMA.VVAR | VMA.UPROBES;
/** Bit in `vma_entry.madv`, in which bit N is advice N. */
const MADV_DONTDUMP = 1n << BigInt(ADVICE.DONTDUMP);

/** Whether the process excluded an area from core files. */
export function isDontDump({ madv }: VmaEntry): boolean {
  return ((madv ?? 0n) & MADV_DONTDUMP) !== 0n;
}

/** Bits of `/proc/PID/coredump_filter`, from core(5). */
export const FILTER = {
  ANON_PRIVATE: 1 << 0,
  ANON_SHARED: 1 << 1,
  MAPPED_PRIVATE: 1 << 2,
  MAPPED_SHARED: 1 << 3,
  ELF_HEADERS: 1 << 4,
  HUGETLB_PRIVATE: 1 << 5,
  HUGETLB_SHARED: 1 << 6,
} as const;

/**
 * The part of an area that is written: all of it, nothing, or its first page if an ELF file begins
 * there.
 */
export type Share = "whole" | "nothing" | "header";

/** Properties of an area besides its entry. */
export interface AreaFacts {
  /** Whether the process wrote to it, or the dump has pages of it for another reason. */
  readonly isWritten: () => boolean;
  /** Whether the file that it maps has a name. */
  readonly isNamed: boolean;
}

/**
 * The part of an area that a kernel with this filter writes: `vma_dump_size` of `fs/coredump.c`.
 */
export function shareOf(vma: VmaEntry, facts: AreaFacts, filter: number): Share {
  const whole = (bit: number): Share => (filter & bit) !== 0 ? "whole" : "nothing";
  const isShared = (vma.flags & MAP.SHARED) !== 0;
  if (hasStatus(vma, ALWAYS)) return "whole";
  if (isDontDump(vma)) return "nothing";
  if ((vma.flags & MAP.HUGETLB) !== 0) {
    return whole(isShared ? FILTER.HUGETLB_SHARED : FILTER.HUGETLB_PRIVATE);
  }
  if (isShared) return whole(facts.isNamed ? FILTER.MAPPED_SHARED : FILTER.ANON_SHARED);
  if ((filter & FILTER.ANON_PRIVATE) !== 0 && facts.isWritten()) return "whole";
  if (!hasStatus(vma, VMA.FILE_PRIVATE)) return "nothing";
  if ((filter & FILTER.MAPPED_PRIVATE) !== 0) return "whole";
  const isReadableStart = vma.pgoff === 0n && (vma.prot & 1) !== 0;
  return isReadableStart && (filter & FILTER.ELF_HEADERS) !== 0 ? "header" : "nothing";
}
