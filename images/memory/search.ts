/**
 * Looks for patterns in a dump's memory.
 *
 * @module
 */

import type { OpenMapped } from "../coredump/mapped_files.ts";
import type { Dump } from "../dump/dump.ts";
import type { Kernel } from "../search/kernel.ts";
import type { Matcher } from "../search/matcher.ts";
import { type Match, Scanner } from "../search/scanner.ts";
import type { MemoryChoice } from "./choice.ts";
import type { Owner, RunStep } from "./runs.ts";
import { areaAt, type ChosenArea, type Space, spacesOf } from "./spaces.ts";
import { Walk } from "./walk.ts";

/** How memory is searched. */
export interface SearchOptions extends MemoryChoice {
  /** Opens mapped files; without it their pages are not searched. */
  readonly openMapped?: OpenMapped;
  /** Most matches of a task. */
  readonly most?: number;
  /** Bytes before and after a match that {@link SpaceMatch.around} gives. */
  readonly context?: number;
  /** Told how many bytes were read. */
  readonly onRead?: (count: number) => void;
}

/** A match; its bytes are held until the next one is asked for. */
export class SpaceMatch {
  constructor(
    /** Whose memory it is in. */
    readonly space: Space,
    /** The area that it begins in. */
    readonly area: ChosenArea,
    /** Address of its first byte. */
    readonly address: bigint,
    /** Index of the pattern. */
    readonly pattern: number,
    /** In bytes. */
    readonly length: number,
    readonly scanner: Scanner,
    /** Offset in the scanner's run. */
    readonly offset: number,
  ) {}

  /** Its bytes. */
  get bytes(): Uint8Array {
    return this.scanner.bytes(this.offset, this.offset + this.length)!;
  }

  /** Bytes before and after it, as far as they are known. */
  around(count: number): { before: Uint8Array; after: Uint8Array } {
    const { scanner, offset, length } = this;
    const before = scanner.held(offset - count, offset);
    const end = offset + length;
    const after = scanner.held(end, end + count);
    if (after.length === count) return { before, after };
    const more = new Uint8Array(count);
    const known = this.space.memory.read(this.address + BigInt(length), more);
    return { before, after: known > after.length ? more.subarray(0, known) : after };
  }
}

/** A search of memory. */
export class MemorySearch implements Disposable {
  readonly #walk: Walk;
  readonly #scanner: Scanner;
  readonly #counts = new Map<Space, number>();
  readonly #most: number;
  readonly #onRead: ((count: number) => void) | undefined;
  /** The address spaces that are searched. */
  readonly spaces: readonly Space[];

  /**
   * @param patterns make what finds each pattern
   * @throws {CritError} `usage` when there is no task of a number
   */
  constructor(
    dump: Dump,
    patterns: ReadonlyArray<(kernel: Kernel) => Matcher>,
    options: SearchOptions = {},
  ) {
    this.spaces = spacesOf(dump, options);
    this.#scanner = new Scanner(patterns, options.context);
    const { longest } = this.#scanner;
    const pad = longest === undefined ? undefined : longest - 1 + (options.context ?? 0);
    this.#walk = new Walk(dump, this.spaces, { openMapped: options.openMapped, pad });
    this.#most = options.most ?? Infinity;
    this.#onRead = options.onRead;
  }

  /** What could not be searched so far, and why. */
  get walk(): Walk {
    return this.#walk;
  }

  /** How many matches each address space has had so far. */
  countOf(space: Space): number {
    return this.#counts.get(space) ?? 0;
  }

  /** Closes the mapped file that is open, if any. */
  [Symbol.dispose](): void {
    this.#walk[Symbol.dispose]();
  }

  /**
   * The matches, as they are found.
   *
   * @throws {CritError} when a file with pages cannot be read
   */
  *matches(): Generator<SpaceMatch> {
    const scanner = this.#scanner;
    const isWanted = (space: Space) => this.countOf(space) < this.#most;
    let run: Run = { owners: [], from: 0, to: Infinity, isWanted: false };
    let offset = 0;
    for (const step of this.#walk.steps(isWanted)) {
      if (step.kind === "begin") {
        scanner.begin();
        offset = 0;
        run = { owners: step.owners, from: step.pad, to: Infinity, isWanted: true };
      } else if (step.kind === "end") {
        if (!run.isWanted) continue;
        const matches = scanner.finish();
        if (matches.length > 0) yield* this.#told(matches, run);
      } else if (run.isWanted) {
        if (step.isPad) run.to = offset;
        for (let done = 0; done < step.length;) {
          const room = scanner.room(step.length - done);
          fill(step, done, room);
          this.#onRead?.(room.length);
          done += room.length;
          const matches = scanner.advance(room.length);
          if (matches.length > 0) yield* this.#told(matches, run);
        }
        offset += step.length;
        if (this.#most < Infinity) run.isWanted = run.owners.some(({ space }) => isWanted(space));
      }
    }
  }

  /** Matches of a run for everybody who has them in memory. */
  *#told(matches: readonly Match[], { owners, from, to }: Run): Generator<SpaceMatch> {
    for (const match of matches) {
      if (match.to <= from || match.from >= to) continue;
      for (const owner of owners) {
        if (match.from < owner.from || match.to > owner.to) continue;
        const { space } = owner;
        const count = this.countOf(space);
        const address = owner.address + BigInt(match.from);
        const area = areaAt(space, address);
        if (area === undefined || count >= this.#most) continue;
        this.#counts.set(space, count + 1);
        const length = match.to - match.from;
        yield new SpaceMatch(
          space,
          area,
          address,
          match.pattern,
          length,
          this.#scanner,
          match.from,
        );
      }
    }
  }
}

/** A run that is being searched. */
interface Run {
  readonly owners: readonly Owner[];
  /** Offsets of its own bytes: a match must have one of them, or cross the place between. */
  readonly from: number;
  to: number;
  isWanted: boolean;
}

function fill(step: RunStep & { kind: "bytes" }, from: number, into: Uint8Array): void {
  if (step.source === undefined) into.fill(0);
  else step.source.read(step.offset + from, into);
}
