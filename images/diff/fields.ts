/**
 * Differences between two messages, field by field.
 *
 * @module
 */

import type { Message, Value } from "../codec/objects.ts";
import { type FieldTable, type MessageTable, Shape } from "../codec/table.ts";
import { Kind, UNKNOWN } from "../protobuf/schema.ts";
import { firstDifference, type SomeBytes } from "./bytes.ts";
import { Identity } from "./identity.ts";
import { pairsOf } from "./pairs.ts";
import { type Pretty, prettyField, prettyValue } from "./pretty.ts";

/** A value that is not the same on both sides. */
export interface FieldChange {
  /** Path of the field from the image on: `[0].tc.comm`, `[fd=3].flags`. */
  readonly path: string;
  /** In the pretty form; undefined where the first side lacks it. */
  readonly a: Pretty | undefined;
  /** In the pretty form; undefined where the second side lacks it. */
  readonly b: Pretty | undefined;
  /** Of two runs of bytes: where they differ first. */
  readonly offset?: number;
}

/** Compares two messages of a table in the pretty form. */
export function* messageChanges(
  table: MessageTable,
  a: Message,
  b: Message,
  path: string,
): Generator<FieldChange> {
  const start = path === "" ? "" : `${path}.`;
  for (const field of table.list) {
    const before = a[field.name];
    const after = b[field.name];
    if (before !== after) yield* fieldChanges(field, before, after, `${start}${field.name}`);
  }
  const unknown = [a[UNKNOWN], b[UNKNOWN]] as Array<Uint8Array | undefined>;
  yield* bytesChange(unknown[0], unknown[1], `${start}${UNKNOWN}`);
}

/** Compares two runs of bytes, each of which may be absent. */
export function* bytesChange(
  a: SomeBytes | undefined,
  b: SomeBytes | undefined,
  path: string,
): Generator<FieldChange> {
  if (a === undefined || b === undefined) {
    if (a !== b) yield { path, a, b };
    return;
  }
  const offset = firstDifference(a, b);
  if (offset !== undefined) yield { path, a, b, offset };
}

function* fieldChanges(
  field: FieldTable,
  a: Value | undefined,
  b: Value | undefined,
  path: string,
): Generator<FieldChange> {
  if (field.repeated && field.shape !== Shape.Address) {
    // An empty list is as good as none.
    yield* listChanges(field, (a ?? []) as Value[], (b ?? []) as Value[], path);
  } else if (a === undefined || b === undefined) {
    yield {
      path,
      a: a === undefined ? undefined : prettyField(field, a),
      b: b === undefined ? undefined : prettyField(field, b),
    };
  } else if (field.shape === Shape.Address) {
    const isSame = String(a) === String(b);
    if (!isSame) yield { path, a: prettyField(field, a), b: prettyField(field, b) };
  } else yield* valueChanges(field, a, b, path);
}

/** Compares two values of a field, or two items of a repeated one. */
function* valueChanges(field: FieldTable, a: Value, b: Value, path: string) {
  if (field.kind === Kind.Message) {
    yield* messageChanges(field.message(), a as Message, b as Message, path);
  } else if (field.kind === Kind.Bytes) {
    const offset = firstDifference(a as Uint8Array, b as Uint8Array);
    if (offset === undefined) return;
    yield { path, a: prettyValue(field, a), b: prettyValue(field, b), offset };
  } else if (a !== b) yield { path, a: prettyValue(field, a), b: prettyValue(field, b) };
}

function* listChanges(field: FieldTable, a: readonly Value[], b: readonly Value[], path: string) {
  const identity = field.kind === Kind.Message ? Identity.of(field.message()) : undefined;
  const list = (items: readonly Value[]) => ({
    length: items.length,
    key: identity && ((index: number) => identity.key(items[index] as Message)),
  });
  for (const [before, after] of pairsOf(list(a), list(b), (i, j) => a[i] === b[j])) {
    const valueA = before === undefined ? undefined : a[before]!;
    const valueB = after === undefined ? undefined : b[after]!;
    const place = identity?.label((valueA ?? valueB) as Message) ?? `[${before ?? after}]`;
    if (valueA !== undefined && valueB !== undefined) {
      yield* valueChanges(field, valueA, valueB, `${path}${place}`);
      continue;
    }
    yield {
      path: `${path}${place}`,
      a: valueA === undefined ? undefined : prettyValue(field, valueA),
      b: valueB === undefined ? undefined : prettyValue(field, valueB),
    };
  }
}
