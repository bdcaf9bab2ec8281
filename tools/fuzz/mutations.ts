/**
 * Damage to bytes, chosen by a seeded generator.
 *
 * @module
 */

/** Random whole numbers below a limit; the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to below `limit` (mulberry32). */
  below(limit: number): number {
    this.#state = this.#state + 0x6d2b79f5 | 0;
    let t = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return Math.floor(((t ^ t >>> 14) >>> 0) / 2 ** 32 * limit);
  }

  /** One item of a list. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** One change of bytes. */
export type Mutation = (bytes: Uint8Array) => Uint8Array;

/** Numbers at which programs often fail, as 32-bit little-endian words. */
const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function replaced(bytes: Uint8Array, at: number, count: number, by: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - count + by.length);
  result.set(bytes.subarray(0, at));
  result.set(by, at);
  result.set(bytes.subarray(at + count), at + by.length);
  return result;
}

/** A change at a random position in bytes of about this length; `others` are pieces to insert. */
export function anyMutation(
  random: Random,
  length: number,
  others: readonly Uint8Array[],
): Mutation {
  // Heads and the first sizes matter more than later bytes.
  const range = random.below(3) === 0 ? Math.min(length, 64) : length;
  const place = random.below(range + 1);
  const at = (bytes: Uint8Array) => Math.min(place, bytes.length);
  const [kind, value, count] = [random.below(9), random.below(256), 1 + random.below(40)];
  const word = new Uint8Array(Uint32Array.of(random.of(WORDS)).buffer);
  const other = random.of(others);
  const from = random.below(other.length + 1);
  const piece = other.slice(from, from + count);
  switch (kind) {
    case 0:
      return (bytes) => bytes.map((byte, i) => i === place ? byte ^ 1 << value % 8 : byte);
    case 1:
      return (bytes) => bytes.map((byte, i) => i === place ? value : byte);
    case 2:
      return (bytes) => bytes.slice(0, at(bytes));
    case 3:
      return (bytes) => replaced(bytes, at(bytes), 0, piece);
    case 4:
      return (bytes) =>
        replaced(bytes, at(bytes), Math.min(count, bytes.length - at(bytes)), piece);
    case 5:
      return (bytes) =>
        replaced(bytes, at(bytes), Math.min(count, bytes.length - at(bytes)), new Uint8Array());
    case 6:
      return (bytes) => replaced(bytes, at(bytes), Math.min(4, bytes.length - at(bytes)), word);
    case 7: {
      // Replaces a byte by a varint of any size.
      const varint = new Uint8Array(1 + value % 10).fill(0xff);
      varint[varint.length - 1] = value & 0x7f;
      return (bytes) => replaced(bytes, at(bytes), Math.min(1, bytes.length - at(bytes)), varint);
    }
    default:
      return (bytes) =>
        replaced(bytes, at(bytes), 0, bytes.slice(at(bytes), at(bytes) + count * 8));
  }
}

/** A few changes. */
export function anyMutations(
  random: Random,
  length: number,
  others: readonly Uint8Array[],
): Mutation[] {
  const count = 1 + random.below(random.of([1, 1, 3, 8]));
  return Array.from({ length: count }, () => anyMutation(random, length, others));
}

/** Applies all changes in order. */
export function mutated(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce((result, change) => change(result), bytes);
}
