/**
 * A core file from its parts: headers, notes, then the segments' bytes.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { roundUp } from "./bytes.ts";
import {
  type ElfTarget,
  headersSize,
  type Note,
  packHeaders,
  packNotes,
  type ProgramHeader,
  PT_LOAD,
  PT_NOTE,
} from "./elf.ts";
import { type Extent, join, type Segment } from "./memory.ts";

/** A core file that is laid out but not yet written. */
export interface CoreFile {
  /** The headers and notes, padded to a whole page. */
  readonly head: Uint8Array;
  /** What follows the head, in file order; none of it absent. */
  readonly extents: readonly Extent[];
  /** Size of the file in bytes, holes included. */
  readonly size: number;
}

/**
 * Lays out a core file as `elf_core_dump` of Linux's `fs/binfmt_elf.c` does.
 *
 * @param pageSize unit in bytes to which segments are aligned
 * @throws {CritError} `unsupported` when it is too large for a 32-bit machine's file offsets
 */
export function layOut(
  target: ElfTarget,
  notes: readonly Note[],
  segments: readonly Segment[],
  pageSize: number,
): CoreFile {
  const packedNotes = packNotes(notes, target.order);
  const notesOffset = headersSize(target, segments.length + 1);
  const dataOffset = roundUp(notesOffset + packedNotes.length, pageSize);
  const headers: ProgramHeader[] = [{
    type: PT_NOTE,
    flags: 0,
    offset: notesOffset,
    address: 0n,
    fileSize: packedNotes.length,
    memorySize: 0,
    align: 4,
  }];
  let offset = dataOffset;
  for (const { start, protection, fileSize, memorySize } of segments) {
    headers.push({
      type: PT_LOAD,
      flags: segmentFlags(protection),
      offset,
      address: start,
      fileSize,
      memorySize,
      align: pageSize,
    });
    offset += fileSize;
  }
  if (offset > (target.bits === 32 ? 0xffffffff : Number.MAX_SAFE_INTEGER)) {
    throw new CritError(
      "unsupported",
      `a ${target.bits}-bit core file cannot have ${offset} bytes`,
    );
  }
  const head = new Uint8Array(dataOffset);
  head.set(packHeaders(target, headers));
  head.set(packedNotes, notesOffset);
  const extents = join(segments.flatMap((segment) => segment.extents));
  return { head, extents, size: offset };
}

/** `PROT_READ` 1, `PROT_WRITE` 2 and `PROT_EXEC` 4 as `PF_R` 4, `PF_W` 2 and `PF_X` 1. */
function segmentFlags(protection: number): number {
  return (protection & 1) << 2 | protection & 2 | (protection & 4) >> 2;
}
