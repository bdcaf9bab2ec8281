/**
 * Sorts the fields of a message on the wire.
 *
 * @module
 */

import { WireReader } from "../protobuf/wire.ts";
import type { FieldRenumbering } from "./old_names.ts";
import type { FieldTable } from "./table.ts";

/** Numbers up to this have a tag of one byte. */
const SHORT_NUMBER = 15;

/** Most fields that are sorted by insertion, which is fast if they are nearly in order. */
const FEW = 32;

/** Most spare bytes to allocate beyond those of a message. */
const SPARE = 1 << 16;

/** Bytes that are moved one by one rather than by a call. */
const SHORT = 64;

/** Number of fields to make room for at first. */
const ROOM = 256;

/** Up to this number of fields, there is room for twice as many. */
const FEW_THOUSAND = 1 << 12;

/** Columns of fields, used for one message after another. */
export class FieldSorter {
  /** How many fields there are. */
  count = 0;
  #bytes = new Uint8Array(0);
  #tags = new Uint32Array(ROOM);
  /** Offset of each field, followed by the end of the last one. */
  #starts = new Uint32Array(ROOM + 1);
  #order = new Uint32Array(ROOM);
  #isSorted = true;

  /** Reads the fields of a message from a range of bytes, which are copied. */
  read(bytes: Uint8Array, from: number, to: number): void {
    const size = to - from;
    if (this.#bytes.length < size) this.#bytes = new Uint8Array(size + Math.min(size, SPARE));
    this.#bytes.set(bytes.subarray(from, to));
    this.#makeRoom(size);
    const reader = new WireReader(this.#bytes, 0, size);
    let count = 0;
    let last = 0;
    this.#isSorted = true;
    while (!reader.done) {
      this.#starts[count] = reader.pos;
      const tag = this.#tags[count] = reader.tag();
      reader.skip(tag);
      this.#order[count] = count;
      if (tag >>> 3 < last) this.#isSorted = false;
      last = tag >>> 3;
      count++;
    }
    this.#starts[count] = size;
    this.count = count;
  }

  /** Makes room for the fields of a message, and counts them if the room may not be enough. */
  #makeRoom(size: number): void {
    // A field has two bytes at least.
    if (size <= this.#tags.length * 2) return;
    const reader = new WireReader(this.#bytes, 0, size);
    let count = 0;
    for (; !reader.done; count++) reader.skip(reader.tag());
    if (count <= this.#tags.length) return;
    const length = count < FEW_THOUSAND ? count * 2 : count;
    this.#tags = new Uint32Array(length);
    this.#starts = new Uint32Array(length + 1);
    this.#order = new Uint32Array(length);
  }

  /** Number of a field by its place, after {@link FieldSorter.sort} in ascending order. */
  numberAt(place: number): number {
    return this.#tags[this.#order[place]!]! >>> 3;
  }

  /** Wire type of a field by its place. */
  wireAt(place: number): number {
    return this.#tags[this.#order[place]!]! & 7;
  }

  /** Whether there is such a field. */
  has(field: FieldTable): boolean {
    return this.#someTag((tag) => tag === field.tag);
  }

  /** Moves a value to another field's number, if that field is absent. */
  renumber({ from, to }: FieldRenumbering): void {
    const tags = this.#tags;
    if (from > SHORT_NUMBER || to > SHORT_NUMBER) return;
    if (this.#someTag((tag) => tag >>> 3 === to)) return;
    for (let i = 0; i < this.count; i++) {
      if (tags[i]! >>> 3 !== from || this.#isWide(i)) continue;
      tags[i] = to << 3 | tags[i]! & 7;
      this.#bytes[this.#starts[i]!] = tags[i]!;
      this.#isSorted = false;
    }
  }

  #someTag(isMeant: (tag: number) => boolean): boolean {
    for (let i = 0; i < this.count; i++) if (isMeant(this.#tags[i]!)) return true;
    return false;
  }

  /** Whether a number, behind its tag of one byte, has more than 32 bits, which no old one had. */
  #isWide(index: number): boolean {
    const reader = new WireReader(this.#bytes, this.#starts[index]! + 1, this.#starts[index + 1]!);
    reader.varint();
    return reader.hi !== 0;
  }

  /** Sorts the fields by number; those of the same number stay in order. */
  sort(): void {
    if (this.#isSorted) return;
    const order = this.#order.subarray(0, this.count);
    const tags = this.#tags;
    if (this.count > FEW) {
      order.sort((a, b) => (tags[a]! >>> 3) - (tags[b]! >>> 3));
      return;
    }
    for (let i = 1; i < order.length; i++) {
      const index = order[i]!;
      const number = tags[index]! >>> 3;
      let place = i;
      for (; place > 0 && tags[order[place - 1]!]! >>> 3 > number; place--) {
        order[place] = order[place - 1]!;
      }
      order[place] = index;
    }
  }

  /** Writes the fields in their order; they take as much room as before. */
  write(into: Uint8Array, at: number): void {
    let pos = at;
    for (let i = 0; i < this.count; i++) {
      const index = this.#order[i]!;
      const [start, end] = [this.#starts[index]!, this.#starts[index + 1]!];
      if (end - start < SHORT) {
        for (let i = start; i < end; i++) into[pos++] = this.#bytes[i]!;
      } else {
        into.set(this.#bytes.subarray(start, end), pos);
        pos += end - start;
      }
    }
  }
}
