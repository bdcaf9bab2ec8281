/**
 * A process's memory as what it is made of, and as the segments of a core file.
 *
 * @module
 */

/** Bytes that can be read from any place. */
export interface ByteSource {
  /**
   * Fills `into` with the bytes from `offset` on.
   *
   * @throws {CritError} where there are not as many
   */
  read(offset: number, into: Uint8Array): void;
}

/** A run of memory whose bytes have one origin. */
export type Extent =
  | {
    /** Bytes of a file. */
    readonly kind: "bytes";
    /** In bytes. */
    readonly length: number;
    readonly source: ByteSource;
    /** Where the run begins in the source. */
    readonly offset: number;
  }
  | {
    /** Bytes that are zero, or that nobody knows (`absent`). */
    readonly kind: "zeros" | "absent";
    readonly length: number;
  };

/** The same extents, those in one that go on where the last one ends. */
export function join(extents: Iterable<Extent>): Extent[] {
  const joined: Extent[] = [];
  for (const extent of extents) {
    const last = joined.at(-1);
    if (extent.length === 0) continue;
    if (last === undefined || !goesOn(last, extent)) joined.push(extent);
    else joined[joined.length - 1] = { ...last, length: last.length + extent.length };
  }
  return joined;
}

function goesOn(last: Extent, next: Extent): boolean {
  if (last.kind !== "bytes" || next.kind !== "bytes") return last.kind === next.kind;
  return last.source === next.source && last.offset + last.length === next.offset;
}

/** What something holds from its beginning to its end, of which parts are looked up quickly. */
export class Contents {
  readonly #extents: readonly Extent[];
  /** Where each extent begins, in bytes, and where the last one ends. */
  readonly #bounds: Float64Array;

  /** @param extents each begins where the last one ends */
  constructor(extents: readonly Extent[]) {
    this.#extents = extents;
    this.#bounds = new Float64Array(extents.length + 1);
    for (const [i, { length }] of extents.entries()) {
      this.#bounds[i + 1] = this.#bounds[i]! + length;
    }
  }

  /** The part from `from` up to `to`, as far as there is any; both in bytes. */
  slice(from: number, to: number): Extent[] {
    const part: Extent[] = [];
    for (let i = this.#firstAfter(from); i < this.#extents.length; i++) {
      const begin = this.#bounds[i]!;
      if (begin >= to) break;
      const extent = this.#extents[i]!;
      const first = Math.max(from - begin, 0);
      const last = Math.min(to - begin, extent.length);
      if (first < last) part.push(cut(extent, first, last));
    }
    return part;
  }

  /** Index of the first extent that ends after a place. */
  #firstAfter(place: number): number {
    let low = 0;
    let high = this.#extents.length;
    while (low < high) {
      const middle = low + high >>> 1;
      if (this.#bounds[middle + 1]! > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function cut(extent: Extent, from: number, to: number): Extent {
  const length = to - from;
  return extent.kind === "bytes"
    ? { ...extent, length, offset: extent.offset + from }
    : { kind: extent.kind, length };
}

/** A memory area of a process. */
export interface Area {
  readonly start: bigint;
  /** Length in bytes. */
  readonly length: number;
  /** `PROT_READ` 1, `PROT_WRITE` 2, `PROT_EXEC` 4. */
  readonly protection: number;
  /** What the area is made of, from its start; what they leave over is not to be written. */
  readonly extents: readonly Extent[];
}

/** A part of memory as a core file has it: `extents` in the file, then bytes that are not. */
export interface Segment {
  readonly start: bigint;
  readonly protection: number;
  /** Bytes in the file. */
  readonly fileSize: number;
  /** Bytes in memory. */
  readonly memorySize: number;
  /** Without any that are absent; together of `fileSize` bytes. */
  readonly extents: readonly Extent[];
}

/**
 * An area as segments: one, of which what is not to be written has no bytes in the file, as the
 * kernel does it. But bytes that nobody knows belong to no segment, and those after them to another
 * one: debuggers take what a segment has in memory alone for zeros, and would take a program whose
 * headers read as zeros for another one.
 */
export function segmentsOf({ start, length, protection, extents }: Area): Segment[] {
  const segments: Segment[] = [];
  let known: Extent[] = [];
  let fileSize = 0;
  let done = 0;
  const close = (rest: number) => {
    const memorySize = fileSize + rest;
    if (memorySize === 0) return;
    const at = start + BigInt(done - fileSize);
    segments.push({ start: at, protection, fileSize, memorySize, extents: known });
    known = [];
    fileSize = 0;
  };
  let isKnown = true;
  for (const extent of extents) {
    if (extent.length === 0) continue;
    isKnown = extent.kind !== "absent";
    if (isKnown) {
      known.push(extent);
      fileSize += extent.length;
    } else {
      close(0);
    }
    done += extent.length;
  }
  close(isKnown ? length - done : 0);
  return segments;
}
