/**
 * The build id of an ELF file: a hash that the linker left in the note NT_GNU_BUILD_ID.
 *
 * @module
 */

import { roundUp } from "./elf/bytes.ts";
import { PT_NOTE } from "./elf/elf.ts";
import type { ByteSource } from "./memory.ts";

const NT_GNU_BUILD_ID = 3;
/** More than any real file has, in bytes. */
const NOTES_LIMIT = 1 << 20;
const HEADERS_LIMIT = 1 << 16;

/**
 * The build id; undefined when the file is no ELF file or has none.
 *
 * @param size of the file in bytes
 */
export function buildIdOf(file: ByteSource, size: number): Uint8Array | undefined {
  if (size < 64) return undefined;
  const head = readView(file, 0, 64);
  if (head.getUint32(0) !== 0x7f454c46) return undefined;
  const is64 = head.getUint8(4) === 2;
  const isLittle = head.getUint8(5) === 1;
  const tableOffset = is64 ? Number(head.getBigUint64(32, isLittle)) : head.getUint32(28, isLittle);
  const entrySize = head.getUint16(is64 ? 54 : 42, isLittle);
  const count = head.getUint16(is64 ? 56 : 44, isLittle);
  const tableSize = entrySize * count;
  if (entrySize < (is64 ? 56 : 32) || tableSize > HEADERS_LIMIT || tableOffset + tableSize > size) {
    return undefined;
  }
  const table = readView(file, tableOffset, tableSize);
  for (let at = 0; at < tableSize; at += entrySize) {
    if (table.getUint32(at, isLittle) !== PT_NOTE) continue;
    const [offset, length, align] = is64
      ? [8, 32, 48].map((field) => Number(table.getBigUint64(at + field, isLittle)))
      : [4, 16, 28].map((field) => table.getUint32(at + field, isLittle));
    if (length! > NOTES_LIMIT || offset! + length! > size) continue;
    const id = findInNotes(readView(file, offset!, length!), isLittle, align === 8 ? 8 : 4);
    if (id !== undefined) return id;
  }
  return undefined;
}

function findInNotes(notes: DataView, isLittle: boolean, align: number): Uint8Array | undefined {
  for (let at = 0; at + 12 <= notes.byteLength;) {
    const nameSize = notes.getUint32(at, isLittle);
    const idSize = notes.getUint32(at + 4, isLittle);
    const type = notes.getUint32(at + 8, isLittle);
    const id = roundUp(at + 12 + nameSize, align);
    if (id + idSize > notes.byteLength) return undefined;
    const isGnu = nameSize === 4 && notes.getUint32(at + 12) === 0x474e5500;
    if (type === NT_GNU_BUILD_ID && isGnu) {
      return new Uint8Array(notes.buffer, notes.byteOffset + id, idSize);
    }
    at = roundUp(id + idSize, align);
  }
  return undefined;
}

function readView(file: ByteSource, offset: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  file.read(offset, bytes);
  return new DataView(bytes.buffer);
}
