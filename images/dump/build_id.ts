/**
 * The build id of an ELF file: a hash that the linker left in the note NT_GNU_BUILD_ID.
 *
 * @module
 */

import type { Bytes } from "../archive/bytes.ts";
import { type ByteOrder, setWordAt } from "../bytes/byte_order.ts";
import { filePartsOf, PT_NOTE, viewOf } from "./program_headers.ts";

const NT_GNU_BUILD_ID = 3;
/** `GNU` and a zero. */
const GNU = 0x474e5500;
/** Most bytes of notes that are read; no real file has as many. */
const MOST_NOTES = 1 << 20;

/**
 * The build id; undefined if the file is no ELF file or has none.
 *
 * @param within number of bytes at the beginning of the file to search
 */
export function buildIdOf(file: Bytes, within = Infinity): Uint8Array | undefined {
  for (const { type, offset, fileSize, align, isLittle } of filePartsOf(file, within)) {
    if (type !== PT_NOTE || offset > within || fileSize > MOST_NOTES) continue;
    const id = idIn(viewOf(file, offset, fileSize), isLittle, align === 8 ? 8 : 4);
    if (id !== undefined) return id;
  }
  return undefined;
}

function idIn(notes: DataView, isLittle: boolean, align: number): Uint8Array | undefined {
  for (let at = 0; at + 12 <= notes.byteLength;) {
    const nameSize = notes.getUint32(at, isLittle);
    const size = notes.getUint32(at + 4, isLittle);
    const type = notes.getUint32(at + 8, isLittle);
    const from = padded(at + 12 + nameSize, align);
    if (from + size > notes.byteLength) return undefined;
    const isGnu = nameSize === 4 && notes.getUint32(at + 12) === GNU;
    if (type === NT_GNU_BUILD_ID && isGnu) {
      return new Uint8Array(notes.buffer, notes.byteOffset + from, size);
    }
    at = padded(from + size, align);
  }
  return undefined;
}

/** The next multiple of `align`. */
function padded(size: number, align: number): number {
  return Math.ceil(size / align) * align;
}

/** The bytes of a REG file's `build_id`, which CRIU stores as words of the machine. */
export function bytesOfWords(words: readonly number[], order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  for (const [i, word] of words.entries()) setWordAt(bytes, i * 4, word, order);
  return bytes;
}

/** Whether a file's build id equals that of a dump, whose last word may be padded. */
export function isSameBuild(found: Uint8Array, dumped: Uint8Array): boolean {
  return found.length > dumped.length - 4 && found.every((byte, i) => byte === dumped[i]);
}
