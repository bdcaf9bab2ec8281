/**
 * A map whose values are made when they are asked for, for what would not fit in memory as objects.
 *
 * @module
 */

/** What a {@link ReadonlyMap} can do, given its keys and a way to look one up. */
export abstract class LazyMap<V> implements ReadonlyMap<string, V> {
  abstract readonly size: number;
  abstract get(key: string): V | undefined;
  abstract has(key: string): boolean;
  abstract keys(): Generator<string, undefined>;

  *values(): Generator<V, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  *entries(): Generator<[string, V], undefined> {
    for (const key of this.keys()) yield [key, this.get(key)!];
  }

  [Symbol.iterator](): Generator<[string, V], undefined> {
    return this.entries();
  }

  forEach(action: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) action(value, key, this);
  }
}
