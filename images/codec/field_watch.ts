/**
 * What is known of the fields of messages while many of them are read: whoever has seen enough of
 * a field need not look at it again.
 *
 * @module
 */

/** Most occurrences of a field that are kept. */
const MOST_KNOWN = 16;

/** Fields by {@link FieldTable.id} of their plain tables, and what is known of each. */
export class FieldWatch {
  /** Whether the message that was read last has something that is not known. */
  isNew = true;
  #isSettled = new Uint8Array(1 << 11);
  readonly #known: Array<Uint8Array[] | undefined> = [];

  /** Nothing about a field is new from now on, but for what a message has inside. */
  settle(id: number): void {
    if (id >= this.#isSettled.length) {
      const grown = new Uint8Array(id * 2);
      grown.set(this.#isSettled);
      this.#isSettled = grown;
    }
    this.#isSettled[id] = 1;
    this.#known[id] = undefined;
  }

  /** Whether nothing about a field is new. */
  isSettled(id: number): boolean {
    return this.#isSettled[id] === 1;
  }

  /** Keeps an occurrence of a field, tag included: one with the same bytes is not new. */
  keep(id: number, occurrence: Uint8Array): void {
    const known = this.#known[id] ??= [];
    if (known.length < MOST_KNOWN) known.push(occurrence);
  }

  /** Gives up the occurrences of a field. */
  forget(id: number): void {
    this.#known[id] = undefined;
  }

  /** Whether the occurrence at a place before an end is one of those that are kept. */
  isKnown(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#known[id];
    if (known === undefined) return false;
    for (let i = 0; i < known.length; i++) if (isAt(known[i]!, bytes, start, end)) return true;
    return false;
  }

  /** Whether the message that was read last has something new; of the next one it is not known. */
  takeNews(): boolean {
    const { isNew } = this;
    this.isNew = true;
    return isNew;
  }
}

/** Whether some bytes are what others have at a place before an end. */
export function isAt(wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (start + wanted.length > end) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
