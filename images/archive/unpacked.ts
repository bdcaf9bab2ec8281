/**
 * Decompressed bytes of an archive with random access, without holding them in memory.
 *
 * Decompression only goes forward. To go back, it restarts at the last possible point; several
 * readers at different offsets make this rare.
 *
 * @module
 */

import { firstIndex } from "../bytes/binary_search.ts";
import { CritError } from "../errors.ts";
import { type Bytes, chunksOf } from "./bytes.ts";
import type { Decompress } from "./decompress.ts";

/** Most readers, and most memory in bytes for the windows of all readers. */
const MOST_READERS = 64;
const MOST_WINDOWS = 1 << 27;
/** Least number of readers, however large their windows are. */
const FEWEST_READERS = 1;

/** Distance between kept restart points, in decompressed bytes. */
const START_DISTANCE = 1 << 20;

/** A point at which decompression can restart. */
interface Start {
  /** Offset in the compressed data, in bytes. */
  readonly packed: number;
  /** Offset in the decompressed data, in bytes. */
  readonly unpacked: number;
}

/** Decompressed bytes with random access. */
export class UnpackedBytes implements Bytes {
  /** Restart points in ascending order. */
  readonly #starts: Start[] = [{ packed: 0, unpacked: 0 }];
  /** Readers; the one used last is last. */
  #readers: UnpackingReader[] = [];
  #largestWindow = 1;
  #size: number | undefined;
  #fault: CritError | undefined;
  #isTooLarge = false;

  /**
   * @param packed the compressed data
   * @param maxSize limit on the decompressed size, in bytes
   */
  constructor(
    readonly packed: Bytes,
    readonly decompress: Decompress,
    readonly maxSize: number = Infinity,
  ) {}

  /** Total number of bytes; undefined until the end was read. */
  get size(): number | undefined {
    return this.#size;
  }

  /** The fault of the compressed data; the bytes before it are readable. */
  get fault(): CritError | undefined {
    return this.#fault;
  }

  /** Whether the data exceeds the limit, which is then the fault. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  /** Largest window of a reader so far, in bytes. */
  get windowSize(): number {
    return this.#largestWindow;
  }

  read(offset: number, into: Uint8Array): number {
    let filled = 0;
    while (filled < into.length) {
      const at = offset + filled;
      if (this.#size !== undefined && at >= this.#size) break;
      const reader = this.#readerFor(at);
      const count = this.#guarded(reader, () => reader.read(at, into.subarray(filled)));
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  /** Reads to the end, to find the size and any fault. */
  readToEnd(): void {
    let reader = this.#readers[0] ?? this.#readerFor(0);
    for (const other of this.#readers) if (other.end > reader.end) reader = other;
    while (this.#size === undefined) this.#guarded(reader, () => reader.advance());
  }

  /** Stops all readers. */
  close(): void {
    for (const reader of this.#readers) reader.close();
    this.#readers = [];
  }

  /** Runs a step of a reader; the end of its data, or a fault, is the end of these bytes. */
  #guarded(reader: UnpackingReader, step: () => number): number {
    let count = 0;
    try {
      count = step();
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      this.#fault ??= error;
    }
    if (reader.end > this.maxSize) {
      this.#isTooLarge = true;
      this.#fault = tooLarge(this.maxSize);
      count = 0;
    }
    if (count === 0) this.#size ??= reader.end;
    return count;
  }

  /** The reader that reaches an offset with the least work. */
  #readerFor(offset: number): UnpackingReader {
    const start = this.#startFor(offset);
    let best: UnpackingReader | undefined;
    for (const reader of this.#readers) {
      const isFit = reader.begin <= offset && reader.end >= start.unpacked;
      if (isFit && (best === undefined || reader.end > best.end)) best = reader;
    }
    best ??= this.#newReader(start);
    if (this.#readers.at(-1) !== best) {
      this.#readers = [...this.#readers.filter((reader) => reader !== best), best];
    }
    return best;
  }

  #newReader(start: Start): UnpackingReader {
    const affordable = Math.floor(MOST_WINDOWS / this.#largestWindow);
    const most = Math.min(Math.max(affordable, FEWEST_READERS), MOST_READERS);
    while (this.#readers.length >= most) this.#readers.shift()!.close();
    const reader: UnpackingReader = new UnpackingReader(
      this.decompress(chunksOf(this.packed, start.packed), ({ offset, windowSize }) => {
        this.#largestWindow = Math.max(this.#largestWindow, windowSize);
        this.#noteStart({ packed: start.packed + offset, unpacked: reader.end });
      }),
      start.unpacked,
    );
    return reader;
  }

  #noteStart(start: Start): void {
    const last = this.#starts.at(-1)!;
    if (start.unpacked >= last.unpacked + START_DISTANCE) this.#starts.push(start);
  }

  /** The last restart point before an offset. */
  #startFor(offset: number): Start {
    const starts = this.#starts;
    const after = firstIndex(starts.length, (index) => starts[index]!.unpacked > offset);
    return starts[Math.max(0, after - 1)]!;
  }
}

function tooLarge(maxSize: number): CritError {
  const reason = `the archive decompresses to more than ${maxSize} bytes`;
  const hint = "if it is to be trusted, allow more with --max-size";
  return new CritError("unsupported", reason, {}, hint);
}

/** Buffers of this size or more, in bytes, are not shared with other data. */
const OWN = 1 << 15;

/** Frees a chunk when the next one has arrived; the garbage collector would do so much later. */
function free({ buffer }: Uint8Array, next: Uint8Array): void {
  if (buffer === next.buffer || !(buffer instanceof ArrayBuffer)) return;
  if (buffer.byteLength >= OWN) buffer.transfer(0);
}

/** Reads decompressed bytes forward. */
class UnpackingReader {
  #chunk: Uint8Array = new Uint8Array();
  #begin: number;

  constructor(readonly chunks: Generator<Uint8Array, void, undefined>, from: number) {
    this.#begin = from;
  }

  /** Offset of the first byte that is still readable. */
  get begin(): number {
    return this.#begin;
  }

  /** Offset of the first byte that is not decompressed yet. */
  get end(): number {
    return this.#begin + this.#chunk.length;
  }

  /** Reads some bytes from an offset, which is not before {@link begin}; 0 at the end. */
  read(offset: number, into: Uint8Array): number {
    while (this.end <= offset) if (this.advance() === 0) return 0;
    const from = offset - this.#begin;
    const piece = this.#chunk.subarray(from, from + into.length);
    into.set(piece);
    return piece.length;
  }

  /** Advances to the next chunk and returns its length; 0 at the end. */
  advance(): number {
    for (;;) {
      const next = this.chunks.next();
      if (next.done) return 0;
      if (next.value.length === 0) continue;
      this.#begin = this.end;
      free(this.#chunk, next.value);
      this.#chunk = next.value;
      return next.value.length;
    }
  }

  close(): void {
    this.#chunk = new Uint8Array();
    this.chunks.return();
  }
}
