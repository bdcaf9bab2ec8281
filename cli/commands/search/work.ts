/** What `crit search` finds in one of many dumps. @module */

import { openDump } from "../../../images/dump/open.ts";
import { MemorySearch } from "../../../images/memory/search.ts";
import { matcherOf } from "../../../images/search/matcher.ts";
import "../../../plugins/mod.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { choiceOf, type MemoryArguments, type Unseen, unseenBy } from "../../files/memory.ts";
import { fleetWork } from "../../fleet/work.ts";
import { painter } from "../../terminal/terminal.ts";
import {
  countLines,
  countObjects,
  countsOf,
  matchLines,
  matchObjects,
  USUAL_CONTEXT,
} from "./matches.ts";
import { type GivenPattern, parsePatterns, type PatternManner } from "./patterns.ts";

/** What is looked for. */
export interface SearchWorkOptions extends MemoryArguments, PatternManner {
  /** Texts of the patterns. */
  readonly texts: readonly string[];
  readonly context: number | undefined;
  /** Only the numbers of matches. */
  readonly count: boolean;
  /** Only the tasks that have a match. */
  readonly list: boolean;
  /** Most matches of a task. */
  readonly max: number | undefined;
  /** Whether text is coloured; undefined when objects are wanted. */
  readonly color: boolean | undefined;
}

/** What was found in a dump. */
export interface SearchResult {
  /** Lines of text, without the dump's name. */
  readonly lines: readonly string[];
  /** Or objects: one for each match, count or task. */
  readonly objects: readonly object[];
  /** How many matches there are; with a limit, no more than that of each task. */
  readonly count: number;
  /** How many of them are in neither list. */
  readonly leftOut: number;
  readonly unseen: Unseen;
}

/**
 * Most matches of a dump that are kept until its turn comes; a dump alone has no such limit, as its
 * matches are printed as they are found.
 */
export const MOST_KEPT = 100_000;

/** The patterns that were parsed last: those of the next dump are the same. */
let parsed: { readonly of: string; readonly patterns: GivenPattern[] } | undefined;

function patternsOf(options: SearchWorkOptions): GivenPattern[] {
  const { texts, regex, hex, ignoreCase, utf16 } = options;
  const of = JSON.stringify([texts, regex, hex, ignoreCase, utf16]);
  if (parsed?.of !== of) parsed = { of, patterns: parsePatterns(texts, options) };
  return parsed.patterns;
}

/** Searches a dump. */
export const searchWork = fleetWork<SearchWorkOptions, SearchResult>(
  import.meta.url,
  "crit search",
  async (path, options) => {
    const { context, count, list, color } = options;
    const patterns = patternsOf(options);
    using dump = await openDump(path, { parent: options.parent, ...archiveLimits(options) });
    using search = new MemorySearch(dump, patterns.map(({ pattern }) => matcherOf(pattern)), {
      ...choiceOf(options),
      context: context ?? USUAL_CONTEXT,
      most: list ? 1 : options.max,
    });
    const lines: string[] = [];
    const objects: object[] = [];
    const paint = painter(color === true);
    let [found, kept] = [0, 0];
    for (const match of search.matches()) {
      found += match.space.tasks.length;
      if (count || list || kept >= MOST_KEPT) continue;
      if (color === undefined) objects.push(...matchObjects(match, context, patterns));
      else {
        for (const line of matchLines(match, context ?? USUAL_CONTEXT, paint)) {
          lines.push(`${line}\n`);
        }
      }
      kept = objects.length + lines.length;
    }
    if (count || list) {
      const counts = countsOf(search);
      if (color === undefined) objects.push(...countObjects(counts, !count));
      else lines.push(...countLines(counts, !count));
      kept = found;
    }
    const unseen = unseenBy(search.walk);
    const result = { lines, objects, count: found, leftOut: found - kept, unseen };
    const faults = dump.allFaults;
    return { code: faults.length > 0 ? 3 : found > 0 ? 0 : 1, result, faults };
  },
);
