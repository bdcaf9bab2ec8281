/**
 * Fields by the names that users give them.
 *
 * @module
 */

import { nearest } from "../bytes/nearest.ts";
import { oldName } from "../codec/old_names.ts";
import type { FieldTable, MessageTable } from "../codec/table.ts";
import { CritError } from "../errors.ts";

/** The error for a field that the type of a message does not have. */
export class NoSuchField extends CritError {
  /** How many steps of the path lead to the message that does not have it. */
  steps = 0;
}

/**
 * The field of this name, also one that older releases had.
 *
 * @param others further names that could have been meant
 * @throws {NoSuchField} naming the nearest
 */
export function fieldNamed(
  table: MessageTable,
  name: string,
  others: readonly string[] = [],
): FieldTable {
  const field = table.byName.get(name) ??
    table.byName.get(oldName(table.schema.name, name) ?? "");
  if (field !== undefined) return field;
  const near = nearest(name, [...table.byName.keys(), ...others]);
  const hint = near && `did you mean ${near}?`;
  throw new NoSuchField("data", `${table.schema.name} has no field ${name}`, {}, hint);
}
