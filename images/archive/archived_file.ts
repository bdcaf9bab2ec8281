/**
 * A file in an archive, and its contents.
 *
 * @module
 */

import { firstIndex } from "../bytes/binary_search.ts";
import type { Bytes } from "./bytes.ts";
import type { SparseSegment } from "./tar_reader.ts";

/** A file in an archive. */
export interface ArchivedFile {
  /** Normalized, without `./` and the like. */
  readonly path: string;
  /** Size in bytes, holes included; smaller than in the header if the archive is cut short. */
  readonly size: number;
  /** Offset of its contents in the archive, in bytes. */
  readonly offset: number;
  /** Stored bytes of its contents. */
  readonly storedSize: number;
  /** Parts of a sparse file in order; undefined for a file without holes. */
  readonly segments: readonly SparseSegment[] | undefined;
  /** Time of the last change, in seconds since 1970. */
  readonly modified: number;
  /** Permission bits. */
  readonly mode: number;
  /** The contents, if they are held in memory. */
  readonly held: Uint8Array | undefined;
}

/** Limits a file to an archive of `archiveSize` bytes. */
export function cutFile(file: ArchivedFile, archiveSize: number): ArchivedFile {
  const { offset, segments, size } = file;
  const storedSize = Math.min(file.storedSize, Math.max(0, archiveSize - offset));
  if (storedSize === file.storedSize) return file;
  if (segments === undefined) return { ...file, storedSize, size: Math.min(size, storedSize) };
  let stored = 0;
  for (const { at, length } of segments) {
    if (stored + length > storedSize) {
      return { ...file, storedSize, size: at + storedSize - stored };
    }
    stored += length;
  }
  return file;
}

/** Reads a file of an archive from any offset, holes as zeros. */
export class ArchivedBytes implements Bytes {
  /** Offset of each segment in the stored contents. */
  readonly #stored: Float64Array;

  constructor(readonly bytes: Bytes, readonly file: ArchivedFile) {
    const { segments = [] } = file;
    this.#stored = new Float64Array(segments.length);
    let stored = 0;
    for (let i = 0; i < segments.length; i++) {
      this.#stored[i] = stored;
      stored += segments[i]!.length;
    }
  }

  read(offset: number, into: Uint8Array): number {
    const { size, segments } = this.file;
    const room = into.subarray(0, Math.max(0, size - offset));
    if (segments === undefined) return this.#readStored(offset, room);
    let filled = 0;
    for (let i = segmentAfter(segments, offset); filled < room.length; i++) {
      const at = offset + filled;
      const segment = segments[i] ?? { at: size, length: 0 };
      const hole = Math.min(Math.max(0, segment.at - at), room.length - filled);
      room.fill(0, filled, filled += hole);
      const skipped = at + hole - segment.at;
      const piece = room.subarray(filled, filled + Math.max(0, segment.length - skipped));
      const count = this.#readStored((this.#stored[i] ?? 0) + skipped, piece);
      filled += count;
      if (count < piece.length) break;
    }
    return filled;
  }

  /** Offset of the next stored byte; the bytes before it are zeros. */
  dataFrom(offset: number): number {
    const { segments, size } = this.file;
    if (segments === undefined || offset >= size) return offset;
    return Math.max(offset, segments[segmentAfter(segments, offset)]?.at ?? size);
  }

  #readStored(at: number, into: Uint8Array): number {
    if (into.length === 0) return 0;
    const { held, offset } = this.file;
    if (held === undefined) return this.bytes.read(offset + at, into);
    const piece = held.subarray(at, at + into.length);
    into.set(piece);
    return piece.length;
  }
}

/** Index of the first segment that ends after an offset. */
function segmentAfter(segments: readonly SparseSegment[], offset: number): number {
  return firstIndex(segments.length, (index) => {
    const { at, length } = segments[index]!;
    return at + length > offset;
  });
}
