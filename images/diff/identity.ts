/**
 * What tells the entries of a list apart, so that a list is compared entry by entry although some
 * were added or removed before it.
 *
 * @module
 */

import type { Message } from "../codec/objects.ts";
import type { FieldTable, MessageTable } from "../codec/table.ts";
import { identifyingFields } from "../types/registry.ts";
import { prettyValue } from "./pretty.ts";

/** Where an identifying field stands: its table, those of the messages around it before it. */
type FieldPath = readonly FieldTable[];

/** Tells the messages of one list apart. */
export class Identity {
  readonly #fields: ReadonlyArray<{ readonly name: string; readonly path: FieldPath }>;

  private constructor(table: MessageTable, names: readonly string[]) {
    this.#fields = names.map((name) => ({ name, path: pathOf(table, name) }));
  }

  /** What identifies messages of a table; undefined when only their place does. */
  static of(table: MessageTable): Identity | undefined {
    const names = identifyingFields(table.schema.name);
    return names === undefined ? undefined : new Identity(table, names);
  }

  /** Equal for two messages that are the same thing. */
  key(message: Message): string {
    return this.#fields.map(({ path }) => String(valueAt(message, path))).join("\0");
  }

  /** The identity as a path has it: `[fd=3]`, `[type=REG,id=4]`. */
  label(message: Message): string {
    const parts = this.#fields.map(({ name, path }) => {
      const value = valueAt(message, path);
      return `${name}=${value === undefined ? "" : prettyValue(path.at(-1)!, value)}`;
    });
    return `[${parts.join(",")}]`;
  }
}

/** The fields that lead to `a.b`. Declarations name real fields only. */
function pathOf(table: MessageTable, name: string): FieldPath {
  const path: FieldTable[] = [];
  for (const part of name.split(".")) {
    const inner = path.at(-1)?.message() ?? table;
    path.push(inner.byName.get(part)!);
  }
  return path;
}

function valueAt(message: Message, path: FieldPath): Message[string] {
  let value: Message[string] = message;
  for (const { name } of path) value = (value as Message | undefined)?.[name];
  return value;
}
