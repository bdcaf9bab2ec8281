/** Layouts of C structures with fields of protobuf messages. @module */

import type { ByteOrder } from "../../bytes/byte_order.ts";
import { dataError } from "../../errors.ts";
import { StructWriter } from "./bytes.ts";

/** A part of a structure: single fields, a repeated field, or zeros. */
export type Part<Name extends string = string> =
  | { readonly size: number; readonly fields: readonly Name[] }
  | { readonly size: number; readonly list: Name; readonly count: number }
  | { readonly zeros: number };

/** A structure whose values are fields of the message `T`, in order. */
export type StructLayout<T> = readonly Part<keyof T & string>[];

/** Fields of 2 bytes each. */
export function u16<Name extends string>(...fields: Name[]): Part<Name> {
  return { size: 2, fields };
}

/** Fields of 4 bytes each. */
export function u32<Name extends string>(...fields: Name[]): Part<Name> {
  return { size: 4, fields };
}

/** Fields of 8 bytes each. */
export function u64<Name extends string>(...fields: Name[]): Part<Name> {
  return { size: 8, fields };
}

/** A repeated field with exactly `count` values of `size` bytes each. */
export function list<Name extends string>(list: Name, count: number, size = 8): Part<Name> {
  return { size, list, count };
}

/** Bytes for which the dump has no value. */
export function zeros(count: number): Part<never> {
  return { zeros: count };
}

/** Size of a structure in bytes. */
export function layoutSize(layout: readonly Part[]): number {
  let size = 0;
  for (const part of layout) {
    if ("zeros" in part) size += part.zeros;
    else size += part.size * ("list" in part ? part.count : part.fields.length);
  }
  return size;
}

/**
 * Packs a message as a structure.
 *
 * @throws {CritError} `data` if a repeated field has another number of values
 */
export function pack<T extends object>(
  layout: StructLayout<T>,
  message: T,
  order: ByteOrder,
): Uint8Array<ArrayBuffer> {
  const writer = new StructWriter(layoutSize(layout), order);
  for (const part of layout) {
    if ("zeros" in part) writer.pos += part.zeros;
    else if ("list" in part) writer.all(part.size, valuesOf(message, part.list, part.count));
    else for (const field of part.fields) writer.unsigned(part.size, valueOf(message[field]));
  }
  return writer.bytes;
}

function valuesOf<T>(message: T, field: keyof T & string, count: number): Array<number | bigint> {
  const values: unknown = message[field] ?? [];
  if (!Array.isArray(values) || values.length !== count) {
    const found = Array.isArray(values) ? values.length : "no";
    throw dataError(`${count} values expected, ${found} found`, { field });
  }
  return values.map(valueOf);
}

/** The number of a field; zero for an optional field that is absent. */
function valueOf(value: unknown): number | bigint {
  return typeof value === "bigint" || typeof value === "number" ? value : 0;
}
