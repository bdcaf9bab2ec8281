/**
 * Values of objects in the pretty form, in which `crit decode --pretty` prints them.
 *
 * @module
 */

import { encodeQuotedPrintable } from "../bytes/quoted_printable.ts";
import type { Message, Value } from "../codec/objects.ts";
import { type FieldTable, type MessageTable, Shape } from "../codec/table.ts";
import { UNKNOWN } from "../protobuf/schema.ts";
import { formatAddress } from "../types/hints.ts";
import type { FileBytes } from "./bytes.ts";

/** A value in the pretty form; bytes are still bytes. */
export type Pretty =
  | number
  | bigint
  | boolean
  | string
  | Uint8Array
  | FileBytes
  | readonly Pretty[]
  | { readonly [field: string]: Pretty };

/** A field's value, or one item of a repeated field. */
export function prettyValue(field: FieldTable, value: Value): Pretty {
  if (typeof value === "number" || typeof value === "bigint") {
    return field.format?.(BigInt(value)) ?? value;
  }
  if (value instanceof Uint8Array) {
    return field.shape === Shape.UnixName ? encodeQuotedPrintable(value) : value;
  }
  if (typeof value !== "object") return value;
  return Array.isArray(value)
    ? value.map((item) => prettyValue(field, item))
    : prettyMessage(field.message(), value);
}

/** All of a field: a list if it is repeated. Addresses are words of a little-endian machine. */
export function prettyField(field: FieldTable, value: Value): Pretty {
  const address = field.shape === Shape.Address
    ? formatAddress(value as number[], "little")
    : undefined;
  return address === undefined ? prettyValue(field, value) : [address];
}

/** A message; its fields in ascending number, those that the schema does not know as bytes. */
export function prettyMessage(table: MessageTable, message: Message): Record<string, Pretty> {
  const pretty: Record<string, Pretty> = {};
  for (const field of table.list) {
    const value = message[field.name];
    if (value !== undefined) pretty[field.name] = prettyField(field, value);
  }
  const unknown = message[UNKNOWN];
  if (unknown !== undefined) pretty[UNKNOWN] = unknown as Uint8Array;
  return pretty;
}
