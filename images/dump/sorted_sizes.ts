/**
 * Sizes of files by name, in the order of names: some 30 bytes a file.
 *
 * @module
 */

import { IndexedMap } from "../bytes/lazy_map.ts";
import { NameTable } from "../bytes/name_table.ts";

/** Sizes in bytes by name. */
export class SortedSizes extends IndexedMap<number> {
  readonly #names = new NameTable();
  readonly #sizes: Float64Array;
  /** Numbers of names, in the order of names. */
  readonly #order: Uint32Array;

  /**
   * Takes names with their sizes, in any order.
   *
   * @param count how many they are at most
   */
  constructor(files: Iterable<readonly [name: string, size: number]>, count: number) {
    super();
    this.#sizes = new Float64Array(count);
    for (const [name, size] of files) this.#sizes[this.#names.add(name)] = size;
    this.#order = new Uint32Array(this.#names.size).map((_, i) => i);
    this.#order.sort((a, b) => this.#names.compare(a, b));
  }

  get size(): number {
    return this.#order.length;
  }

  get(name: string): number | undefined {
    const number = this.#names.numberOf(name);
    return number === undefined ? undefined : this.#sizes[number];
  }

  has(name: string): boolean {
    return this.#names.numberOf(name) !== undefined;
  }

  keyAt(index: number): string {
    return this.#names.nameOf(this.#order[index]!);
  }

  valueAt(index: number): number {
    return this.#sizes[this.#order[index]!]!;
  }
}
