/**
 * Reads core files back, sharing nothing with what writes them.
 *
 * @module
 */

import { equal, ok } from "node:assert/strict";

/** A note as it stands in the file. */
export interface ReadNote {
  owner: string;
  type: number;
  view: DataView;
}

/** A PT_LOAD segment. */
export interface ReadSegment {
  flags: number;
  offset: number;
  address: bigint;
  fileSize: number;
  memorySize: number;
  align: number;
}

/** A core file, taken apart. */
export interface ReadCore {
  bytes: Uint8Array;
  is64: boolean;
  isLittle: boolean;
  machine: number;
  flags: number;
  notes: ReadNote[];
  segments: ReadSegment[];
}

/** Takes a core file apart; fails where it is not as the ELF specification has it. */
export function readCore(bytes: Uint8Array<ArrayBuffer>): ReadCore {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  equal(view.getUint32(0), 0x7f454c46, "the ELF magic");
  const is64 = bytes[4] === 2;
  const isLittle = bytes[5] === 1;
  const u16 = (at: number) => view.getUint16(at, isLittle);
  const u32 = (at: number) => view.getUint32(at, isLittle);
  const word = (at: number) => is64 ? Number(view.getBigUint64(at, isLittle)) : u32(at);
  equal(bytes[6], 1, "EI_VERSION");
  equal(u16(16), 4, "e_type: ET_CORE");
  equal(u32(20), 1, "e_version");
  const table = word(is64 ? 32 : 28);
  const sections = word(is64 ? 40 : 32);
  equal(u16(is64 ? 52 : 40), is64 ? 64 : 52, "e_ehsize");
  equal(u16(is64 ? 54 : 42), is64 ? 56 : 32, "e_phentsize");
  let count = u16(is64 ? 56 : 44);
  if (count === 0xffff) {
    equal(u16(is64 ? 60 : 48), 1, "e_shnum");
    equal(u16(is64 ? 58 : 46), is64 ? 64 : 40, "e_shentsize");
    equal(word(sections + (is64 ? 32 : 20)), 1, "sh_size");
    count = u32(sections + (is64 ? 44 : 28));
    ok(count >= 0xffff, "sh_info");
  } else {
    equal(sections, 0, "e_shoff");
  }
  const notes: ReadNote[] = [];
  const segments: ReadSegment[] = [];
  for (let i = 0; i < count; i++) {
    const at = table + i * (is64 ? 56 : 32);
    const offset = word(at + (is64 ? 8 : 4));
    const fileSize = word(at + (is64 ? 32 : 16));
    const memorySize = word(at + (is64 ? 40 : 20));
    ok(offset + fileSize <= bytes.length, `program header ${i} lies in the file`);
    if (u32(at) === 4) {
      notes.push(...readNotes(view, offset, fileSize, isLittle));
      continue;
    }
    equal(u32(at), 1, "p_type: PT_LOAD");
    const address = is64 ? view.getBigUint64(at + 16, isLittle) : BigInt(u32(at + 8));
    const align = word(at + (is64 ? 48 : 28));
    equal(address % BigInt(align), BigInt(offset % align), "p_offset fits p_vaddr");
    ok(fileSize <= memorySize, "p_filesz");
    const flags = u32(at + (is64 ? 4 : 24));
    segments.push({ flags, offset, address, fileSize, memorySize, align });
  }
  const machine = u16(18);
  const flags = u32(is64 ? 48 : 36);
  return { bytes, is64, isLittle, machine, flags, notes, segments };
}

function readNotes(view: DataView, offset: number, size: number, isLittle: boolean): ReadNote[] {
  const notes: ReadNote[] = [];
  const end = offset + size;
  for (let at = offset; at < end;) {
    const nameSize = view.getUint32(at, isLittle);
    const length = view.getUint32(at + 4, isLittle);
    const type = view.getUint32(at + 8, isLittle);
    const start = at + 12 + (nameSize + 3 & ~3);
    const name = new Uint8Array(view.buffer, view.byteOffset + at + 12, nameSize);
    equal(name.at(-1), 0, "a note's owner ends with 0");
    const owner = new TextDecoder().decode(name.subarray(0, -1));
    notes.push({ owner, type, view: new DataView(view.buffer, view.byteOffset + start, length) });
    at = start + (length + 3 & ~3);
    ok(at <= end, "the notes end where their segment ends");
  }
  return notes;
}

/** The bytes of memory in the file from an address on; undefined where it has not all of them. */
export function memoryAt(core: ReadCore, address: bigint, length: number): Uint8Array | undefined {
  for (const segment of core.segments) {
    const from = Number(address - segment.address);
    if (from < 0 || from + length > segment.fileSize) continue;
    return core.bytes.subarray(segment.offset + from, segment.offset + from + length);
  }
  return undefined;
}
