/**
 * Memory areas as what they are made of, as far as a core file has them.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import { dataError } from "../errors.ts";
import type { MappedFile } from "./mapped_files.ts";
import { type Area, cut, type Extent, overlay, type Placed } from "./memory.ts";
import { is, isDontDump, isKernelMade, shareOf, STATUS } from "./vma.ts";

/** What the areas of a process are made of. */
export interface MemorySources {
  /** In bytes. */
  readonly pageSize: number;
  /** The dumped pages of an area's own, by their place in it, in ascending order. */
  readonly pagesOf: (vma: VmaEntry) => Iterable<Placed>;
  /** The dumped pages of the shared memory that an area maps, by their place in the area. */
  readonly sharedPagesOf: (vma: VmaEntry) => Iterable<Placed>;
  /** The file that an area maps. */
  readonly fileOf: (vma: VmaEntry) => BackingFile | undefined;
}

/** A file that an area maps. */
export interface BackingFile {
  /** Whether it has a name still, or ever had one. */
  readonly isNamed: boolean;
  /** Whether somebody may execute it. */
  readonly isExecutable: boolean;
  /** Its bytes, where they are at hand. */
  readonly bytes: MappedFile | undefined;
}

/**
 * An area with all that is known of it, or with what a kernel would write.
 *
 * @param filter bits of the kernel's `coredump_filter`; undefined for all that is known
 * @throws {CritError} `data` when its bounds are no page bounds
 */
export function areaOf(vma: VmaEntry, sources: MemorySources, filter?: number): Area {
  checkBounds(vma, sources.pageSize);
  const length = Number(vma.end - vma.start);
  const area: Area = { start: vma.start, length, protection: vma.prot, extents: [] };
  const pages = [...sources.pagesOf(vma)];
  const isWritten = pages.some(({ extent }) => extent.kind === "bytes");
  const file = sources.fileOf(vma);
  const share = filter === undefined
    ? knownShare(vma, isWritten)
    : shareOf(vma, { isWritten, isNamed: file?.isNamed ?? false }, filter);
  if (share === "nothing") return area;
  const extents = overlay(baseOf(vma, length, file, sources), pages);
  if (share === "whole") return { ...area, extents };
  const first = cutAll(extents, sources.pageSize);
  return file?.isExecutable || beginsElf(first) ? { ...area, extents: first } : area;
}

/** Areas that the process never touched are zeros that need not be said. */
function knownShare(vma: VmaEntry, isWritten: boolean): "whole" | "nothing" {
  return is(vma, STATUS.ANON_PRIVATE) && !isWritten ? "nothing" : "whole";
}

function checkBounds({ start, end }: VmaEntry, pageSize: number): void {
  const page = BigInt(pageSize);
  if (end > start && start % page === 0n && end % page === 0n) return;
  const place = `0x${start.toString(16)}-0x${end.toString(16)}`;
  throw dataError(`the memory area ${place} is not made of pages of ${pageSize} bytes`);
}

/** What an area is made of where the process has no pages of its own. */
function baseOf(
  vma: VmaEntry,
  length: number,
  file: BackingFile | undefined,
  { pageSize, sharedPagesOf }: MemorySources,
): Extent[] {
  const zeros: Extent = { kind: "zeros", length };
  const absent: Extent = { kind: "absent", length };
  if (is(vma, STATUS.MEMFD | STATUS.ANON_SHARED | STATUS.SYSVIPC)) {
    return overlay([zeros], sharedPagesOf(vma));
  }
  if (is(vma, STATUS.FILE_PRIVATE | STATUS.FILE_SHARED)) {
    const bytes = file?.bytes;
    return bytes === undefined ? [absent] : overlay([absent], filePages(vma, bytes, pageSize));
  }
  // What may be huge and should not be written has but the pages that are there.
  const isKnown = is(vma, STATUS.ANON_PRIVATE) && !isKernelMade(vma) && !isDontDump(vma);
  return [isKnown ? zeros : absent];
}

/** A file's bytes from where an area begins in it; its last page is filled up with zeros. */
function filePages({ pgoff }: VmaEntry, file: MappedFile, pageSize: number): Placed[] {
  const offset = Number(pgoff);
  const length = Math.max(0, file.size - offset);
  const rest = (pageSize - length % pageSize) % pageSize;
  return [
    { at: 0, extent: { kind: "bytes", length, source: file, offset } },
    { at: length, extent: { kind: "zeros", length: rest } },
  ];
}

/** The first `length` bytes of extents. */
function cutAll(extents: readonly Extent[], length: number): Extent[] {
  const found: Extent[] = [];
  let left = length;
  for (const extent of extents) {
    if (left === 0) break;
    const count = Math.min(left, extent.length);
    found.push(cut(extent, 0, count));
    left -= count;
  }
  return found;
}

function beginsElf([first]: readonly Extent[]): boolean {
  if (first?.kind !== "bytes" || first.length < 4) return false;
  const magic = new Uint8Array(4);
  first.source.read(first.offset, magic);
  return new DataView(magic.buffer).getUint32(0) === 0x7f454c46;
}
