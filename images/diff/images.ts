/**
 * Differences between two images of one type.
 *
 * @module
 */

import type { Message } from "../codec/objects.ts";
import { type MessageTable, messageTable } from "../codec/table.ts";
import type { ImageFile } from "../dump/source.ts";
import { CritError } from "../errors.ts";
import { jsonName } from "../image/head.ts";
import { firstDifference, wholeFile } from "./bytes.ts";
import { type ComparedRun, ImageEntries } from "./entries.ts";
import { bytesChange, type FieldChange, messageChanges } from "./fields.ts";
import { Identity } from "./identity.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { type Pretty, prettyMessage } from "./pretty.ts";

/** Takes note of what is wrong with an image of one side. */
export type OnFault = (side: "a" | "b", fault: CritError) => void;

/**
 * Compares two images. The version of the file (with or without head magics) does not count, nor
 * does the order of entries that have an identity. What a damaged image may have had after the
 * damage is not said to be missing from it.
 */
export function* imageChanges(
  a: ImageFile,
  b: ImageFile,
  onFault: OnFault,
): Generator<FieldChange> {
  const isEqual = firstDifference(wholeFile(a), wholeFile(b)) === undefined;
  const before = new ImageEntries(a, !isEqual);
  if (before.error !== undefined) onFault("a", before.error);
  if (isEqual) return;
  const after = new ImageEntries(b);
  if (after.error !== undefined) onFault("b", after.error);
  if (before.type === undefined || after.type === undefined) return;
  if (before.type !== after.type) {
    yield { path: "magic", a: jsonName(before.type), b: jsonName(after.type) };
    return;
  }
  for (const pair of entryPairs(before, after)) {
    const [indexA, indexB] = pair;
    if (indexA === undefined && before.error !== undefined) continue;
    if (indexB === undefined && after.error !== undefined) continue;
    yield* entryChanges(before, after, pair);
  }
}

/** A fault named by the path of its image, which tells the sides apart. */
export function faultAt(fault: CritError, path: string): CritError {
  const { kind, reason, place, hint, cause } = fault;
  return new CritError(kind, reason, { ...place, image: path }, hint, { cause });
}

/** Compares two raw images, or any two files, byte for byte. */
export function rawChanges(a: ImageFile, b: ImageFile): Generator<FieldChange> {
  return bytesChange(wholeFile(a), wholeFile(b), "");
}

function* entryPairs(a: ImageEntries, b: ImageEntries): Generator<Pair> {
  const { type } = a;
  const heads = type!.head === undefined ? 0 : 1;
  const list = (entries: ImageEntries, identity: Identity | undefined) => ({
    length: Math.max(0, entries.count - heads),
    key: identity && ((index: number) => identity.key(entries.message(index + heads))),
  });
  // A head is what it is by its place.
  if (heads === 1) {
    const head = (entries: ImageEntries) => ({ length: Math.min(1, entries.count) });
    yield* pairsOf(head(a), head(b), (i, j) => a.isSame(i, b, j));
  }
  if (type!.entry === undefined) return;
  const identity = Identity.of(messageTable(type!.entry, "pretty"));
  const shift = (index: number | undefined) => index === undefined ? undefined : index + heads;
  const isSame = (i: number, j: number) => a.isSame(i + heads, b, j + heads);
  for (const pair of pairsOf(list(a, identity), list(b, identity), isSame)) {
    yield [shift(pair[0]), shift(pair[1])] as Pair;
  }
}

function* entryChanges(
  a: ImageEntries,
  b: ImageEntries,
  [indexA, indexB]: Pair,
): Generator<FieldChange> {
  const [side, index] = indexA === undefined ? [b, indexB] : [a, indexA];
  const table = side.table(index);
  const isHead = index === 0 && side.type!.head !== undefined;
  const identity = isHead ? undefined : Identity.of(table);
  const pathOf = (message: Message) => identity?.label(message) ?? `[${index}]`;
  const message = side.message(index);
  if (indexA === undefined || indexB === undefined) {
    const path = pathOf(message);
    const whole = wholeEntry(side, table, message, side.extra(index));
    yield indexA === undefined
      ? { path, a: undefined, b: whole }
      : { path, a: whole, b: undefined };
    return;
  }
  const changes = function* () {
    yield* messageChanges(table, message, b.message(indexB), "");
    yield* extraChanges(a, a.extra(indexA), b, b.extra(indexB));
  };
  let path: string | undefined;
  for (const change of changes()) {
    path ??= pathOf(message);
    yield { ...change, path: `${path}.${change.path}` };
  }
}

/** An entry with its extra, as the pretty form has it. */
function wholeEntry(
  side: ImageEntries,
  table: MessageTable,
  message: Message,
  parts: readonly ComparedRun[],
): Pretty {
  const whole = prettyMessage(table, message);
  if (parts.length === 0) return whole;
  const values = parts.map((part) => prettyPart(side, part));
  if (parts[0]!.run.part !== undefined) {
    const named = parts.map(({ run }, i) => [run.part!, values[i]!] as const);
    return { ...whole, extra: Object.fromEntries(named) };
  }
  return { ...whole, extra: parts[0]!.run.kind === "message" ? values : values[0]! };
}

/** Compares extras run by run. */
function* extraChanges(
  a: ImageEntries,
  partsA: readonly ComparedRun[],
  b: ImageEntries,
  partsB: readonly ComparedRun[],
): Generator<FieldChange> {
  const isList = (partsA[0] ?? partsB[0])?.run.kind === "message";
  for (let i = 0; i < partsA.length || i < partsB.length; i++) {
    const [before, after] = [partsA[i], partsB[i]];
    const { part } = (before ?? after)!.run;
    const path = part === undefined ? isList ? `extra[${i}]` : "extra" : `extra.${part}`;
    if (before === undefined || after === undefined) {
      yield { path, a: before && prettyPart(a, before), b: after && prettyPart(b, after) };
    } else yield* partChanges(a, before, b, after, path);
  }
}

function* partChanges(
  a: ImageEntries,
  partA: ComparedRun,
  b: ImageEntries,
  partB: ComparedRun,
  path: string,
): Generator<FieldChange> {
  const { kind, message } = partA.run;
  if (kind === "message") {
    const table = messageTable(message!, "pretty");
    yield* messageChanges(table, a.messageOf(partA), b.messageOf(partB), path);
    return;
  }
  if (kind !== "numbers" || !isHeld(partA) || !isHeld(partB)) {
    return yield* bytesChange(partA.bytes, partB.bytes, path);
  }
  const [before, after] = [a.numbersOf(partA.bytes), b.numbersOf(partB.bytes)];
  for (let i = 0; i < before.length || i < after.length; i++) {
    if (before[i] !== after[i]) yield { path: `${path}[${i}]`, a: before[i], b: after[i] };
  }
}

function prettyPart(side: ImageEntries, part: ComparedRun): Pretty {
  const { kind, message } = part.run;
  if (kind === "message") {
    return prettyMessage(messageTable(message!, "pretty"), side.messageOf(part));
  }
  return kind === "numbers" && isHeld(part) ? side.numbersOf(part.bytes) : part.bytes;
}

function isHeld(part: ComparedRun): part is ComparedRun & { readonly bytes: Uint8Array } {
  return part.bytes instanceof Uint8Array;
}
