/** Searches a dump's memory for patterns. @module */

import type { OpenMapped } from "../coredump/mapped_files.ts";
import type { Dump } from "../dump/dump.ts";
import type { Kernel } from "../search/kernel.ts";
import type { Matcher } from "../search/matcher.ts";
import { type Match, Scanner } from "../search/scanner.ts";
import type { MemoryChoice } from "./choice.ts";
import type { Owner, RunStep } from "./runs.ts";
import { areaAt, type ChosenArea, type Space, spacesOf } from "./spaces.ts";
import { Walk } from "./walk.ts";

/** Options of a search. */
export interface SearchOptions extends MemoryChoice {
  /** Opens mapped files; without it, their pages are not searched. */
  readonly openMapped?: OpenMapped;
  /** Most matches of a task. */
  readonly most?: number;
  /** Bytes before and after a match that {@link SpaceMatch.around} returns. */
  readonly context?: number;
  /** Called with the number of bytes read. */
  readonly onRead?: (count: number) => void;
}

/** A match; its bytes are valid until the next match is requested. */
export class SpaceMatch {
  constructor(
    /** The address space of the match. */
    readonly space: Space,
    /** The area in which it begins. */
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

  /** The bytes that match. */
  get bytes(): Uint8Array {
    return this.scanner.bytes(this.offset, this.offset + this.length)!;
  }

  /** Known bytes before and after the match. */
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
  /** The address spaces to search. */
  readonly spaces: readonly Space[];

  /**
   * @param patterns create the matcher of each pattern
   * @throws {CritError} `usage` if a pid does not exist
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

  /** The walk, which counts the bytes that could not be searched. */
  get walk(): Walk {
    return this.#walk;
  }

  /** Number of matches so far in an address space. */
  countOf(space: Space): number {
    return this.#counts.get(space) ?? 0;
  }

  /** Closes the open mapped file, if any. */
  [Symbol.dispose](): void {
    this.#walk[Symbol.dispose]();
  }

  /**
   * Yields the matches in order of discovery.
   *
   * @throws {CritError} if a file with pages cannot be read
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

  /** Yields the matches of a run for each of its owners. */
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
  /**
   * Offsets of the run's own bytes: a match must include one of them, or cross the border between.
   */
  readonly from: number;
  to: number;
  isWanted: boolean;
}

function fill(step: RunStep & { kind: "bytes" }, from: number, into: Uint8Array): void {
  if (step.source === undefined) into.fill(0);
  else step.source.read(step.offset + from, into);
}
