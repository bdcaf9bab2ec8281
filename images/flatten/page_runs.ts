/** Pages of several dumps as one file. @module */

import { firstIndex } from "../bytes/binary_search.ts";
import type { DumpImages } from "../dump/images.ts";
import type { ImageFile } from "../dump/source.ts";
import { dataError } from "../errors.ts";

/** A file of pages in a dump of the chain. */
interface Origin {
  readonly dump: DumpImages;
  readonly name: string;
}

/** Runs of pages in order, with about 24 bytes each. */
export class PageRuns {
  readonly #origins: Origin[] = [];
  #count = 0;
  /** Offset of each run in the file, in bytes, and the end of the last one. */
  #begins = new Float64Array(16);
  /** Offset of each run in its own file, in bytes. */
  #offsets = new Float64Array(16);
  #sources = new Uint32Array(16);

  /** Size in bytes. */
  get size(): number {
    return this.#begins[this.#count]!;
  }

  /** Adds a run. */
  add(dump: DumpImages, name: string, offset: number, length: number): void {
    let source = this.#origins.findIndex((origin) => origin.dump === dump && origin.name === name);
    if (source < 0) source = this.#origins.push({ dump, name }) - 1;
    const last = this.#count - 1;
    const goesOn = last >= 0 && this.#sources[last] === source &&
      this.#offsets[last]! + this.size - this.#begins[last]! === offset;
    if (goesOn) {
      this.#begins[this.#count]! += length;
      return;
    }
    if (this.#count + 1 === this.#begins.length) this.#grow();
    this.#offsets[this.#count] = offset;
    this.#sources[this.#count] = source;
    this.#begins[this.#count + 1] = this.size + length;
    this.#count++;
  }

  /** Returns the pages as a file with this name. */
  image(name: string): ImageFile {
    return {
      name,
      size: this.size,
      read: (offset, into) => this.#read(offset, into),
      [Symbol.dispose]: () => {},
    };
  }

  #read(offset: number, into: Uint8Array): number {
    const room = into.subarray(0, Math.max(0, this.size - offset));
    let filled = 0;
    for (let run = this.#runAt(offset); filled < room.length; run++) {
      const from = offset + filled - this.#begins[run]!;
      const left = this.#begins[run + 1]! - this.#begins[run]! - from;
      const piece = room.subarray(filled, filled + left);
      const { dump, name } = this.#origins[this.#sources[run]!]!;
      const count = dump.read(name, this.#offsets[run]! + from, piece);
      if (count < piece.length) throw dataError("it has become shorter", { image: name });
      filled += count;
    }
    return filled;
  }

  /** The run that contains a byte. */
  #runAt(offset: number): number {
    return firstIndex(this.#count, (index) => this.#begins[index + 1]! > offset);
  }

  #grow(): void {
    const length = this.#begins.length * 2;
    const [begins, offsets, sources] = [this.#begins, this.#offsets, this.#sources];
    this.#begins = new Float64Array(length);
    this.#begins.set(begins);
    this.#offsets = new Float64Array(length);
    this.#offsets.set(offsets);
    this.#sources = new Uint32Array(length);
    this.#sources.set(sources);
  }
}
