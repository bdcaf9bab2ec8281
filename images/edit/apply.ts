/**
 * Carries edits out inside a message.
 *
 * @module
 */

import type { FieldTable } from "../codec/table.ts";
import { CritError, dataError, inField } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import type { Edit, WireRange } from "./edit.ts";
import { fieldNamed } from "./field_name.ts";
import type { Step } from "./path.ts";
import { contentOf } from "./raw_field.ts";
import type { Item, RawMessage } from "./raw_message.ts";

/**
 * Follows a path into a message and does there what the edit says.
 *
 * @param depth how many steps led here
 * @returns how many places the edit matched
 * @throws {CritError} `data` when the value does not fit its field, or the path its types
 */
export function applyInside(
  edit: Edit,
  message: RawMessage,
  steps: readonly Step[],
  depth: number,
): number {
  const [step, ...rest] = steps as [Step, ...Step[]];
  const field = edit.attempt(depth, () => fieldNamed(message.table, step.field));
  if (field === undefined) return 0;
  try {
    return field.repeated
      ? applyToList(edit, message, field, step, rest, depth)
      : applyToField(edit, message, field, step, rest, depth);
  } catch (error) {
    throw inField(error, step.field);
  }
}

function applyToField(
  edit: Edit,
  message: RawMessage,
  field: FieldTable,
  step: Step,
  rest: readonly Step[],
  depth: number,
): number {
  if (step.which !== undefined) throw dataError("it is no list");
  if (rest.length > 0) {
    if (field.kind !== Kind.Message) throw dataError("it has no fields");
    const inner = message.message(field);
    if (inner !== undefined) return applyInside(edit, inner, rest, depth + 1);
    edit.missed(depth, `there is no ${step.field} in it`);
    return 0;
  }
  if (edit.value !== undefined) message.set(field, edit.encoded(field, "whole"));
  else if (!message.delete(field)) {
    edit.missed(depth, `there is no ${step.field} in it`);
    return 0;
  }
  return 1;
}

function applyToList(
  edit: Edit,
  message: RawMessage,
  field: FieldTable,
  { field: name, which }: Step,
  rest: readonly Step[],
  depth: number,
): number {
  if (which === undefined) {
    if (rest.length > 0) {
      const hint = `${name}[0], ${name}[*] or ${name}[FIELD=VALUE]`;
      throw new CritError("data", "it is a list: say which of its items", {}, hint);
    }
    if (edit.value !== undefined) message.setList(field, edit.encoded(field, "whole"));
    else if (!message.delete(field)) {
      edit.missed(depth, `there is no ${name} in it`);
      return 0;
    }
    return 1;
  }
  if (which.kind === "append") {
    message.append(field, edit.encoded(field, "item"));
    return 1;
  }
  if (rest.length > 0 && field.kind !== Kind.Message) throw dataError("its items have no fields");
  const items = message.items(field);
  const chosen = items.filter((item, i) =>
    !item.deleted &&
    edit.attempt(depth, () => edit.takes(which, i, items.length, insideOf(field, item)))
  );
  if (chosen.length === 0) edit.missedItem(depth, which, items.length, "item");
  let matches = 0;
  for (const item of chosen) {
    if (rest.length > 0) {
      matches += applyInside(edit, message.inside(field, item), rest, depth + 1);
      continue;
    }
    if (edit.value === undefined) message.deleteItem(item);
    else message.setItem(field, item, edit.encoded(field, "item"));
    matches++;
  }
  return matches;
}

/** An item as a message, for selections; undefined where it is none. */
function insideOf(field: FieldTable, item: Item): (() => WireRange) | undefined {
  if (field.kind !== Kind.Message) return undefined;
  return () => {
    const bytes = item.message?.bytes() ?? contentOf(item);
    return { table: field.message(), bytes, from: 0, to: bytes.length };
  };
}
