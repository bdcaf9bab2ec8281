/**
 * Looking into memory from a program.
 *
 * @module
 */

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

/** How {@link searchMemory} and {@link memoryStrings} look into memory. */
export interface LookOptions extends MemoryChoice {
  /** Directory below which mapped files are read; without it their pages are not looked at. */
  readonly sysroot?: string;
  /** Most findings of a task. */
  readonly most?: number;
}

/** Bytes that were found in the memory of a task. */
export interface MemoryMatch {
  /** Process id. */
  readonly pid: number;
  /** Address of the first byte. */
  readonly address: bigint;
  /** The memory area, as `/proc/PID/maps` names it. */
  readonly area: string;
  /** Index of the pattern. */
  readonly pattern: number;
  /** What was found. */
  readonly bytes: Uint8Array;
}

/**
 * Finds patterns in the memory of a dump's tasks, as `crit search` does.
 *
 * @returns when all is told, what the dump does not have, in bytes
 * @throws {CritError} `usage` for what is no pattern or no task
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
 * @returns when all is told, what the dump does not have, in bytes
 */
export function* memoryStrings(
  dump: Dump,
  options: LookOptions & StringOptions = {},
): Generator<MemoryMatch, Missing> {
  const matcher = stringMatcher(options);
  return yield* findings(new MemorySearch(dump, [matcher], searchOptions(options)));
}

/**
 * What a task's memory is made of, in ascending order, as `crit hexdump` shows it. Of a range,
 * addresses without memory are there too.
 *
 * ```ts
 * for (const { address, length, source, offset, absence } of memoryOf(dump, 1517, { range })) {
 *   if (source === undefined) console.log(address, length, absence);
 *   else source.read(offset, new Uint8Array(Number(length)));
 * }
 * ```
 *
 * @throws {CritError} `usage` if there is no such task
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
