/** Many numbers in little memory. @module */

/** A growing list of numbers with 8 bytes each. */
export class NumberColumn {
  #values = new Float64Array(64);
  #length = 0;

  /** Number of values. */
  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** The number at an index below {@link NumberColumn.length}. */
  at(index: number): number {
    return this.#values[index]!;
  }

  /** Adds to the last number. */
  addToLast(value: number): void {
    this.#values[this.#length - 1]! += value;
  }
}
