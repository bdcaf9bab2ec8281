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

/** A map whose keys and values have numbers from 0 on, in the order of the map. */
export abstract class IndexedMap<V> extends LazyMap<V> {
  /** The key of a number below {@link LazyMap.size}. */
  abstract keyAt(index: number): string;
  /** The value of that key. */
  abstract valueAt(index: number): V;

  *keys(): Generator<string, undefined> {
    for (let i = 0; i < this.size; i++) yield this.keyAt(i);
  }

  override *values(): Generator<V, undefined> {
    for (let i = 0; i < this.size; i++) yield this.valueAt(i);
  }

  override *entries(): Generator<[string, V], undefined> {
    for (let i = 0; i < this.size; i++) yield [this.keyAt(i), this.valueAt(i)];
  }
}
