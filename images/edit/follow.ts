/**
 * Follows a path through the fields of a message. A visitor acts at its end: one changes values,
 * another reads them.
 *
 * @module
 */

import type { FieldTable } from "../codec/table.ts";
import { inField } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import { contentOf } from "./raw_field.ts";
import type { ListItem, RawMessage } from "./raw_message.ts";
import type { ResolvedStep } from "./resolve.ts";
import type { Search, WireRange } from "./search.ts";

/** Acts at the places that a path leads to. */
export interface Visitor {
  /** Visits a field or a whole list; returns whether it exists. */
  field(message: RawMessage, field: FieldTable): boolean;
  /** Visits an item of a list. */
  item(message: RawMessage, field: FieldTable, item: ListItem): void;
  /** Visits the end of a list. */
  append(message: RawMessage, field: FieldTable): void;
}

/**
 * Follows a path into a message.
 *
 * @param depth number of steps that led here
 * @returns the number of places that it led to
 * @throws what the visitor throws, with the field's path
 */
export function follow(
  search: Search,
  visitor: Visitor,
  message: RawMessage,
  steps: readonly ResolvedStep[],
  depth: number,
): number {
  const [{ table: field, field: name, which }, ...rest] = steps as [
    ResolvedStep,
    ...ResolvedStep[],
  ];
  try {
    if (which?.kind === "append") {
      visitor.append(message, field);
      return 1;
    }
    if (which !== undefined) return followItems(search, visitor, message, steps, depth);
    if (rest.length === 0) {
      if (visitor.field(message, field)) return 1;
    } else {
      const inner = message.message(field);
      if (inner !== undefined) return follow(search, visitor, inner, rest, depth + 1);
    }
    search.missed(depth, `there is no ${name} in it`);
    return 0;
  } catch (error) {
    throw inField(error, name);
  }
}

function followItems(
  search: Search,
  visitor: Visitor,
  message: RawMessage,
  steps: readonly ResolvedStep[],
  depth: number,
): number {
  const [{ table: field, which }, ...rest] = steps as [ResolvedStep, ...ResolvedStep[]];
  const items = message.items(field);
  const chosen = items.filter((item, i) =>
    !item.deleted &&
    search.attempt(depth, () => search.takes(which!, i, items.length, insideOf(field, item)))
  );
  if (chosen.length === 0) search.missedItem(depth, which!, items.length, "item");
  let matches = 0;
  for (const item of chosen) {
    if (rest.length > 0) {
      matches += follow(search, visitor, message.inside(field, item), rest, depth + 1);
      continue;
    }
    visitor.item(message, field, item);
    matches++;
  }
  return matches;
}

/** An item as a message, for selections; undefined where it is none. */
function insideOf(field: FieldTable, item: ListItem): (() => WireRange) | undefined {
  if (field.kind !== Kind.Message) return undefined;
  return () => {
    const bytes = item.message?.bytes() ?? contentOf(item);
    return { table: field.message(), bytes, from: 0, to: bytes.length };
  };
}
