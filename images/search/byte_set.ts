/**
 * Sets of bytes.
 *
 * @module
 */

/** One number for each byte: 1 when it is in the set. */
export type ByteSet = Uint8Array;

/** The set of bytes from `first` to `last`, both included. */
export function rangeSet(first: number, last: number): ByteSet {
  return new Uint8Array(256).fill(1, first, last + 1);
}

/** The bytes of either set. */
export function union(a: ByteSet, b: ByteSet): ByteSet {
  return a.map((has, byte) => has | b[byte]!);
}

/** The bytes that are not in a set. */
export function complement(set: ByteSet): ByteSet {
  return set.map((has) => 1 - has);
}

/** How many bytes are in a set. */
export function sizeOf(set: ByteSet): number {
  return set.reduce((sum, has) => sum + has, 0);
}

/** The bytes of a set, and for each letter of ASCII its other case. */
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
 * Tables by which 16 bytes at a time are looked up: a byte may be in the set if the entry of its
 * low half and that of its high half have a bit in common. Exact for sets of up to eight different
 * rows of the 16 × 16 table of bytes, and never without a byte that is in the set.
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
