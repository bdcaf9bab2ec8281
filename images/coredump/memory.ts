/**
 * A process's memory as what it is made of, and as the segments of a core file.
 *
 * @module
 */

/** Bytes that can be read from any place. */
export interface ByteSource {
  /** Fills `into` with the bytes from `offset` on; throws where there are not as many. */
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

/** An extent with its place in an area or in an object that areas map. */
export interface Placed {
  /** In bytes from the beginning of the area or object. */
  readonly at: number;
  readonly extent: Extent;
}

/** The part of an extent from `from` up to `to`, both in bytes from its beginning. */
export function cut(extent: Extent, from: number, to: number): Extent {
  const length = to - from;
  return extent.kind === "bytes"
    ? { ...extent, length, offset: extent.offset + from }
    : { kind: extent.kind, length };
}

/**
 * Lays extents over others: where both have bytes, the upper ones count.
 *
 * @param base from the area's beginning, each where the last one ends
 * @param upper in ascending order; what lies beyond the base is dropped
 */
export function overlay(base: readonly Extent[], upper: Iterable<Placed>): Extent[] {
  const result: Extent[] = [];
  let index = 0;
  /** Where the extent at `index` begins, and how much of it and all before is done. */
  let begin = 0;
  let done = 0;
  const copyBase = (end: number, isCovered: boolean) => {
    while (done < end && index < base.length) {
      const extent = base[index]!;
      const to = Math.min(end, begin + extent.length);
      if (!isCovered && to > done) result.push(cut(extent, done - begin, to - begin));
      done = to;
      if (to < begin + extent.length) break;
      begin += extent.length;
      index++;
    }
  };
  const size = base.reduce((sum, extent) => sum + extent.length, 0);
  for (const { at, extent } of upper) {
    const from = Math.max(at, done);
    const to = Math.min(at + extent.length, size);
    if (from >= to) continue;
    copyBase(from, false);
    result.push(cut(extent, from - at, to - at));
    copyBase(to, true);
  }
  copyBase(size, false);
  return result;
}

/** A memory area of a process. */
export interface Area {
  readonly start: bigint;
  /** Length in bytes. */
  readonly length: number;
  /** `PROT_READ` 1, `PROT_WRITE` 2, `PROT_EXEC` 4. */
  readonly protection: number;
  /** What the area is made of, from its start; what they leave over is absent. */
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
 * An area as segments: one where all of it is known, or none, or its beginning. A segment has no
 * way to leave out bytes but at its end, so that another begins where known bytes follow absent
 * ones.
 */
export function segmentsOf({ start, length, protection, extents }: Area): Segment[] {
  const segments: Segment[] = [];
  let known: Extent[] = [];
  let fileSize = 0;
  let memorySize = 0;
  let done = 0;
  const close = () => {
    const at = start + BigInt(done);
    segments.push({ start: at, protection, fileSize, memorySize, extents: known });
    done += memorySize;
    known = [];
    fileSize = memorySize = 0;
  };
  for (const extent of extents) {
    if (extent.length === 0) continue;
    if (extent.kind !== "absent") {
      if (memorySize > fileSize) close();
      known.push(extent);
      fileSize += extent.length;
    }
    memorySize += extent.length;
  }
  memorySize = length - done;
  close();
  return segments;
}
