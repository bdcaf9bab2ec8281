/** Searches runs of bytes of any length in constant memory. @module */

import { Kernel } from "./kernel.ts";
import { LONGEST_MATCH, type Matcher } from "./matcher.ts";

/** Bytes that are read and scanned at a time, which stay in a processor's cache. */
const BLOCK = 1 << 17;

/** Most bytes in memory. */
const CAPACITY = LONGEST_MATCH + 4 * BLOCK;

/** If no more bytes than this are needed, they are moved to the beginning of the memory early. */
const LITTLE = 1 << 14;

/** A match: the index of the pattern, and offsets in the run in bytes. */
export interface Match {
  readonly pattern: number;
  readonly from: number;
  readonly to: number;
}

const NONE: readonly Match[] = [];

/** Searches for patterns in runs. */
export class Scanner {
  readonly #kernel = new Kernel();
  readonly #matchers: readonly Matcher[];
  readonly #memory: number;
  /** Addresses after the last byte in memory, and after the last scanned byte. */
  #end = 0;
  #scanned = 0;
  /** Address of the first byte that is still needed. */
  #keep = 0;
  /** Offset in the run of the first byte in memory. */
  #origin = 0;
  /** Index of the current pattern, and the matches of this scan. */
  #pattern = 0;
  #found: Match[] = [];
  readonly #note = (from: number, to: number): void => {
    const place = this.#origin - this.#memory;
    this.#found.push({ pattern: this.#pattern, from: from + place, to: to + place });
  };

  /**
   * @param patterns create the matcher of each pattern
   * @param context bytes before a match that {@link Scanner.bytes} can return
   */
  constructor(
    patterns: ReadonlyArray<(kernel: Kernel) => Matcher>,
    readonly context = 0,
  ) {
    this.#matchers = patterns.map((make) => make(this.#kernel));
    // Matchers may read the byte before the first one of a run.
    this.#memory = this.#kernel.allocate(CAPACITY + 16) + 16;
    this.begin();
  }

  /** Length of the longest match in bytes; undefined if unknown. */
  get longest(): number | undefined {
    const lengths = this.#matchers.map(({ longest }) => longest ?? NaN);
    const longest = Math.max(...lengths);
    return Number.isNaN(longest) ? undefined : longest;
  }

  /** Begins a run. */
  begin(): void {
    this.#keep = this.#memory;
    this.#end = this.#memory;
    this.#scanned = this.#memory;
    this.#origin = 0;
    for (const matcher of this.#matchers) matcher.begin(this.#memory);
  }

  /** Room for the next bytes, at most `most`; see {@link Scanner.advance}. */
  room(most = BLOCK): Uint8Array<ArrayBuffer> {
    if (this.#keep > this.#memory) this.#makeRoom();
    const rest = Math.min(most, BLOCK - (this.#end - this.#scanned));
    return this.#kernel.bytes.subarray(this.#end, this.#end + rest);
  }

  /**
   * Registers `count` bytes in the room. Returns new matches in ascending order, although a later
   * call may return a match of another pattern that begins before them. Their bytes stay in memory
   * until more room is requested.
   */
  advance(count: number): readonly Match[] {
    this.#end += count;
    return this.#end - this.#scanned >= BLOCK ? this.#scan(false) : NONE;
  }

  /** Ends the run; returns the last matches. */
  finish(): readonly Match[] {
    return this.#scan(true);
  }

  /** Bytes of the run from one offset to another; undefined if they are not in memory. */
  bytes(from: number, to: number): Uint8Array | undefined {
    const begin = from - this.#origin + this.#memory;
    const end = to - this.#origin + this.#memory;
    if (begin < this.#memory || end > this.#end) return undefined;
    return this.#kernel.bytes.subarray(begin, end);
  }

  /** The bytes from one offset to another that are in memory. */
  held(from: number, to: number): Uint8Array {
    const begin = Math.max(from - this.#origin + this.#memory, this.#memory);
    const end = Math.min(to - this.#origin + this.#memory, this.#end);
    return this.#kernel.bytes.subarray(begin, Math.max(begin, end));
  }

  #scan(isLast: boolean): readonly Match[] {
    const end = this.#end;
    let keep = end;
    for (let i = 0; i < this.#matchers.length; i++) {
      this.#pattern = i;
      keep = Math.min(keep, this.#matchers[i]!.scan(end, isLast, this.#note));
    }
    this.#scanned = end;
    this.#keep = Math.max(this.#memory, keep - 1 - this.context);
    const matches = this.#found;
    if (matches.length === 0) return NONE;
    this.#found = [];
    if (this.#matchers.length > 1) matches.sort((a, b) => a.from - b.from || a.to - b.to);
    return matches;
  }

  /** Drops bytes that are not needed, if that is cheap or necessary. */
  #makeRoom(): void {
    const isFull = this.#end + BLOCK > this.#memory + CAPACITY;
    if (this.#end - this.#keep > LITTLE && !isFull) return;
    const by = this.#memory - this.#keep;
    this.#kernel.bytes.copyWithin(this.#memory, this.#keep, this.#end);
    this.#origin -= by;
    this.#end += by;
    this.#scanned += by;
    this.#keep = this.#memory;
    for (const matcher of this.#matchers) matcher.move(by);
  }
}
