/**
 * Names by which a user accepts losses.
 *
 * @module
 */

import { nearest } from "../bytes/nearest.ts";
import { CritError } from "../errors.ts";
import { hasMessage, messageNames, messageSchema } from "../protobuf/schema.ts";
import { allTypes } from "../types/registry.ts";
import { PARENTS } from "./parents.ts";

/**
 * The names as a set: each a field (`comm`), a field of one message (`thread_core_entry.comm`, or
 * by number if crit does not know it), an image type (`TIMENS`), or {@link PARENTS}.
 *
 * @throws {CritError} `usage` if a name does not exist
 */
export function acceptedNames(names: readonly string[]): ReadonlySet<string> {
  const fields = new Set<string>();
  const paths = new Set<string>();
  for (const message of names.length === 0 ? [] : messageNames()) {
    for (const { name } of messageSchema(message).fields) {
      fields.add(name);
      paths.add(`${message}.${name}`);
    }
  }
  const types = [...allTypes().map(({ name }) => name), PARENTS];
  for (const name of names) {
    const [message, field] = name.split(".");
    const isNumbered = /^\d+$/.test(field ?? "") && hasMessage(message!);
    if (isNumbered || fields.has(name) || paths.has(name) || types.includes(name)) continue;
    const near = nearest(name, [...name.includes(".") ? paths : fields, ...types]);
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    throw new CritError("usage", `there is no field and no image type ${name}`, {}, hint);
  }
  return new Set(names);
}
