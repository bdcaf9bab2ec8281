/**
 * A core file's bytes in their order, with runs of zeros as what they are: a length.
 *
 * @module
 */

import type { CoreFile } from "./core_file.ts";
import type { ByteSource, Extent } from "./memory.ts";

/** A run of bytes, valid until the next one is asked for; or the length of a run of zeros. */
export type Run = Uint8Array<ArrayBufferLike> | number;

/** Bytes that are held at a time. */
const BUFFER_SIZE = 1 << 20;

/**
 * All of a core file as runs. Whole pages of zeros are part of a run of zeros, whatever their
 * origin; no two runs of zeros follow each other.
 *
 * @param pageSize in bytes; a multiple of 4
 */
export function* runsOf(file: CoreFile, pageSize: number): Generator<Run> {
  yield file.head;
  let zeros = 0;
  for (const piece of piecesOf(file.extents)) {
    if (typeof piece === "number") {
      zeros += piece;
      continue;
    }
    for (let from = 0; from < piece.length;) {
      const isZero = isZeroPage(piece, from, pageSize);
      let to = from + pageSize;
      while (to < piece.length && isZeroPage(piece, to, pageSize) === isZero) to += pageSize;
      to = Math.min(to, piece.length);
      if (isZero) {
        zeros += to - from;
      } else {
        if (zeros > 0) yield zeros;
        zeros = 0;
        yield piece.subarray(from, to);
      }
      from = to;
    }
  }
  if (zeros > 0) yield zeros;
}

/** Whether a page, which begins at a multiple of 4, is there as a whole and has only zeros. */
export function isZeroPage(bytes: Uint8Array, from: number, pageSize: number): boolean {
  if (bytes[from] !== 0 || from + pageSize > bytes.length) return false;
  if ((bytes.byteOffset + from) % 4 !== 0) return false;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from, pageSize / 4);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

/**
 * The bytes of extents. Extents whose bytes follow each other in their source are read together,
 * even where they do not in memory: that is how a process's pages lie in a dump.
 */
function* piecesOf(extents: readonly Extent[]): Generator<Uint8Array | number> {
  const buffer = new Uint8Array(BUFFER_SIZE);
  /** What the buffer holds: bytes of this source, from here to there. */
  let source: ByteSource | undefined;
  let from = 0;
  let to = 0;
  for (let index = 0; index < extents.length; index++) {
    const extent = extents[index]!;
    if (extent.kind !== "bytes") {
      yield extent.length;
      continue;
    }
    for (let done = 0; done < extent.length;) {
      const offset = extent.offset + done;
      if (source !== extent.source || offset < from || offset >= to) {
        const length = wanted(extents, index, done);
        extent.source.read(offset, buffer.subarray(0, length));
        source = extent.source;
        from = offset;
        to = offset + length;
      }
      const count = Math.min(extent.length - done, to - offset);
      yield buffer.subarray(offset - from, offset - from + count);
      done += count;
    }
  }
}

/**
 * How many bytes to read for the extent at `index` of which `done` are written: up to the
 * buffer's size, of this extent and those that go on in the source where the last ends.
 */
function wanted(extents: readonly Extent[], index: number, done: number): number {
  const first = extents[index]!;
  if (first.kind !== "bytes") return 0;
  let length = first.length - done;
  for (let next = index + 1; next < extents.length && length < BUFFER_SIZE; next++) {
    const extent = extents[next]!;
    if (extent.kind !== "bytes") continue;
    const end = first.offset + done + length;
    if (extent.source !== first.source || extent.offset !== end) break;
    length += extent.length;
  }
  return Math.min(length, BUFFER_SIZE);
}
