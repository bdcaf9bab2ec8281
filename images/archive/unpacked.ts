/**
 * The decompressed bytes of a compressed archive, read from any place without being held.
 *
 * Compressed data goes forward only. To go back, it is decompressed once more from the last place
 * where that can begin; several readers, each with a place of its own, keep that rare.
 *
 * @module
 */

import { firstIndex } from "../bytes/binary_search.ts";
import { CritError } from "../errors.ts";
import { type Bytes, chunksOf } from "./bytes.ts";
import type { Decompress } from "./decompress.ts";

/** Most readers, and most memory in bytes that all of them may hold to look back into. */
const MOST_READERS = 64;
const MOST_WINDOWS = 1 << 27;
/** Fewest readers, however much each holds. */
const FEWEST_READERS = 1;

/** How far apart places to begin are kept, in decompressed bytes. */
const START_DISTANCE = 1 << 20;

/** A place where decompression can begin. */
interface Start {
  /** In compressed bytes. */
  readonly packed: number;
  /** In decompressed bytes. */
  readonly unpacked: number;
}

/** Decompressed bytes. */
export class UnpackedBytes implements Bytes {
  /** In ascending order. */
  readonly #starts: Start[] = [{ packed: 0, unpacked: 0 }];
  /** The one used last comes last. */
  #readers: UnpackingReader[] = [];
  #largestWindow = 1;
  #size: number | undefined;
  #fault: CritError | undefined;
  #isTooLarge = false;

  /**
   * @param packed the compressed data
   * @param maxSize most bytes that it may decompress to
   */
  constructor(
    readonly packed: Bytes,
    readonly decompress: Decompress,
    readonly maxSize: number = Infinity,
  ) {}

  /** How many bytes there are; undefined before the end was read. */
  get size(): number | undefined {
    return this.#size;
  }

  /** What is wrong with the compressed data; the bytes before it are there. */
  get fault(): CritError | undefined {
    return this.#fault;
  }

  /** Whether there are more bytes than allowed; that is the fault then. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  /** The most that a reader has held so far to look back into, in bytes. */
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

  /** Reads to the end, which tells the size and whether all of it is well. */
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

  /** Does a step with a reader, whose end, good or bad, is the end of the bytes. */
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

  /** The reader that comes to a place soonest. */
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

  /** The last place before an offset where decompression can begin. */
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

/** Buffers from this size on are no part of one that other things are in, too, in bytes. */
const OWN = 1 << 15;

/**
 * Frees a chunk after which comes another: the garbage collector would do so much later, on a busy
 * machine above all.
 */
function free({ buffer }: Uint8Array, next: Uint8Array): void {
  if (buffer === next.buffer || !(buffer instanceof ArrayBuffer)) return;
  if (buffer.byteLength >= OWN) buffer.transfer(0);
}

/** Goes forward through decompressed bytes. */
class UnpackingReader {
  #chunk: Uint8Array = new Uint8Array();
  #begin: number;

  constructor(readonly chunks: Generator<Uint8Array, void, undefined>, from: number) {
    this.#begin = from;
  }

  /** Offset of the first byte that can be read still. */
  get begin(): number {
    return this.#begin;
  }

  /** Offset of the first byte that was not decompressed yet. */
  get end(): number {
    return this.#begin + this.#chunk.length;
  }

  /** Reads some bytes from an offset on, which is not before {@link begin}; 0 at the end. */
  read(offset: number, into: Uint8Array): number {
    while (this.end <= offset) if (this.advance() === 0) return 0;
    const from = offset - this.#begin;
    const piece = this.#chunk.subarray(from, from + into.length);
    into.set(piece);
    return piece.length;
  }

  /** Goes on to the next chunk and gives its length; 0 at the end. */
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
