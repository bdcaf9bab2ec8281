/**
 * The build id of a program or library, as its linker put it into a note.
 *
 * @module
 */

/** Reads bytes of a file at an offset; gives fewer at its end. */
export type ReadAt = (offset: number, size: number) => Uint8Array;

/** As much of a file as CRIU looks at, in bytes (BUILD_ID_MAP_SIZE). */
const LOOKED_AT = 1 << 20;
/** \x7fELF */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const HEADER_SIZE = 64;
const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
/** `GNU` and a zero. */
const GNU = [0x47, 0x4e, 0x55, 0];
/** Most program headers and bytes of notes that are looked at. */
const MOST_HEADERS = 256;
const MOST_NOTES = 1 << 16;

/** Bytes of an ELF file's build id; undefined for another file, or one without. */
export function buildIdOf(read: ReadAt): Uint8Array | undefined {
  const header = read(0, HEADER_SIZE);
  if (header.length < 52 || MAGIC.some((byte, i) => header[i] !== byte)) return undefined;
  const is64 = header[4] === 2;
  const little = header[5] === 1;
  const view = viewOf(header);
  if (is64 && header.length < HEADER_SIZE) return undefined;
  const offset = is64 ? Number(view.getBigUint64(32, little)) : view.getUint32(28, little);
  const size = view.getUint16(is64 ? 54 : 42, little);
  const count = Math.min(view.getUint16(is64 ? 56 : 44, little), MOST_HEADERS);
  if (size < (is64 ? 56 : 32) || offset > LOOKED_AT) return undefined;
  const headers = read(offset, size * count);
  for (let at = 0; at + size <= headers.length; at += size) {
    const program = viewOf(headers.subarray(at, at + size));
    if (program.getUint32(0, little) !== PT_NOTE) continue;
    const from = is64 ? Number(program.getBigUint64(8, little)) : program.getUint32(4, little);
    const bytes = is64 ? Number(program.getBigUint64(32, little)) : program.getUint32(16, little);
    if (from > LOOKED_AT) continue;
    const id = inNotes(read(from, Math.min(bytes, MOST_NOTES)), little);
    if (id !== undefined) return id;
  }
  return undefined;
}

function inNotes(notes: Uint8Array, little: boolean): Uint8Array | undefined {
  const view = viewOf(notes);
  const padded = (size: number) => (size + 3) & ~3;
  for (let at = 0; at + 12 <= notes.length;) {
    const nameSize = view.getUint32(at, little);
    const size = view.getUint32(at + 4, little);
    const type = view.getUint32(at + 8, little);
    const name = at + 12;
    const from = name + padded(nameSize);
    if (from + size > notes.length) return undefined;
    const isGnu = nameSize === GNU.length && GNU.every((byte, i) => notes[name + i] === byte);
    if (isGnu && type === NT_GNU_BUILD_ID) return notes.slice(from, from + size);
    at = from + padded(size);
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes that a REG file's words of `build_id` stand for: each is four bytes, little-endian. */
export function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = viewOf(bytes);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  return bytes;
}

/** `4bd0…`: bytes in hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
