/**
 * Values that many tasks have alike, each kept once: forked workers have the same environment,
 * the same limits and often the same areas.
 *
 * @module
 */

/** A list of different values, as JSON. */
export class Parts {
  readonly #indices = new Map<string, number>();
  /** The same by the values themselves. */
  readonly #known = new Map<unknown, number>();

  /** Index of a value, which is added unless it is there. */
  add(value: unknown): number {
    let index = this.#known.get(value);
    if (index === undefined) this.#known.set(value, index = this.#find(value));
    return index;
  }

  #find(value: unknown): number {
    const text = JSON.stringify(value);
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    this.#indices.set(text, this.#indices.size);
    return this.#indices.size - 1;
  }

  /** The list. */
  get json(): string {
    return `[${[...this.#indices.keys()].join(",")}]`;
  }
}
