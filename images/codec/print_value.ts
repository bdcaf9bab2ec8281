/**
 * One value of a field as JSON.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { JsonWriter } from "./json_writer.ts";
import type { FieldTable } from "./table.ts";
import { JsonPrinter } from "./to_json.ts";

/**
 * The JSON of a field's value, in the form of the field's table.
 *
 * @param bytes the field's occurrences, tags included
 * @param order byte order of the image
 * @param part whether they are the whole field or one item of a list
 * @param depth nesting level of the value
 * @throws {CritError} `data` when they hold no such value
 */
export function printValue(
  field: FieldTable,
  bytes: Uint8Array,
  part: "whole" | "item",
  order: ByteOrder,
  indented = false,
  depth = 0,
): Uint8Array {
  const out = new JsonWriter(indented, bytes.length * 4 + 128);
  const printer = new JsonPrinter(out);
  printer.byteOrder = order;
  printer.value(field, bytes, part, depth);
  return out.take();
}
