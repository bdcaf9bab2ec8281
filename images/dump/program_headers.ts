/**
 * The program headers of an ELF file, as the ELF specification (gABI 4.1, chapter 5) and `<elf.h>`
 * lay them out.
 *
 * @module
 */

import { type Bytes, readUpTo } from "../archive/bytes.ts";

/** \x7fELF */
const MAGIC = 0x7f454c46;
const HEADER_SIZE = 64;
/** Most bytes of program headers that are read; no real file has as many. */
const MOST_HEADERS = 1 << 16;

/** `p_type`: a part of memory. */
export const PT_LOAD = 1;
/** `p_type`: notes. */
export const PT_NOTE = 4;

/** A part of an ELF file. Sizes and places are in bytes. */
export interface FilePart {
  /** `p_type`. */
  readonly type: number;
  /** Where it begins in the file. */
  readonly offset: number;
  /** Size in the file. */
  readonly fileSize: number;
  /** Size in memory. */
  readonly memorySize: number;
  readonly align: number;
  /** Byte order of the file. */
  readonly isLittle: boolean;
}

/**
 * The parts of a file by its program headers; none if it is not an ELF file.
 *
 * @param within number of bytes at the beginning of the file to search
 */
export function filePartsOf(file: Bytes, within = Infinity): FilePart[] {
  const head = viewOf(file, 0, HEADER_SIZE);
  if (head.byteLength < HEADER_SIZE || head.getUint32(0) !== MAGIC) return [];
  const is64 = head.getUint8(4) === 2;
  const isLittle = head.getUint8(5) === 1;
  const offset = is64 ? Number(head.getBigUint64(32, isLittle)) : head.getUint32(28, isLittle);
  const size = head.getUint16(is64 ? 54 : 42, isLittle);
  const count = head.getUint16(is64 ? 56 : 44, isLittle);
  if (size < (is64 ? 56 : 32) || size * count > MOST_HEADERS || offset > within) return [];
  const headers = viewOf(file, offset, size * count);
  const parts: FilePart[] = [];
  for (let at = 0; at + size <= headers.byteLength; at += size) {
    const [from, fileSize, memorySize, align] = is64
      ? [8, 32, 40, 48].map((field) => Number(headers.getBigUint64(at + field, isLittle)))
      : [4, 16, 20, 28].map((field) => headers.getUint32(at + field, isLittle));
    parts.push({
      type: headers.getUint32(at, isLittle),
      offset: from!,
      fileSize: fileSize!,
      memorySize: memorySize!,
      align: align!,
      isLittle,
    });
  }
  return parts;
}

/** Up to `count` bytes from an offset on. */
export function viewOf(file: Bytes, offset: number, count: number): DataView {
  const bytes = readUpTo(file, offset, count);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
