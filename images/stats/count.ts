/** Counts by kind. @module */

/** Numbers by name, without zeros. */
export type Counts = Map<string, number>;

/** Adds to the number of a kind. */
export function count(counts: Counts, kind: string, by = 1): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}

/** Sorts by number, largest first, then by name. */
export function largestFirst(counts: Counts): Counts {
  return new Map([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

/** The value of a key, made on first use. */
export function getOrInsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
