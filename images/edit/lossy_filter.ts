/**
 * Detects unintended changes by a filter. A program that reads JSON numbers as doubles rounds
 * numbers beyond 2^53, and one that requires UTF-8 replaces other bytes by U+FFFD. Both silently
 * corrupt registers, addresses and file names.
 *
 * @module
 */

import { sameBytes } from "../bytes/bytes.ts";
import { decodeMessage, type Message, type Value } from "../codec/objects.ts";
import { CritError, dataError, inField } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import { type ImageEvents, ImageReader, type ImageReaderOptions } from "../image/reader.ts";
import type { EntryShape } from "../types/image_type.ts";

/** How JSON was given to the filter. */
export interface FilterJson {
  /** Whether numbers beyond 2^53 were strings, which are not rounded. */
  readonly hasBigStrings: boolean;
}

/** A message of an image: an entry's payload, or one in its extra. */
interface Piece {
  readonly message: string;
  readonly entry: number;
  readonly bytes: Uint8Array;
}

/**
 * Compares the output of a filter with its input.
 *
 * @param filter name of the filter in errors
 * @throws {CritError} `data` if a value was rounded, or bytes were replaced by U+FFFD
 */
export function checkLossless(
  filter: string,
  before: Uint8Array,
  after: Uint8Array,
  { hasBigStrings }: FilterJson,
  options: ImageReaderOptions,
): void {
  if (sameBytes(before, after)) return;
  const [out, back] = [piecesOf(before, options), piecesOf(after, options)];
  for (const [a, b] of pairsOf(out, back)) {
    if (a.message !== b.message || sameBytes(a.bytes, b.bytes)) continue;
    try {
      const [went, came] = [a, b].map(({ message, bytes }) => decodeMessage(message, bytes));
      compareMessages(went!, came!, hasBigStrings);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      throw error.at({ image: `${options.name}: ${filter}`, entry: b.entry });
    }
  }
}

function piecesOf(image: Uint8Array, options: ImageReaderOptions): Piece[] {
  const pieces: Piece[] = [];
  let entry = -1;
  const events: ImageEvents = {
    begin() {},
    payload({ entry: message }: EntryShape, bytes, from, to) {
      entry++;
      pieces.push({ message, entry, bytes: bytes.slice(from, to) });
    },
    extraBegin(run) {
      this.run = run;
    },
    extraBytes(bytes, from, to) {
      if (this.run?.kind !== "message") return;
      pieces.push({ message: this.run.message!, entry, bytes: bytes.slice(from, to) });
    },
    extraEnd() {},
    entryEnd() {},
    end() {},
  } as ImageEvents & { run?: ExtraRun };
  const reader = new ImageReader(events, { name: options.name, size: image.length });
  reader.push(image);
  reader.finish();
  return pieces;
}

/**
 * What is compared with what, with its place in `b`. If a filter has deleted or added some, both
 * the first and the last of each are thought to be the same.
 */
function* pairsOf<T>(a: readonly T[], b: readonly T[]): Generator<readonly [T, T, number]> {
  const count = Math.min(a.length, b.length);
  for (let i = 0; i < count; i++) yield [a[i]!, b[i]!, i];
  if (a.length === b.length) return;
  for (let i = 1; i <= count; i++) yield [a.at(-i)!, b.at(-i)!, b.length - i];
}

function compareMessages(went: Message, came: Message, hasBigStrings: boolean): void {
  for (const [name, value] of Object.entries(went)) {
    const other = came[name];
    if (value === undefined || other === undefined) continue;
    if (Array.isArray(value) && Array.isArray(other)) {
      for (const [a, b, i] of pairsOf(value, other)) {
        compareIn(`${name}[${i}]`, a, b, hasBigStrings);
      }
    } else compareIn(name, value, other, hasBigStrings);
  }
}

function compareIn(field: string, went: Value, came: Value, hasBigStrings: boolean): void {
  try {
    compareValues(went, came, hasBigStrings);
  } catch (error) {
    throw inField(error, field);
  }
}

function compareValues(went: Value, came: Value, hasBigStrings: boolean): void {
  if (typeof went === "bigint") {
    if (!hasBigStrings && typeof came === "bigint" && isRounded(went, came)) {
      const hint = "--big-numbers=string gives the filter such numbers as strings, which it " +
        "keeps; jq 1.7 and later keeps the numbers too";
      throw dataError(`${went} came back as ${came}: rounded beyond 2^53`, {}, hint);
    }
  } else if (typeof went === "string") {
    if (typeof came === "string" && isReplaced(went, came)) {
      const reason = `${JSON.stringify(went)} came back as ${JSON.stringify(came)}: bytes that ` +
        "are not UTF-8 were replaced";
      const hint = "--set changes fields without a filter, and --transform keeps such bytes";
      throw dataError(reason, {}, hint);
    }
  } else if (isMessage(went) && isMessage(came)) compareMessages(went, came, hasBigStrings);
}

function isMessage(value: Value): value is Message {
  return typeof value === "object" && !(value instanceof Uint8Array) && !Array.isArray(value);
}

/** Whether two numbers beyond 2^53 are not the same, but the same double. */
function isRounded(went: bigint, came: bigint): boolean {
  if (went === came) return false;
  const double = Number(went);
  return !Number.isSafeInteger(double) && double === Number(came);
}

/** Whether what differs is that other bytes than UTF-8 (lone surrogates here) are U+FFFD. */
function isReplaced(went: string, came: string): boolean {
  if (went === came || !came.includes("\ufffd")) return false;
  const replaced = (text: string) => text.replace(/[\p{Cs}\ufffd]+/gu, "\ufffd");
  return /\p{Cs}/u.test(went) && replaced(went) === replaced(came);
}

/** Whether an image has numbers that a filter may round. */
export function hasBigNumbers(image: Uint8Array, options: ImageReaderOptions): boolean {
  return piecesOf(image, options).some(({ message, bytes }) =>
    isBig(decodeMessage(message, bytes))
  );
}

function isBig(value: Value | undefined): boolean {
  if (typeof value === "bigint") return !Number.isSafeInteger(Number(value));
  if (typeof value !== "object" || value instanceof Uint8Array) return false;
  return Object.values(value).some(isBig);
}
