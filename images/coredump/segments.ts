/**
 * Memory areas as the segments of a core file.
 *
 * @module
 */

import { NumberColumn } from "./column.ts";
import { type CoreExtent, ExtentList } from "./memory.ts";

/** A memory area of a process. */
export interface CoreArea {
  /** Address of its first byte, which is a page's. */
  readonly start: number;
  /** Length in bytes. */
  readonly length: number;
  /** `PROT_READ` 1, `PROT_WRITE` 2, `PROT_EXEC` 4. */
  readonly protection: number;
  /** What the area is made of, from its start; what they leave over is not to be written. */
  readonly extents: Iterable<CoreExtent>;
}

/** A part of memory as a core file has it: some bytes in the file, then some that are not. */
export interface Segment {
  readonly start: number;
  /** As an area's. */
  readonly protection: number;
  /** Bytes in the file. */
  readonly fileSize: number;
  /** Bytes in memory: as many or more. */
  readonly memorySize: number;
}

/**
 * The segments of a core file, from areas in ascending order.
 *
 * An area is one segment, of which what is not to be written has no bytes in the file, as the
 * kernel does it. But bytes that nobody knows belong to no segment, and those after them to another
 * one: debuggers take what a segment has in memory alone for zeros, and would take a program whose
 * headers read as zeros for another one.
 */
export class Segments implements Iterable<Segment> {
  /** The bytes of all segments. */
  readonly extents = new ExtentList();
  readonly #starts = new NumberColumn();
  readonly #protections = new NumberColumn();
  readonly #fileSizes = new NumberColumn();
  readonly #memorySizes = new NumberColumn();

  /** How many there are. */
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
