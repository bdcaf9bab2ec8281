/** The bytes of a core file in order, with runs of zeros as lengths. @module */

import { alignedBytes } from "../bytes/aligned_bytes.ts";
import { isZeroPage } from "../bytes/bytes.ts";
import type { CoreFile } from "./core_file.ts";
import type { ByteSource, ExtentList } from "./memory.ts";

/**
 * A run of bytes, valid until the run after the next is requested, so that it may still be written
 * while the next is read; or the length of a run of zeros.
 */
export type ByteRun = Uint8Array<ArrayBufferLike> | number;

/** Bytes that are read at a time; twice as many are held. */
const BUFFER_SIZE = 1 << 21;

/** Buffers that no core file uses. */
let spare: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] | undefined;

/**
 * Two buffers that are filled in turn. Released buffers serve the next core file: new ones for each
 * of thousands would be 4 MiB of garbage each.
 */
export class CopyBuffers implements Disposable {
  /** The buffers. */
  readonly pair: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];

  constructor() {
    this.pair = spare ?? [alignedBytes(BUFFER_SIZE), alignedBytes(BUFFER_SIZE)];
    spare = undefined;
  }

  /** Releases the buffers; their contents must not be used afterwards. */
  [Symbol.dispose](): void {
    spare = this.pair;
  }
}

/**
 * Yields a core file as runs. Pages of zeros are part of a run of zeros, whatever their origin; no
 * two runs of zeros are adjacent.
 *
 * @param pageSize in bytes; a multiple of 32
 * @param buffers receive the bytes; new ones unless given
 */
export function* runsOf(
  file: CoreFile,
  pageSize: number,
  buffers: CopyBuffers = new CopyBuffers(),
): Generator<ByteRun> {
  yield file.head;
  let zeros = 0;
  for (const piece of piecesOf(file.extents, buffers)) {
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

/**
 * Yields the bytes of extents, and the lengths of zeros.
 *
 * Bytes that are adjacent in a source are read at once, and bytes that are adjacent in the core
 * file are yielded at once.
 */
function* piecesOf(
  extents: ExtentList,
  { pair }: CopyBuffers,
): Generator<Uint8Array | number> {
  let [buffer, other] = pair;
  for (let index = 0, done = 0; index < extents.count;) {
    const reader = new Reader(buffer);
    /** Lengths of pieces in file order; those of zeros are negative. */
    const pieces: number[] = [];
    while (index < extents.count && reader.filled < BUFFER_SIZE) {
      const source = extents.sourceAt(index);
      const left = extents.lengthAt(index) - done;
      const length = source === undefined ? left : Math.min(left, BUFFER_SIZE - reader.filled);
      if (source === undefined) pieces.push(-length);
      else {
        reader.add(source, extents.offsetAt(index) + done, length);
        const isAfterBytes = (pieces.at(-1) ?? 0) > 0;
        if (isAfterBytes) pieces[pieces.length - 1]! += length;
        else pieces.push(length);
      }
      done = length === left ? 0 : done + length;
      if (done === 0) index++;
    }
    reader.finish();
    let at = 0;
    for (const length of pieces) {
      if (length < 0) yield -length;
      else yield buffer.subarray(at, at += length);
    }
    [buffer, other] = [other, buffer];
  }
}

/** Fills a buffer from sources with few reads. */
class Reader {
  /** Number of bytes that the buffer will have. */
  filled = 0;
  #source: ByteSource | undefined;
  /** Offset of the next read in its source, and its position in the buffer. */
  #offset = 0;
  #from = 0;

  constructor(readonly buffer: Uint8Array) {}

  /** Schedules a read after the bytes of the buffer; {@link Reader.finish} completes it. */
  add(source: ByteSource, offset: number, length: number): void {
    const goesOn = source === this.#source && offset === this.#offset + this.filled - this.#from;
    if (!goesOn) {
      this.#read();
      this.#source = source;
      this.#offset = offset;
      this.#from = this.filled;
    }
    this.filled += length;
  }

  /** Does the pending read. */
  finish(): void {
    this.#read();
  }

  #read(): void {
    this.#source?.read(this.#offset, this.buffer.subarray(this.#from, this.filled));
  }
}
