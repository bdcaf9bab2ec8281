/**
 * Divides zstd data into its frames, any number of which may follow one another (RFC 8878).
 *
 * The decompressor at hand takes one frame; parallel compressors write many.
 *
 * @module
 */

import { dataError } from "../errors.ts";
import { uint32At } from "../wire.ts";

const FRAME_MAGIC = 0xfd2fb528;

/** Whether data begins as zstd data does: with a frame, or with one to be skipped. */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = uint32At(bytes, 0);
  return magic === FRAME_MAGIC || isSkippable(magic);
}

function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5;
}

/**
 * The frames of zstd data, without those to be skipped, each in pieces. A frame must be read to
 * its end before the next is asked for.
 *
 * @throws {CritError} `data` when the data ends inside a frame, or something else follows one
 */
export function* zstdFrames(chunks: Iterable<Uint8Array>): Generator<Generator<Uint8Array>> {
  const queue = new ChunkQueue(chunks);
  while (!queue.isAtEnd) {
    const magic = queue.take(4);
    if (isSkippable(uint32At(magic, 0))) queue.skip(uint32At(queue.take(4), 0));
    else if (uint32At(magic, 0) === FRAME_MAGIC) yield frame(queue, magic);
    else throw dataError("the compressed data goes on with something else");
  }
}

/** A frame's magic, the rest of its header, its blocks, its checksum. */
function* frame(queue: ChunkQueue, magic: Uint8Array): Generator<Uint8Array> {
  yield magic;
  const descriptor = queue.take(1);
  yield descriptor;
  const flags = descriptor[0]!;
  const isSingle = (flags & 0x20) !== 0;
  const windowSize = isSingle ? 0 : 1;
  const dictionarySize = [0, 1, 2, 4][flags & 3]!;
  const contentSize = [isSingle ? 1 : 0, 2, 4, 8][flags >>> 6]!;
  const headerSize = windowSize + dictionarySize + contentSize;
  if (headerSize > 0) yield queue.take(headerSize);
  for (let isLast = false; !isLast;) {
    const header = queue.take(3);
    const block = header[0]! | header[1]! << 8 | header[2]! << 16;
    isLast = (block & 1) !== 0;
    yield header;
    // Of a block that repeats a byte only that byte is there.
    const size = (block >>> 1 & 3) === 1 ? 1 : block >>> 3;
    if (size > 0) yield queue.take(size);
  }
  if ((flags & 4) !== 0) yield queue.take(4);
}

/** Bytes that come in chunks, taken in other portions. */
class ChunkQueue {
  readonly #chunks: Iterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();
  #pos = 0;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  /** Whether there are no more bytes. */
  get isAtEnd(): boolean {
    while (this.#pos === this.#chunk.length) {
      const next = this.#chunks.next();
      if (next.done) return true;
      this.#chunk = next.value;
      this.#pos = 0;
    }
    return false;
  }

  /** The next `count` bytes, at most a block's 2 MiB. */
  take(count: number): Uint8Array {
    if (this.#chunk.length - this.#pos >= count) {
      return this.#chunk.subarray(this.#pos, this.#pos += count);
    }
    const bytes = new Uint8Array(count);
    this.#pass(count, (piece, at) => bytes.set(piece, at));
    return bytes;
  }

  /** Leaves out the next `count` bytes. */
  skip(count: number): void {
    this.#pass(count, () => {});
  }

  #pass(count: number, give: (piece: Uint8Array, at: number) => void): void {
    for (let at = 0; at < count;) {
      if (this.isAtEnd) throw dataError("the compressed data is cut short");
      const piece = this.#chunk.subarray(this.#pos, this.#pos + count - at);
      give(piece, at);
      at += piece.length;
      this.#pos += piece.length;
    }
  }
}
