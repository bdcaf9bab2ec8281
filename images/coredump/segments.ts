/**
 * Memory areas as the segments of a core file.
 *
 * @module
 */

import { NumberColumn } from "./column.ts";
import { type CoreExtent, ExtentList } from "./memory.ts";

/** A memory area of a process, for a core file. */
export interface CoreArea {
  /** Address of its first byte, a page bound. */
  readonly start: number;
  /** Length in bytes. */
  readonly length: number;
  /** `PROT_READ` 1, `PROT_WRITE` 2, `PROT_EXEC` 4. */
  readonly protection: number;
  /** The contents from the start of the area; the rest of the area is not written. */
  readonly extents: Iterable<CoreExtent>;
}

/** A segment of a core file: bytes in the file, then bytes only in memory. */
export interface Segment {
  readonly start: number;
  /** As of an area. */
  readonly protection: number;
  /** Bytes in the file. */
  readonly fileSize: number;
  /** Bytes in memory, not less than in the file. */
  readonly memorySize: number;
}

/**
 * The segments of a core file, from areas in ascending order.
 *
 * An area is one segment, whose unwritten part has no bytes in the file, as in the kernel's core
 * files. Unknown bytes, however, belong to no segment, and the bytes after them to a new one:
 * debuggers read zeros for bytes that a segment has only in memory, and would not recognize a
 * program with zeros in its headers.
 */
export class Segments implements Iterable<Segment> {
  /** The bytes of all segments. */
  readonly extents = new ExtentList();
  readonly #starts = new NumberColumn();
  readonly #protections = new NumberColumn();
  readonly #fileSizes = new NumberColumn();
  readonly #memorySizes = new NumberColumn();

  /** Number of segments. */
  get count(): number {
    return this.#starts.length;
  }

  /** Appends an area. */
  add({ start, length, protection, extents }: CoreArea): void {
    let fileSize = 0;
    let done = 0;
    let isKnown = true;
    for (const extent of extents) {
      if (extent.length === 0) continue;
      isKnown = extent.kind !== "absent";
      if (isKnown) {
        this.extents.append(extent);
        fileSize += extent.length;
      } else {
        this.#push(start + done - fileSize, protection, fileSize, fileSize);
        fileSize = 0;
      }
      done += extent.length;
    }
    const rest = isKnown ? length - done : 0;
    this.#push(start + done - fileSize, protection, fileSize, fileSize + rest);
  }

  /** The segments, in ascending order. */
  *[Symbol.iterator](): Generator<Segment> {
    for (let i = 0; i < this.count; i++) {
      yield {
        start: this.#starts.at(i),
        protection: this.#protections.at(i),
        fileSize: this.#fileSizes.at(i),
        memorySize: this.#memorySizes.at(i),
      };
    }
  }

  #push(start: number, protection: number, fileSize: number, memorySize: number): void {
    if (memorySize === 0) return;
    this.#starts.push(start);
    this.#protections.push(protection);
    this.#fileSizes.push(fileSize);
    this.#memorySizes.push(memorySize);
  }
}
