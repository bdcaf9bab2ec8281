/**
 * Looks for patterns in runs of bytes of any length, in constant memory.
 *
 * @module
 */

import { Kernel } from "./kernel.ts";
import { LONGEST_MATCH, type Matcher, matcherOf } from "./matcher.ts";
import type { Pattern } from "./pattern.ts";

/** Bytes that are read and looked at at a time: they stay in a processor's cache. */
const BLOCK = 1 << 17;

/** Bytes that are held at most. */
const CAPACITY = LONGEST_MATCH + 4 * BLOCK;

/** Bytes that are moved to the beginning of the memory rather than have it fill up. */
const LITTLE = 1 << 14;

/** A match: of which pattern, and its place in the run in bytes. */
export interface Match {
  readonly pattern: number;
  readonly from: number;
  readonly to: number;
}

/** Looks for patterns; a run is begun, fed and finished. */
export class Scanner {
  readonly #kernel = new Kernel();
  readonly #matchers: readonly Matcher[];
  readonly #memory: number;
  /** Where bytes end that are held, and that were looked at: addresses. */
  #end = 0;
  #scanned = 0;
  /** Offset in the run of the first byte that is held. */
  #origin = 0;

  /**
   * @param context bytes before a match that {@link Scanner.bytes} is to have
   * @param onMatch told of each match, in the order of their places as far as they are near
   */
  constructor(
    patterns: readonly Pattern[],
    readonly context: number,
    readonly onMatch: (match: Match) => void,
  ) {
    this.#matchers = patterns.map((pattern) => matcherOf(pattern, this.#kernel));
    // The byte before a run's first one may be asked for.
    this.#memory = this.#kernel.allocate(CAPACITY + 16) + 16;
    this.begin();
  }

  /** Begins a run. */
  begin(): void {
    this.#end = this.#memory;
    this.#scanned = this.#memory;
    this.#origin = 0;
    for (const matcher of this.#matchers) matcher.begin(this.#memory);
  }

  /** Room for the bytes that come next; see {@link Scanner.advance}. */
  room(): Uint8Array<ArrayBuffer> {
    const rest = BLOCK - (this.#end - this.#scanned);
    return this.#kernel.bytes.subarray(this.#end, this.#end + rest);
  }

  /** Says that so many bytes were put into the room. */
  advance(count: number): void {
    this.#end += count;
    if (this.#end - this.#scanned >= BLOCK) this.#scan(false);
  }

  /** Ends the run. */
  finish(): void {
    this.#scan(true);
  }

  /** Bytes of the run from one offset to another; undefined when they are not held. */
  bytes(from: number, to: number): Uint8Array | undefined {
    const begin = from - this.#origin + this.#memory;
    const end = to - this.#origin + this.#memory;
    if (begin < this.#memory || end > this.#end) return undefined;
    return this.#kernel.bytes.subarray(begin, end);
  }

  #scan(isLast: boolean): void {
    const end = this.#end;
    const matches: Match[] = [];
    const place = this.#origin - this.#memory;
    let keep = end;
    for (const [pattern, matcher] of this.#matchers.entries()) {
      const first = matcher.scan(end, isLast, (from, to) => {
        matches.push({ pattern, from: from + place, to: to + place });
      });
      keep = Math.min(keep, first);
    }
    this.#scanned = end;
    if (this.#matchers.length > 1) matches.sort((a, b) => a.from - b.from || a.to - b.to);
    for (const match of matches) this.onMatch(match);
    if (!isLast) this.#makeRoom(Math.max(this.#memory, keep - 1 - this.context));
  }

  /** Drops the bytes before an address, if that is cheap or room is needed. */
  #makeRoom(keep: number): void {
    const length = this.#end - keep;
    const isFull = this.#end + BLOCK > this.#memory + CAPACITY;
    if (length > LITTLE && !isFull) return;
    const by = this.#memory - keep;
    if (by === 0) return;
    this.#kernel.bytes.copyWithin(this.#memory, keep, this.#end);
    this.#origin -= by;
    this.#end += by;
    this.#scanned += by;
    for (const matcher of this.#matchers) matcher.move(by);
  }
}
