/**
 * A cache of texts for each field: JSON has the same few texts over and over.
 *
 * @module
 */

import type { FieldTable } from "./table.ts";

/** Most parsed texts that are kept for a field. */
export const MOST_VALUES = 256;

/** A number that was written as a string, and what it came to. */
interface LastText {
  /** The string in its quotes. */
  readonly text: Uint8Array;
  /** The value as it stands on the wire. */
  readonly wire: Uint8Array;
  /** Whether names of older tools were refused. */
  readonly strict: boolean;
}

/** Texts that were read for a field. */
export interface ReadTexts {
  /** Some of the texts that were parsed, with their value. */
  readonly values: Map<string, bigint | undefined>;
  /** The one that was read last. */
  last: LastText | undefined;
}

/** By field table. */
const byField: Array<ReadTexts | undefined> = [];

/** The cache of a field. */
export function readTextsOf({ id }: FieldTable): ReadTexts {
  const known = byField[id];
  if (known !== undefined) return known;
  while (byField.length < id) byField.push(undefined);
  return byField[id] = { values: new Map(), last: undefined };
}
