/** Memory as runs of bytes with their sources. @module */

import { firstIndex } from "../bytes/binary_search.ts";
import { NumberColumn } from "./column.ts";

/**
 * Bytes that can be read from any offset and must all exist. `Bytes` (archive/bytes.ts) may end
 * early and return a count; extents were checked against the sizes of their files, so one check in
 * the source serves all readers.
 */
export interface ByteSource {
  /**
   * Fills `into` with the bytes from `offset` on.
   *
   * @throws {CritError} if fewer bytes exist
   */
  read(offset: number, into: Uint8Array): void;
}

/** A run of memory with one source. */
export type CoreExtent =
  | {
    /** Bytes of a file. */
    readonly kind: "bytes";
    /** In bytes. */
    readonly length: number;
    readonly source: ByteSource;
    /** Offset in the source, in bytes. */
    readonly offset: number;
  }
  | {
    /** Zeros, or unknown bytes (`absent`). */
    readonly kind: "zeros" | "absent";
    readonly length: number;
  };

/** Contents of a file or segment, with fast access to parts. */
export class Contents {
  readonly #extents: readonly CoreExtent[];
  /** Offset of each extent in bytes, and the end of the last one. */
  readonly #bounds: Float64Array;

  /** @param extents without gaps, in order */
  constructor(extents: readonly CoreExtent[]) {
    this.#extents = extents;
    this.#bounds = new Float64Array(extents.length + 1);
    for (const [i, { length }] of extents.entries()) {
      this.#bounds[i + 1] = this.#bounds[i]! + length;
    }
  }

  /** The part from `from` to `to`, both in bytes, or up to the end of the contents. */
  slice(from: number, to: number): CoreExtent[] {
    const part: CoreExtent[] = [];
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

  /** Index of the first extent that ends after an offset. */
  #firstAfter(place: number): number {
    return firstIndex(this.#extents.length, (index) => this.#bounds[index + 1]! > place);
  }
}

function cut(extent: CoreExtent, from: number, to: number): CoreExtent {
  const length = to - from;
  return extent.kind === "bytes"
    ? { ...extent, length, offset: extent.offset + from }
    : { kind: extent.kind, length };
}

/** The memory in a core file, in file order: no absent runs, and few numbers for each run. */
export class ExtentList {
  readonly #lengths = new NumberColumn();
  readonly #offsets = new NumberColumn();
  /** Index of each run's source; -1 for zeros. */
  readonly #sources = new NumberColumn();
  readonly #known: ByteSource[] = [];
  readonly #numbers = new Map<ByteSource, number>();

  /** Number of runs. */
  get count(): number {
    return this.#lengths.length;
  }

  /** Appends a run that is not absent, and merges it with the last one if they are adjacent. */
  append(extent: CoreExtent): void {
    const { kind, length } = extent;
    const source = kind === "bytes" ? this.#numberOf(extent.source) : -1;
    const offset = kind === "bytes" ? extent.offset : 0;
    const last = this.count - 1;
    const goesOn = last >= 0 && this.#sources.at(last) === source &&
      (source < 0 || this.#offsets.at(last) + this.#lengths.at(last) === offset);
    if (goesOn) {
      this.#lengths.addToLast(length);
      return;
    }
    this.#lengths.push(length);
    this.#offsets.push(offset);
    this.#sources.push(source);
  }

  /** Length of a run in bytes. */
  lengthAt(index: number): number {
    return this.#lengths.at(index);
  }

  /** Offset of a run in its source, in bytes. */
  offsetAt(index: number): number {
    return this.#offsets.at(index);
  }

  /** Source of a run; undefined for zeros. */
  sourceAt(index: number): ByteSource | undefined {
    return this.#known[this.#sources.at(index)];
  }

  #numberOf(source: ByteSource): number {
    let number = this.#numbers.get(source);
    if (number === undefined) {
      number = this.#known.push(source) - 1;
      this.#numbers.set(source, number);
    }
    return number;
  }
}
