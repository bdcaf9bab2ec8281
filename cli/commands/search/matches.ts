/** Matches of `crit search` as lines of text and as JSON objects. @module */

import { hexText, printable } from "../../../images/bytes/printable.ts";
import { decodeText } from "../../../images/bytes/utf8.ts";
import type { MemorySearch, SpaceMatch } from "../../../images/memory/search.ts";
import { bytesText } from "../../../images/memory/text.ts";
import type { Paint } from "../../terminal/terminal.ts";
import type { GivenPattern } from "./patterns.ts";

/** Bytes that are printed before and after a match when nothing else is asked for. */
export const USUAL_CONTEXT = 16;

/** Most bytes of a match that are printed as text. */
const LONGEST_PRINTED = 1 << 12;

/** A match as lines: one for each task that has it in memory. */
export function* matchLines(match: SpaceMatch, context: number, paint: Paint): Generator<string> {
  const { bytes } = match;
  const { before, after } = match.around(context);
  const cut = bytes.length > LONGEST_PRINTED ? "…" : "";
  const found = paint("red", bytesText(bytes.subarray(0, LONGEST_PRINTED)) + cut);
  const place = `${paint("green", hexText(match.address))} ${printable(match.area.name)}`;
  const text = `${bytesText(before)}${found}${bytesText(after)}`;
  for (const { pid } of match.space.tasks) yield `${paint("cyan", `${pid}`)} ${place}: ${text}`;
}

/** A match as objects: one for each task that has it in memory. */
export function* matchObjects(
  match: SpaceMatch,
  context: number | undefined,
  patterns: readonly GivenPattern[],
): Generator<object> {
  const { bytes, address, area } = match;
  const { before, after } = match.around(context ?? 0);
  const place = {
    address: hexText(address),
    area: area.name,
    pattern: patterns[match.pattern]!.text,
    length: bytes.length,
    match: decodeText(bytes),
    hex: bytes.toHex(),
    ...(context === undefined ? {} : { before: before.toHex(), after: after.toHex() }),
  };
  for (const { pid } of match.space.tasks) yield { pid, ...place };
}

/** A task, and how many matches it has. */
export interface TaskCount {
  readonly pid: number;
  readonly count: number;
}

/** How many matches each task has. */
export function countsOf(search: MemorySearch): TaskCount[] {
  return search.spaces.flatMap((space) => {
    const count = search.countOf(space);
    return space.tasks.map(({ pid }) => ({ pid, count }));
  });
}

/** Counts as objects; for a list only tasks that have a match, without their counts. */
export function countObjects(counts: readonly TaskCount[], isList: boolean): object[] {
  if (!isList) return [...counts];
  return counts.filter(({ count }) => count > 0).map(({ pid }) => ({ pid }));
}

/** Counts as lines; see {@link countObjects}. */
export function countLines(counts: readonly TaskCount[], isList: boolean): string[] {
  if (!isList) return counts.map(({ pid, count }) => `${pid}:${count}\n`);
  return counts.filter(({ count }) => count > 0).map(({ pid }) => `${pid}\n`);
}
