/** Searches of memory, for the library. @module */

import { filesBelow } from "../coredump/local_files.ts";
import type { Dump } from "../dump/dump.ts";
import { matcherOf } from "../search/matcher.ts";
import { parsePattern, type PatternOptions, type PatternText } from "../search/pattern.ts";
import { stringMatcher, type StringOptions } from "../search/strings.ts";
import type { MemoryChoice } from "./choice.ts";
import { filled, type Stretch, stretchesOf } from "./contents.ts";
import { MemorySearch, type SearchOptions } from "./search.ts";
import { spacesOf } from "./spaces.ts";
import type { Missing } from "./walk.ts";

/** Options of {@link searchMemory} and {@link memoryStrings}. */
export interface LookOptions extends MemoryChoice {
  /** Directory below which mapped files are read; without it, their pages are not searched. */
  readonly sysroot?: string;
  /** Most matches of a task. */
  readonly most?: number;
}

/** A match in the memory of a task. */
export interface MemoryMatch {
  /** Process id. */
  readonly pid: number;
  /** Address of the first byte. */
  readonly address: bigint;
  /** The memory area, as named in `/proc/PID/maps`. */
  readonly area: string;
  /** Index of the pattern. */
  readonly pattern: number;
  /** The bytes that match. */
  readonly bytes: Uint8Array;
}

/**
 * Finds patterns in the memory of a dump's tasks, as `crit search` does.
 *
 * @returns at the end, the numbers of bytes that the dump does not have
 * @throws {CritError} `usage` for an invalid pattern or an unknown task
 */
export function* searchMemory(
  dump: Dump,
  patterns: readonly PatternText[],
  options: LookOptions & PatternOptions = {},
): Generator<MemoryMatch, Missing> {
  const matchers = patterns.map((pattern) => matcherOf(parsePattern(pattern, options)));
  return yield* findings(new MemorySearch(dump, matchers, searchOptions(options)));
}

/**
 * Finds text in the memory of a dump's tasks, as `crit strings` does.
 *
 * @returns at the end, the numbers of bytes that the dump does not have
 */
export function* memoryStrings(
  dump: Dump,
  options: LookOptions & StringOptions = {},
): Generator<MemoryMatch, Missing> {
  const matcher = stringMatcher(options);
  return yield* findings(new MemorySearch(dump, [matcher], searchOptions(options)));
}

/**
 * The contents of a task's memory in ascending order, as `crit hexdump` shows them. With a range,
 * addresses without memory are included.
 *
 * ```ts
 * for (const { address, length, source, offset, absence } of memoryOf(dump, 1517, { range })) {
 *   if (source === undefined) console.log(address, length, absence);
 *   else source.read(offset, new Uint8Array(Number(length)));
 * }
 * ```
 *
 * @throws {CritError} `usage` if the task does not exist
 */
export function* memoryOf(
  dump: Dump,
  pid: number,
  { sysroot, ...choice }: Omit<LookOptions, "pids" | "most"> = {},
): Generator<Stretch> {
  const openMapped = sysroot === undefined ? undefined : filesBelow(sysroot);
  for (const space of spacesOf(dump, { ...choice, pids: [pid] })) {
    const found = stretchesOf(dump, space, openMapped);
    yield* choice.range === undefined ? found : filled(found, choice.range);
  }
}

function searchOptions({ sysroot, ...options }: LookOptions): SearchOptions {
  return { ...options, openMapped: sysroot === undefined ? undefined : filesBelow(sysroot) };
}

function* findings(search: MemorySearch): Generator<MemoryMatch, Missing> {
  using opened = search;
  for (const match of opened.matches()) {
    const { address, pattern } = match;
    const bytes = match.bytes.slice();
    for (const { pid } of match.space.tasks) {
      yield { pid, address, area: match.area.name, pattern, bytes };
    }
  }
  return opened.walk.missing;
}
