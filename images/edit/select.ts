/**
 * Selections by value: whether a message has a field of a value, read off its wire bytes.
 *
 * @module
 */

import { sameBytes } from "../bytes/bytes.ts";
import { type FieldTable, type MessageTable, Shape } from "../codec/table.ts";
import { dataError } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import { mergedMessage, Wire, WireReader } from "../protobuf/wire.ts";
import { fieldNamed } from "./field_name.ts";
import { contentOf, numberKey, rawFields, rawNumberKey } from "./raw_field.ts";
import { encodeValue } from "./value.ts";

/** What is looked for in one kind of message. */
interface Compiled {
  /** The fields that lead to it. */
  readonly fields: readonly FieldTable[];
  /** The value as {@link numberKey} has it; of an IP address, its words. */
  readonly numbers: readonly string[];
  /** The value of a text or bytes field. */
  readonly bytes: Uint8Array | undefined;
}

/** Finds messages in which a field has a value. */
export class Selection {
  readonly #compiled = new Map<MessageTable, Compiled>();

  /**
   * @param path names of the fields that lead to the value; of a list, any item may have it
   * @param value in any form that `encode` takes
   */
  constructor(readonly path: readonly string[], readonly value: string) {}

  /**
   * Whether a message has the value.
   *
   * @throws {CritError} `data` when its type has no such field, or the field no such values
   */
  matches(table: MessageTable, bytes: Uint8Array, from = 0, to = bytes.length): boolean {
    let compiled = this.#compiled.get(table);
    if (compiled === undefined) this.#compiled.set(table, compiled = this.#compile(table));
    return isThere(compiled, 0, bytes, from, to);
  }

  #compile(table: MessageTable): Compiled {
    const fields: FieldTable[] = [];
    let at = table;
    for (const name of this.path) {
      if (fields.length > 0) at = fields.at(-1)!.message();
      const field = fieldNamed(at, name);
      fields.push(field);
      const isLast = fields.length === this.path.length;
      if (isLast === (field.kind === Kind.Message)) {
        const what = isLast ? "is a message: name a field of it" : "has no fields";
        throw dataError(what, { field: this.path.slice(0, fields.length).join(".") });
      }
    }
    const field = fields.at(-1)!;
    const part = field.shape === Shape.Address ? "whole" : "item";
    const values = rawFields(encodeValue(field, this.value, part));
    return field.wire === Wire.Bytes
      ? { fields, numbers: [], bytes: contentOf(values[0]!) }
      : { fields, numbers: values.map((raw) => rawNumberKey(field.kind, raw)), bytes: undefined };
  }
}

function isThere(
  compiled: Compiled,
  depth: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  const field = compiled.fields[depth]!;
  const isLast = depth === compiled.fields.length - 1;
  if (field.wire !== Wire.Bytes) {
    const found = numbersOf(field, bytes, from, to);
    const wanted = compiled.numbers;
    if (field.shape === Shape.Address) {
      return found.length === wanted.length && found.every((one, i) => one === wanted[i]);
    }
    return field.repeated ? found.includes(wanted[0]!) : found.at(-1) === wanted[0];
  }
  const pieces = piecesOf(field, bytes, from, to);
  const look = (piece: Uint8Array) =>
    isLast
      ? sameBytes(piece, compiled.bytes!)
      : isThere(compiled, depth + 1, piece, 0, piece.length);
  if (field.repeated) return pieces.some(look);
  if (pieces.length > 1 && !isLast) return look(mergedMessage(pieces));
  const last = pieces.at(-1);
  return last !== undefined && look(last);
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
