/**
 * Words as they lie in a machine's memory. CRIU writes the framing of images so, and some fields
 * and extras hold such words; protobuf's own fixed32 and fixed64 are little-endian everywhere.
 *
 * @module
 */

/** Reads a u32, little-endian. */
export function uint32At(bytes: Uint8Array, pos: number): number {
  return (bytes[pos]! | bytes[pos + 1]! << 8 | bytes[pos + 2]! << 16 | bytes[pos + 3]! << 24) >>> 0;
}

/** Writes a u32, little-endian. */
export function setUint32At(bytes: Uint8Array, pos: number, value: number): void {
  bytes[pos] = value;
  bytes[pos + 1] = value >>> 8;
  bytes[pos + 2] = value >>> 16;
  bytes[pos + 3] = value >>> 24;
}

/** Little-endian or big-endian. */
export type ByteOrder = "little" | "big";

/** Byte order of the machine that this runs on. */
export const OWN_ORDER: ByteOrder = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
  ? "little"
  : "big";

/** A 32-bit number with its bytes in reverse. */
export function swapped32(value: number): number {
  return (value << 24 | (value & 0xff00) << 8 | value >>> 8 & 0xff00 | value >>> 24) >>> 0;
}

/** Reads a u32. */
export function wordAt(bytes: Uint8Array, pos: number, order: ByteOrder): number {
  const word = uint32At(bytes, pos);
  return order === "little" ? word : swapped32(word);
}

/** Writes a u32. */
export function setWordAt(bytes: Uint8Array, pos: number, value: number, order: ByteOrder): void {
  setUint32At(bytes, pos, order === "little" ? value : swapped32(value));
}

/** Bytes as u16 numbers. */
export function numbersOf(bytes: Uint8Array, order: ByteOrder): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from(
    { length: bytes.length / 2 },
    (_, i) => view.getUint16(i * 2, order === "little"),
  );
}

/** u16 numbers as bytes. */
export function numberBytes(numbers: readonly number[], order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [i, number] of numbers.entries()) view.setUint16(i * 2, number, order === "little");
  return bytes;
}
