/**
 * What an archive's parts are read through.
 *
 * @module
 */

/** Bytes that can be read from any place. */
export interface Bytes {
  /**
   * Reads from an offset on and returns how many bytes there are, fewer than `into` has room for
   * only at the end.
   */
  read(offset: number, into: Uint8Array): number;
}

/** What is read of a file at a time, in bytes. */
const CHUNK = 1 << 18;

/** Bytes from an offset to the end in chunks, each of which is valid until the next. */
export function* chunksOf(bytes: Bytes, from: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK);
  for (let at = from;;) {
    const count = bytes.read(at, buffer);
    if (count > 0) yield buffer.subarray(0, count);
    if (count < buffer.length) return;
    at += count;
  }
}

/**
 * At most `count` bytes from an offset on; room for them is made as they come, because a count may
 * be a lie.
 */
export function readUpTo(bytes: Bytes, offset: number, count: number): Uint8Array {
  let all = new Uint8Array(Math.min(count, CHUNK));
  let filled = 0;
  for (;;) {
    const read = bytes.read(offset + filled, all.subarray(filled));
    filled += read;
    if (filled < all.length || filled === count) return all.subarray(0, filled);
    const grown = new Uint8Array(Math.min(count, all.length * 2));
    grown.set(all);
    all = grown;
  }
}
