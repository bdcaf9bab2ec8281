/**
 * Selections by value: finds messages whose field has a value, from their wire bytes.
 *
 * @module
 */

import { toBase64 } from "../bytes/base64.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { joinBytes, sameBytes } from "../bytes/bytes.ts";
import { Glob } from "../bytes/glob.ts";
import { printValue } from "../codec/print_value.ts";
import { type FieldTable, type MessageTable, messageTable, Shape } from "../codec/table.ts";
import { dataError } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import { mergedMessage, Wire, WireReader } from "../protobuf/wire.ts";
import { fieldNamed } from "./field_name.ts";
import type { Condition } from "./path.ts";
import {
  contentOf,
  isField,
  isPacked,
  numberKey,
  rawFields,
  rawNumberKey,
  unpacked,
} from "./raw_field.ts";
import { encodeValue } from "./value.ts";

/** What is looked for in one kind of message. */
interface Compiled {
  /** The fields that lead to the value. */
  readonly fields: readonly FieldTable[];
  /** Whether a field's occurrences in a message are or have the value. */
  readonly isIt: (bytes: Uint8Array, from: number, to: number) => boolean;
}

/** Finds messages in which a field has a value. */
export class Selection {
  readonly #compiled = new Map<MessageTable, Compiled>();

  /** @param order byte order of the images */
  constructor(readonly condition: Condition, readonly order: ByteOrder = "little") {}

  /**
   * Whether a message has the value.
   *
   * @throws {CritError} `data` when its type has no such field, or the field no such values
   */
  matches(table: MessageTable, bytes: Uint8Array, from = 0, to = bytes.length): boolean {
    return isThere(this.check(table), 0, bytes, from, to);
  }

  /** Compiles the condition for a kind of message. @throws {CritError} as {@link matches} */
  check(table: MessageTable): Compiled {
    let compiled = this.#compiled.get(table);
    if (compiled === undefined) this.#compiled.set(table, compiled = this.#compile(table));
    return compiled;
  }

  #compile(table: MessageTable): Compiled {
    const names = this.condition.fields;
    const fields: FieldTable[] = [];
    let at = table;
    for (const name of names) {
      if (fields.length > 0) at = fields.at(-1)!.message();
      const field = fieldNamed(at, name);
      fields.push(field);
      const isLast = fields.length === names.length;
      if (isLast === (field.kind === Kind.Message)) {
        const what = isLast ? "is a message: name a field of it" : "has no fields";
        throw dataError(what, { field: names.slice(0, fields.length).join(".") });
      }
    }
    const field = fields.at(-1)!;
    const { operator, value } = this.condition;
    if (operator === "=") return { fields, isIt: equals(field, value, this.order) };
    const plain = messageTable(at.schema.name, "plain").byName.get(field.name)!;
    return { fields, isIt: fits([field, plain], value, this.order) };
  }
}

function isThere(
  compiled: Compiled,
  depth: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  if (depth === compiled.fields.length - 1) return compiled.isIt(bytes, from, to);
  const field = compiled.fields[depth]!;
  const pieces = piecesOf(field, bytes, from, to);
  const look = (piece: Uint8Array) => isThere(compiled, depth + 1, piece, 0, piece.length);
  if (field.repeated) return pieces.some(look);
  if (pieces.length > 1) return look(mergedMessage(pieces));
  return pieces.length === 1 && look(pieces[0]!);
}

/** Looks for a value. @throws {CritError} `data` when it is none for that field */
function equals(field: FieldTable, value: string, order: ByteOrder): Compiled["isIt"] {
  const isAddress = field.shape === Shape.Address;
  const wanted = rawFields(encodeValue(field, value, isAddress ? "whole" : "item", order));
  if (field.wire === Wire.Bytes) {
    const content = contentOf(wanted[0]!);
    return (bytes, from, to) =>
      valuesOf(field, piecesOf(field, bytes, from, to)).some((one) => sameBytes(one, content));
  }
  const numbers = wanted.map((raw) => rawNumberKey(field.kind, raw));
  return (bytes, from, to) => {
    const found = numbersOf(field, bytes, from, to);
    if (isAddress) {
      return found.length === numbers.length && found.every((one, i) => one === numbers[i]);
    }
    return valuesOf(field, found).includes(numbers[0]!);
  };
}

/** Those of a field's occurrences that count: of a field that is no list, the last one. */
function valuesOf<T>(field: FieldTable, found: readonly T[]): readonly T[] {
  return field.repeated ? found : found.slice(-1);
}

/**
 * Looks for values whose text fits a pattern.
 *
 * @param forms the field as `show` prints it, and as `decode` does
 */
function fits(
  forms: readonly [FieldTable, FieldTable],
  pattern: string,
  order: ByteOrder,
): Compiled["isIt"] {
  const glob = new Glob(unquoted(pattern));
  const [field] = forms;
  const known = new Map<string, boolean>();
  return (bytes, from, to) => {
    const raw = rawFields(bytes.subarray(from, to)).filter((one) => isField(field, one));
    const isWhole = field.shape === Shape.Address;
    const values = isWhole ? [joinBytes(raw.map((one) => one.raw))] : valuesOf(
      field,
      raw.flatMap((one) => isPacked(field, one) ? unpacked(field, one) : [one]),
    ).map((one) => one.raw);
    return values.some((value) => {
      if (value.length === 0) return false;
      const key = value.length > MAX_KNOWN ? undefined : toBase64(value);
      const before = key === undefined ? undefined : known.get(key);
      if (before !== undefined) return before;
      const found = textsOf(forms, value, isWhole ? "whole" : "item", order)
        .some((text) => glob.fits(text));
      if (key !== undefined && known.size < MOST_KNOWN) known.set(key, found);
      return found;
    });
  };
}

/** Longest value, in bytes, and most values whose fit is remembered. */
const MAX_KNOWN = 64, MOST_KNOWN = 4096;

/** A value's text in both forms, without JSON's quotes. */
function textsOf(
  forms: readonly FieldTable[],
  raw: Uint8Array,
  part: "whole" | "item",
  order: ByteOrder,
): string[] {
  return forms.map((field) => {
    const json = new TextDecoder().decode(printValue(field, raw, part, order));
    const value: unknown = JSON.parse(json);
    const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return typeof one === "string" ? one : json;
  });
}

/** A pattern without the quotes that let it hold any bracket. */
function unquoted(pattern: string): string {
  return /^".*"$/s.test(pattern) ? JSON.parse(pattern) : pattern;
}

/** All values of a number field, each as {@link numberKey} has it. */
function numbersOf(field: FieldTable, bytes: Uint8Array, from: number, to: number): string[] {
  const reader = new WireReader(bytes, from, to);
  const found: string[] = [];
  const take = () => found.push(numberKey(field.kind, reader.lo, reader.hi));
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === field.tag) {
      reader.number(field.wire);
      take();
    } else if (field.repeated && tag >>> 3 === field.number && (tag & 7) === Wire.Bytes) {
      reader.packed(field.wire, take);
    } else reader.skip(tag);
  }
  return found;
}

/** What the occurrences of a length-delimited field hold. */
function piecesOf(field: FieldTable, bytes: Uint8Array, from: number, to: number): Uint8Array[] {
  const reader = new WireReader(bytes, from, to);
  const pieces: Uint8Array[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === field.tag) {
      const end = reader.length();
      pieces.push(bytes.subarray(reader.pos, end));
      reader.pos = end;
    } else reader.skip(tag);
  }
  return pieces;
}
