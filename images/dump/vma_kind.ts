/**
 * Names of memory areas by purpose.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { VMA } from "../kernel/memory.ts";

/** Kinds of areas; an area is the first one whose bit it has. */
const KINDS = [
  [VMA.GUARD, "guard"],
  [VMA.VSYSCALL, "vsyscall"],
  [VMA.VDSO, "vdso"],
  [VMA.VVAR, "vvar"],
  [VMA.UPROBES, "uprobes"],
  [VMA.SOCKET, "socket"],
  [VMA.AIORING, "aio_ring"],
  [VMA.SHSTK, "shadow_stack"],
  [VMA.STACK, "stack"],
  [VMA.HEAP, "heap"],
  [VMA.SYSVIPC, "sysv_shared"],
  [VMA.MEMFD, "memfd"],
  [VMA.FILE_PRIVATE, "file_private"],
  [VMA.FILE_SHARED, "file_shared"],
  [VMA.ANON_SHARED, "anonymous_shared"],
  [VMA.ANON_PRIVATE, "anonymous_private"],
] as const;

/** Name of a kind of area. */
export type VmaKind = (typeof KINDS)[number][1] | "other";

/** The purpose of an area, such as `heap` or `file_private`. */
export function vmaKindOf({ status }: VmaEntry): VmaKind {
  for (const kind of KINDS) if ((status & kind[0]) !== 0) return kind[1];
  return "other";
}
