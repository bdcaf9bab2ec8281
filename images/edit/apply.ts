/**
 * Applies edits inside a message.
 *
 * @module
 */

import type { FieldTable } from "../codec/table.ts";
import type { Edit } from "./edit.ts";
import { follow, type Visitor } from "./follow.ts";
import type { ListItem, RawMessage } from "./raw_message.ts";

/**
 * Follows the path of an edit into a message and applies the edit.
 *
 * @param from index of the first step
 * @returns the number of places that the edit matched
 * @throws {CritError} `data` when the value does not fit its field, or the path its types
 */
export function applyInside(edit: Edit, message: RawMessage, from: number): number {
  const depth = from + 1;
  const steps = edit.attempt(depth, () => edit.steps(message.table, from));
  return steps === undefined ? 0 : follow(edit, new Change(edit), message, steps, depth);
}

/** Sets or deletes what a path leads to. */
class Change implements Visitor {
  constructor(readonly edit: Edit) {}

  field(message: RawMessage, field: FieldTable): boolean {
    const { edit } = this;
    if (edit.value === undefined) return message.delete(field);
    const encoded = edit.encoded(field, "whole");
    if (field.repeated) message.setList(field, encoded);
    else message.set(field, encoded);
    return true;
  }

  item(message: RawMessage, field: FieldTable, item: ListItem): void {
    const { edit } = this;
    if (edit.value === undefined) message.deleteItem(item);
    else message.setItem(field, item, edit.encoded(field, "item"));
  }

  append(message: RawMessage, field: FieldTable): void {
    message.append(field, this.edit.encoded(field, "item"));
  }
}
