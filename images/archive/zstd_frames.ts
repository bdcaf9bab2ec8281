/**
 * Splits zstd data into frames, which can be concatenated (RFC 8878). The decompressor takes one
 * frame at a time; parallel compressors write many.
 *
 * @module
 */

import { setUint32At, uint32At } from "../bytes/byte_order.ts";
import { dataError } from "../errors.ts";

const FRAME_MAGIC = 0xfd2fb528;

/** Whether data begins with a zstd frame, or with a skippable frame. */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = uint32At(bytes, 0);
  return magic === FRAME_MAGIC || isSkippable(magic);
}

function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5;
}

/** A frame, whose pieces must be read before the next frame is requested. */
export interface ZstdFrame {
  /** Offset in the compressed data, in bytes. */
  readonly offset: number;
  /** Window size for decompression, in bytes. */
  readonly windowSize: number;
  /** Its bytes; no piece decompresses to more than 128 KiB. */
  readonly pieces: Iterable<Uint8Array>;
}

/**
 * Yields the frames of zstd data, without skippable ones.
 *
 * @throws {CritError} `data` if the data ends inside a frame, or other data follows one
 */
export function* zstdFrames(chunks: Iterable<Uint8Array>): Generator<ZstdFrame> {
  const queue = new ChunkQueue(chunks);
  while (!queue.isAtEnd) {
    const offset = queue.offset;
    const magic = uint32At(queue.take(4), 0);
    if (isSkippable(magic)) queue.skip(uint32At(queue.take(4), 0));
    else if (magic === FRAME_MAGIC) yield frameAt(queue, offset);
    else throw dataError("the compressed data goes on with something else");
  }
}

/** Reads a frame after its magic. */
function frameAt(queue: ChunkQueue, offset: number): ZstdFrame {
  const flags = queue.take(1)[0]!;
  const isSingle = (flags & 0x20) !== 0;
  const window = isSingle ? 0 : 1;
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  const contentSize = [isSingle ? 1 : 0, 2, 4, 8][flags >>> 6]!;
  const rest = queue.take(window + dictionary + contentSize);
  const header = new Uint8Array(5 + rest.length);
  setUint32At(header, 0, FRAME_MAGIC);
  header[4] = flags;
  header.set(rest, 5);
  const windowSize = isSingle
    ? littleEndian(rest.subarray(dictionary)) + (contentSize === 2 ? 256 : 0)
    : (1 + (rest[0]! & 7) / 8) * 2 ** (10 + (rest[0]! >>> 3));
  return { offset, windowSize, pieces: piecesOf(queue, header, (flags & 4) !== 0) };
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** Yields a frame's header, its blocks, and its checksum. */
function* piecesOf(
  queue: ChunkQueue,
  header: Uint8Array,
  hasChecksum: boolean,
): Generator<Uint8Array> {
  yield header;
  for (let isLast = false; !isLast;) {
    const blockHeader = queue.take(3);
    const block = blockHeader[0]! | blockHeader[1]! << 8 | blockHeader[2]! << 16;
    isLast = (block & 1) !== 0;
    yield blockHeader;
    // A block that repeats a byte contains only that byte.
    const size = (block >>> 1 & 3) === 1 ? 1 : block >>> 3;
    if (size > 0) yield queue.take(size);
  }
  if (hasChecksum) yield queue.take(4);
}

/** Splits chunks into other portions. */
class ChunkQueue {
  readonly #chunks: Iterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();
  #pos = 0;
  /** Number of bytes in the chunks before this one. */
  #earlier = 0;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  /** Number of bytes taken or skipped. */
  get offset(): number {
    return this.#earlier + this.#pos;
  }

  /** Whether there are no more bytes. */
  get isAtEnd(): boolean {
    while (this.#pos === this.#chunk.length) {
      const next = this.#chunks.next();
      if (next.done) return true;
      this.#earlier += this.#chunk.length;
      this.#chunk = next.value;
      this.#pos = 0;
    }
    return false;
  }

  /** Takes the next `count` bytes, at most a block of 2 MiB. */
  take(count: number): Uint8Array {
    if (this.#chunk.length - this.#pos >= count) {
      return this.#chunk.subarray(this.#pos, this.#pos += count);
    }
    const bytes = new Uint8Array(count);
    this.#pass(count, (piece, at) => bytes.set(piece, at));
    return bytes;
  }

  /** Skips the next `count` bytes. */
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
