/**
 * Sets of bytes.
 *
 * @module
 */

/** For each byte, 1 if it is in the set. */
export type ByteSet = Uint8Array;

/** The set of bytes from `first` to `last`, inclusive. */
export function rangeSet(first: number, last: number): ByteSet {
  return new Uint8Array(256).fill(1, first, last + 1);
}

/** The union of two sets. */
export function union(a: ByteSet, b: ByteSet): ByteSet {
  return a.map((has, byte) => has | b[byte]!);
}

/** The complement of a set. */
export function complement(set: ByteSet): ByteSet {
  return set.map((has) => 1 - has);
}

/** Number of bytes in a set. */
export function sizeOf(set: ByteSet): number {
  return set.reduce((sum, has) => sum + has, 0);
}

/** Adds the other case of each ASCII letter. */
export function withBothCases(set: ByteSet): ByteSet {
  const both = set.slice();
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    const has = set[upper]! | set[upper | 0x20]!;
    both[upper] = has;
    both[upper | 0x20] = has;
  }
  return both;
}

/**
 * Tables for looking up 16 bytes at a time: a byte may be in the set if the entries of its low and
 * high halves have a common bit. The result is exact for sets with up to eight different rows of
 * the 16 × 16 table of bytes, and never misses a byte of the set.
 */
export function lookupTables(set: ByteSet): Uint8Array {
  const tables = new Uint8Array(32);
  const bits = new Map<string, number>();
  for (let high = 0; high < 16; high++) {
    const row = set.subarray(16 * high, 16 * high + 16);
    if (!row.includes(1)) continue;
    const key = row.join("");
    const bit = bits.get(key) ?? 1 << bits.size % 8;
    bits.set(key, bit);
    tables[16 + high] = bit;
    for (let low = 0; low < 16; low++) if (row[low] === 1) tables[low]! |= bit;
  }
  return tables;
}
