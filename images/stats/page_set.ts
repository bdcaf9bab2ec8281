/**
 * Distinguishes pages by 64-bit hashes.
 *
 * Two different pages have the same hash with a probability of about 2^-64: for the pages of a
 * terabyte (2^28 pages of 4 KiB), there is a false pair with a probability of about 1 in 500.
 *
 * @module
 */

/** Slots of a new set; a power of two. */
const FIRST_SLOTS = 1 << 12;

/** A set of pages with 8 bytes for each page, in a table with open addressing. */
export class PageSet {
  /** Two words for each slot: the low and high half of a hash; both are 0 if the slot is free. */
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #size = 0;
  #low = 0;
  #high = 0;

  /** Number of different pages. */
  get size(): number {
    return this.#size;
  }

  /** Adds a page, an even number of words; returns false if it is in the set. */
  add(words: Uint32Array, from: number, to: number): boolean {
    this.#hash(words, from, to);
    if (!insert(this.#slots, this.#low, this.#high)) return false;
    this.#size++;
    // At most two thirds are used, so that the next free slot is near.
    if (this.#size * 3 > this.#slots.length) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    const grown = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      if ((old[i]! | old[i + 1]!) !== 0) insert(grown, old[i]!, old[i + 1]!);
    }
    this.#slots = grown;
  }

  /**
   * Adds each word to two sums of 32 bits with different multiplications and rotations. Even and
   * odd words have separate sums, so that the processor can compute four at a time.
   */
  #hash(words: Uint32Array, from: number, to: number): void {
    let a = 1;
    let b = 2;
    let c = 3;
    let d = 4;
    for (let i = from; i < to; i += 2) {
      const even = words[i]!;
      const odd = words[i + 1]!;
      a = Math.imul(a ^ even, 0x9e3779b1);
      b = Math.imul((b << 13 | b >>> 19) + even | 0, 0x85ebca77);
      a = a << 15 | a >>> 17;
      c = Math.imul(c ^ odd, 0x9e3779b1);
      d = Math.imul((d << 13 | d >>> 19) + odd | 0, 0x85ebca77);
      c = c << 15 | c >>> 17;
    }
    this.#low = mixed(a ^ Math.imul(c, 0xc2b2ae3d));
    this.#high = mixed(b ^ Math.imul(d, 0x27d4eb2f));
    // 0 marks a free slot.
    if ((this.#low | this.#high) === 0) this.#low = 1;
  }
}

/** Adds a hash to a table; returns false if it is in the table. */
function insert(slots: Uint32Array, low: number, high: number): boolean {
  const mask = slots.length - 1;
  for (let slot = low * 2 & mask;; slot = slot + 2 & mask) {
    const there = slots[slot]!;
    if (there === low && slots[slot + 1] === high) return false;
    if (there === 0 && slots[slot + 1] === 0) {
      slots[slot] = low;
      slots[slot + 1] = high;
      return true;
    }
  }
}

/** Spreads each bit over all 32 (the finalizer of MurmurHash3). */
function mixed(bits: number): number {
  let hash = bits ^ bits >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ hash >>> 16) >>> 0;
}
