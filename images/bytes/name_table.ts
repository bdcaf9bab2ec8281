/**
 * Names by the hundred thousand, each kept once: about 20 bytes a name besides its characters,
 * where strings in a `Map` take 100 and more.
 *
 * @module
 */

/** Names that there is room for at first, and units of text. */
const FIRST_NAMES = 16;
const FIRST_UNITS = 256;

/** Names with numbers from 0 on, in the order in which they came. */
export class NameTable {
  /** UTF-16 code units of all names; bytes for as long as no unit needs more. */
  #units: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> = new Uint8Array(FIRST_UNITS);
  /** Where the units of each name end; those of the next begin there. */
  #ends = new Uint32Array(FIRST_NAMES);
  /** Numbers of names plus 1 by hash, 0 where there is none; a power of two of them. */
  #slots = new Int32Array(FIRST_NAMES * 2);
  #size = 0;
  /** No two runs have the same: nobody can make names that all fall into one slot. */
  readonly #factor = Math.floor(Math.random() * 2 ** 31) * 2 + 1;

  /** How many names there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of a name; it is added if it is new. */
  add(name: string): number {
    if ((this.#size + 1) * 4 > this.#slots.length * 3) this.#growSlots();
    const slot = this.#slotOf(name);
    const known = this.#slots[slot]!;
    if (known > 0) return known - 1;
    const number = this.#size++;
    this.#slots[slot] = number + 1;
    this.#append(name, number);
    return number;
  }

  /** The number of a name; undefined if it was not added. */
  numberOf(name: string): number | undefined {
    const known = this.#slots[this.#slotOf(name)]!;
    return known > 0 ? known - 1 : undefined;
  }

  /** The name of a number below {@link NameTable.size}. */
  nameOf(number: number): string {
    const units = this.#units;
    const end = this.#ends[number]!;
    let text = "";
    let i = this.#beginOf(number);
    // A call for several units takes as long as one for a single unit.
    for (; i + 4 <= end; i += 4) {
      text += String.fromCharCode(units[i]!, units[i + 1]!, units[i + 2]!, units[i + 3]!);
    }
    for (; i < end; i++) text += String.fromCharCode(units[i]!);
    return text;
  }

  /** Below 0 if the first name sorts before the second, as strings of JavaScript compare. */
  compare(a: number, b: number): number {
    const units = this.#units;
    const [beginA, beginB] = [this.#beginOf(a), this.#beginOf(b)];
    const [lengthA, lengthB] = [this.#ends[a]! - beginA, this.#ends[b]! - beginB];
    for (let i = 0; i < lengthA && i < lengthB; i++) {
      const difference = units[beginA + i]! - units[beginB + i]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  #beginOf(number: number): number {
    return number === 0 ? 0 : this.#ends[number - 1]!;
  }

  /** Where a name is in the slots, or would be put. */
  #slotOf(name: string): number {
    const mask = this.#slots.length - 1;
    let hash = name.length;
    for (let i = 0; i < name.length; i++) hash = this.#mix(hash, name.charCodeAt(i));
    let slot = hash & mask;
    for (;; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]!;
      if (known === 0 || this.#is(known - 1, name)) return slot;
    }
  }

  #mix(hash: number, unit: number): number {
    const mixed = Math.imul(hash ^ unit, this.#factor);
    return mixed ^ mixed >>> 15;
  }

  #is(number: number, name: string): boolean {
    const begin = this.#beginOf(number);
    if (this.#ends[number]! - begin !== name.length) return false;
    for (let i = 0; i < name.length; i++) {
      if (this.#units[begin + i] !== name.charCodeAt(i)) return false;
    }
    return true;
  }

  #append(name: string, number: number): void {
    const begin = this.#beginOf(number);
    const end = begin + name.length;
    this.#units = withRoom(this.#units, end);
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      if (unit > 0xff && this.#units instanceof Uint8Array) {
        this.#units = Uint16Array.from(this.#units);
      }
      this.#units[begin + i] = unit;
    }
    this.#ends = withRoom(this.#ends, number + 1);
    this.#ends[number] = end;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0, at = 0; number < this.#size; number++) {
      const end = this.#ends[number]!;
      let hash = end - at;
      for (; at < end; at++) hash = this.#mix(hash, this.#units[at]!);
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** A column of numbers. */
export type NumberArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A column with room for so many numbers: itself, or what takes its place and has its numbers. */
export function withRoom<T extends NumberArray>(column: T, length: number): T {
  if (length <= column.length) return column;
  const room = Math.max(length, Math.ceil(column.length * 1.5));
  const make = column.constructor as new (length: number) => T;
  const grown = new make(room);
  grown.set(column);
  return grown;
}
