/** The parts of an ELF core file (gABI 4.1, chapters 4 and 5, and `<elf.h>`). @module */

import type { ByteOrder } from "../../bytes/byte_order.ts";
import { roundUp, StructWriter } from "./bytes.ts";

/** Properties of the machine in the ELF header. */
export interface ElfTarget {
  /** `e_machine`: an `EM_` number. */
  readonly machine: number;
  /** Width of addresses: `ELFCLASS32` or `ELFCLASS64`. */
  readonly bits: 32 | 64;
  readonly order: ByteOrder;
  /** `e_flags`: the variant of the ABI on some machines. */
  readonly flags: number;
}

export { PT_LOAD, PT_NOTE } from "../../dump/program_headers.ts";

/** A program header. */
export interface ProgramHeader {
  readonly type: number;
  /** Permissions: 4 read, 2 write, 1 execute. */
  readonly flags: number;
  /** Offset in the file. */
  readonly offset: number;
  /** Address in memory. */
  readonly address: number;
  /** Bytes in the file. */
  readonly fileSize: number;
  /** Bytes in memory, not less than in the file. */
  readonly memorySize: number;
  readonly align: number;
}

const ET_CORE = 4;
/**
 * `e_phnum` of a file with this number of program headers or more; section header 0 has their
 * number.
 */
const PN_XNUM = 0xffff;
const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const EV_CURRENT = 1;
/** Sizes of the ELF header, a program header and a section header in bytes. */
const SIZES = { 32: [52, 32, 40], 64: [64, 56, 64] } as const;

/**
 * Size of the ELF header with `count` program headers and the section header that they may need.
 */
export function headersSize(target: ElfTarget, count: number): number {
  const [header, program, section] = SIZES[target.bits];
  return header + program * count + (count >= PN_XNUM ? section : 0);
}

/**
 * Packs the ELF header, `count` program headers, and section header 0 if their number needs it.
 *
 * @param size bytes to return, padded with zeros; at least {@link headersSize}
 */
export function packHeaders(
  target: ElfTarget,
  count: number,
  headers: Iterable<ProgramHeader>,
  size: number,
): Uint8Array<ArrayBuffer> {
  const writer = new StructWriter(size, target.order);
  packElfHeader(writer, target, count);
  for (const header of headers) packProgramHeader(writer, target, header);
  if (count >= PN_XNUM) packSectionHeader(writer, target, count);
  return writer.bytes;
}

function packElfHeader(writer: StructWriter, target: ElfTarget, count: number): void {
  const [headerSize, programSize, sectionSize] = SIZES[target.bits];
  const word = target.bits / 8;
  const isExtended = count >= PN_XNUM;
  const elfClass = target.bits === 32 ? 1 : 2;
  const data = target.order === "little" ? 1 : 2;
  writer.all(1, [...MAGIC, elfClass, data, EV_CURRENT]);
  writer.pos = 16;
  writer.all(2, [ET_CORE, target.machine]);
  writer.unsigned(4, EV_CURRENT);
  const sections = isExtended ? headerSize + programSize * count : 0;
  writer.all(word, [0, headerSize, sections]);
  writer.unsigned(4, target.flags);
  writer.all(2, [headerSize, programSize, isExtended ? PN_XNUM : count]);
  writer.all(2, isExtended ? [sectionSize, 1, 0] : [0, 0, 0]);
}

function packProgramHeader(writer: StructWriter, target: ElfTarget, header: ProgramHeader): void {
  const { type, flags, offset, address, fileSize, memorySize, align } = header;
  if (target.bits === 64) {
    writer.all(4, [type, flags]);
    writer.all(8, [offset, address, 0, fileSize, memorySize, align]);
  } else {
    writer.all(4, [type, offset, address, 0, fileSize, memorySize, flags, align]);
  }
}

/** Packs a section header of type `SHT_NULL` with the number of program headers in `sh_info`. */
function packSectionHeader(writer: StructWriter, target: ElfTarget, count: number): void {
  const word = target.bits / 8;
  writer.all(4, [0, 0]);
  // sh_flags, sh_addr, sh_offset, then sh_size: the number of section headers.
  writer.all(word, [0, 0, 0, 1]);
  writer.all(4, [0, count]);
  writer.all(word, [0, 0]);
}

/** A note: its owner's name, a type that the owner defines, and the bytes of its description. */
export interface Note {
  readonly owner: string;
  readonly type: number;
  readonly description: Uint8Array;
}

/** Packs notes, each part padded to 4 bytes, as in all of Linux's core files. */
export function packNotes(notes: readonly Note[], order: ByteOrder): Uint8Array<ArrayBuffer> {
  const size = notes.reduce((sum, note) => sum + noteSize(note), 0);
  const writer = new StructWriter(size, order);
  for (const { owner, type, description } of notes) {
    const name = new TextEncoder().encode(`${owner}\0`);
    writer.all(4, [name.length, description.length, type]);
    writer.raw(name);
    writer.pos = roundUp(writer.pos, 4);
    writer.raw(description);
    writer.pos = roundUp(writer.pos, 4);
  }
  return writer.bytes;
}

function noteSize({ owner, description }: Note): number {
  return 12 + roundUp(owner.length + 1, 4) + roundUp(description.length, 4);
}
