/** Lays out a core file: headers, notes, and the bytes of the segments. @module */

import { CritError } from "../errors.ts";
import { roundUp } from "./elf/bytes.ts";
import {
  type ElfTarget,
  headersSize,
  type Note,
  packHeaders,
  packNotes,
  type ProgramHeader,
  PT_LOAD,
  PT_NOTE,
} from "./elf/elf.ts";
import type { ExtentList } from "./memory.ts";
import type { Segments } from "./segments.ts";

/** A core file that is laid out and not yet written. */
export interface CoreFile {
  /** The headers and notes, padded to a whole page. */
  readonly head: Uint8Array;
  /** The contents after the head. */
  readonly extents: ExtentList;
  /** Size of the file in bytes, holes included. */
  readonly size: number;
}

/**
 * Lays out a core file as `elf_core_dump` of Linux's `fs/binfmt_elf.c` does.
 *
 * @param pageSize alignment of segments in bytes
 * @throws {CritError} `unsupported` if it is too large for a 32-bit machine's file offsets
 */
export function layOut(
  target: ElfTarget,
  notes: readonly Note[],
  segments: Segments,
  pageSize: number,
): CoreFile {
  const packedNotes = packNotes(notes, target.order);
  const notesOffset = headersSize(target, segments.count + 1);
  const dataOffset = roundUp(notesOffset + packedNotes.length, pageSize);
  const notesHeader: ProgramHeader = {
    type: PT_NOTE,
    flags: 0,
    offset: notesOffset,
    address: 0,
    fileSize: packedNotes.length,
    memorySize: 0,
    align: 4,
  };
  let offset = dataOffset;
  function* headers(): Generator<ProgramHeader> {
    yield notesHeader;
    for (const { start, protection, fileSize, memorySize } of segments) {
      const flags = segmentFlags(protection);
      yield { type: PT_LOAD, flags, offset, address: start, fileSize, memorySize, align: pageSize };
      offset += fileSize;
    }
  }
  const head = packHeaders(target, segments.count + 1, headers(), dataOffset);
  head.set(packedNotes, notesOffset);
  if (offset > (target.bits === 32 ? 0xffffffff : Number.MAX_SAFE_INTEGER)) {
    throw new CritError(
      "unsupported",
      `a ${target.bits}-bit core file cannot have ${offset} bytes`,
    );
  }
  return { head, extents: segments.extents, size: offset };
}

/** `PROT_READ` 1, `PROT_WRITE` 2 and `PROT_EXEC` 4 as `PF_R` 4, `PF_W` 2 and `PF_X` 1. */
function segmentFlags(protection: number): number {
  return (protection & 1) << 2 | protection & 2 | (protection & 4) >> 2;
}
