/**
 * Which entry of one list is which of the other.
 *
 * @module
 */

/** A list whose entries are compared. */
export interface List {
  readonly length: number;
  /** Equal for two entries that are the same thing; undefined where only the place tells. */
  key?(index: number): string;
}

/** Indexes of an entry in both lists; undefined where the list lacks it. */
export type Pair =
  | readonly [a: number, b: number | undefined]
  | readonly [a: undefined, b: number];

/**
 * Pairs the entries of two lists, in the order of the first; what only the second has comes last.
 * Entries with the same key are paired in their order. Takes time in proportion to the lists.
 *
 * @param isEqual whether an entry of each list are equal for sure: then they are paired, and left
 * out
 */
export function* pairsOf(
  a: List,
  b: List,
  isEqual: (a: number, b: number) => boolean = () => false,
): Generator<Pair> {
  if (a.key === undefined || b.key === undefined) {
    for (let i = 0; i < a.length || i < b.length; i++) {
      if (i >= a.length) yield [undefined, i];
      else if (i >= b.length) yield [i, undefined];
      else if (!isEqual(i, i)) yield [i, i];
    }
    return;
  }
  const common = Math.min(a.length, b.length);
  /** Of both lists: 1 for entries that are paired. */
  const isPairedA = new Uint8Array(a.length);
  const isPairedB = new Uint8Array(b.length);
  for (let i = 0; i < common; i++) if (isEqual(i, i)) isPairedA[i] = isPairedB[i] = 1;
  // Behind the last difference everything may have moved by a few places.
  for (let i = a.length - 1, j = b.length - 1; i >= 0 && j >= 0; i--, j--) {
    if (isPairedA[i] === 1 || isPairedB[j] === 1 || !isEqual(i, j)) break;
    isPairedA[i] = isPairedB[j] = 1;
  }
  const rest = new KeyTable(b.length);
  for (let i = b.length - 1; i >= 0; i--) if (isPairedB[i] === 0) rest.add(b.key(i), i);
  for (let i = 0; i < a.length; i++) {
    if (isPairedA[i] === 1) continue;
    const other = rest.take(a.key(i));
    if (other !== undefined) isPairedB[other] = 1;
    if (other === undefined || !isEqual(i, other)) yield [i, other];
  }
  for (let i = 0; i < b.length; i++) if (isPairedB[i] === 0) yield [undefined, i];
}

/** Indexes by key, several to one: the last one added is taken first. */
class KeyTable {
  readonly #newest = new Map<string, number>();
  /** Of each index: the one added before it under the same key, plus 1. */
  readonly #older: Uint32Array;

  constructor(length: number) {
    this.#older = new Uint32Array(length);
  }

  add(key: string, index: number): void {
    const slot = slotOf(key);
    this.#older[index] = (this.#newest.get(slot) ?? -1) + 1;
    this.#newest.set(slot, index);
  }

  take(key: string): number | undefined {
    const slot = slotOf(key);
    const index = this.#newest.get(slot);
    if (index === undefined) return undefined;
    const older = this.#older[index]!;
    if (older === 0) this.#newest.delete(slot);
    else this.#newest.set(slot, older - 1);
    return index;
  }
}

/**
 * A key that is no number's text. V8 takes such a number for the text's hash: the addresses of
 * pages, which are multiples of 4096, would then all fall into a few buckets.
 */
function slotOf(key: string): string {
  return `=${key}`;
}
