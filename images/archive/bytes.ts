/**
 * Bytes with random access.
 *
 * {@link Bytes} may be a compressed stream whose size is unknown. {@link SizedBytes} have a size,
 * and an `ImageFile` (dump/source.ts) also has a name. A `ByteSource` (coredump/memory.ts) throws
 * if bytes are missing. A `SyncReader` (bytes/io.ts) reads forward.
 *
 * @module
 */

/** Bytes that can be read from any offset. */
export interface Bytes {
  /**
   * Reads from an offset on, and returns the number of bytes, which is less than the length of
   * `into` only at the end.
   */
  read(offset: number, into: Uint8Array): number;
}

/** Bytes of a known size; disposing of them closes the file that they belong to. */
export interface SizedBytes extends Bytes, Disposable {
  /** In bytes. */
  readonly size: number;
}

/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

/** Yields the bytes from an offset to the end in chunks, each valid until the next is read. */
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
 * Reads at most `count` bytes from an offset on. The buffer grows as bytes arrive, because `count`
 * is untrusted.
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
