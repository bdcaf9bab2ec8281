/**
 * Field tables for the JSON codecs: what a schema and its hints come to, ready for the hot loops.
 *
 * @module
 */

import {
  type EnumSchema,
  enumSchema,
  type FieldSchema,
  isWide,
  Kind,
  type MessageSchema,
  messageSchema,
  wireType,
} from "../protobuf/schema.ts";
import { Wire } from "../protobuf/wire.ts";
import { type Format, formatHex, formatOf, hintOf, type Parse, parseOf } from "../types/hints.ts";

/**
 * Which form of JSON a table prints.
 *
 * - `plain`: compact values
 * - `pretty`: display hints applied
 * - `hex`: the same inside a message marked hex: every integer in hexadecimal
 */
export type Form = "plain" | "pretty" | "hex";

/** How a field's value is laid out in JSON, beyond its kind. */
export enum Shape {
  /** As its kind is. */
  Plain,
  /** An integer in hexadecimal. */
  Hex,
  /** An integer through {@link FieldTable.format}. */
  Formatted,
  /** A list of one IP address. */
  Address,
  /** Bytes as quoted-printable. */
  UnixName,
}

/** A number that was written as a string, and what it came to. */
export interface LastText {
  /** The string in its quotes. */
  readonly text: Uint8Array;
  /** The value as it stands on the wire. */
  readonly wire: Uint8Array;
  /** Whether names of older tools were refused. */
  readonly strict: boolean;
}

/** One field. */
export interface FieldTable {
  readonly schema: FieldSchema;
  readonly number: number;
  readonly name: string;
  readonly kind: Kind;
  readonly repeated: boolean;
  readonly required: boolean;
  readonly wire: number;
  /** The whole tag: number << 3 | wire type. */
  readonly tag: number;
  /** `"name": ` eight bytes at a time, padded; as doubles, because ASCII makes no NaN. */
  readonly keyWords: Float64Array;
  /** Bytes of the key. */
  readonly keyLength: number;
  /** Bytes of room for the key, its punctuation and a number. */
  readonly room: number;
  /** Largest number that a single such varint takes and a double holds; -1 for other fields. */
  readonly most: number;
  /** Its varint has the sign in the lowest bit. */
  readonly isZigzag: boolean;
  /** A single unsigned varint, printed in decimal: the commonest of all. */
  readonly plainUnsigned: boolean;
  /** `"name"` as words, the last one padded with zeros. */
  readonly nameWords: Uint32Array;
  /** Mask of the bytes of the last word that count. */
  readonly nameMask: number;
  /** Bytes of `"name"`. */
  readonly nameLength: number;
  readonly shape: Shape;
  readonly format: Format | undefined;
  readonly parse: Parse | undefined;
  /** Some of the values that were formatted, those below 2^32, with their JSON. */
  readonly texts: Map<number, string>;
  /** Some of the texts that were parsed, with their value. */
  readonly values: Map<string, bigint | undefined>;
  /** The text that was read last for it, which often comes again. */
  lastText: LastText | undefined;
  readonly enum: EnumSchema | undefined;
  /** Quoted names of the enum's values by number. */
  readonly enumNames: ReadonlyMap<number, Uint8Array> | undefined;
  /** Table of a message field, in the form that its hint passes on. */
  readonly message: () => MessageTable;
  /** Place in the message's list of fields. */
  readonly index: number;
}

/** One message in one form. */
export interface MessageTable {
  readonly schema: MessageSchema;
  /** Fields by number where numbers are small; see {@link fieldOf}. */
  readonly byNumber: ReadonlyArray<FieldTable | undefined>;
  /** Fields in ascending number. */
  readonly list: readonly FieldTable[];
  readonly byName: ReadonlyMap<string, FieldTable>;
  /** How many fields are required. */
  readonly required: number;
}

/** Bytes of a last word that count, by how many they are; 0: all four. */
const LAST_WORD = [-1, 0xff, 0xffff, 0xffffff];

/** Room for a key's quotes, padding and punctuation, and for a number. */
const KEY_ROOM = 64;

/** Most formatted or parsed values that a field's table remembers. */
export const MOST_REMEMBERED = 256;

/** Numbers below this are looked up in an array. */
const DENSE = 1024;

const encoder = new TextEncoder();
const tables: Record<Form, Map<string, MessageTable>> = {
  plain: new Map(),
  pretty: new Map(),
  hex: new Map(),
};

/** The table of a message, made on first use. */
export function messageTable(name: string, form: Form): MessageTable {
  const known = tables[form].get(name);
  if (known !== undefined) return known;
  const schema = messageSchema(name);
  const list = schema.fields.map((field, index) => fieldTable(schema, field, form, index));
  const dense: Array<FieldTable | undefined> = [];
  for (const field of list) {
    if (field.number < DENSE) {
      while (dense.length < field.number) dense.push(undefined);
      dense[field.number] = field;
    }
  }
  const table = {
    schema,
    byNumber: dense,
    list,
    byName: new Map(list.map((field) => [field.name, field])),
    required: list.filter((field) => field.required).length,
  };
  tables[form].set(name, table);
  return table;
}

/** The field with this number. */
export function fieldOf(table: MessageTable, number: number): FieldTable | undefined {
  if (number < DENSE) return table.byNumber[number];
  return table.list.find((field) => field.number === number);
}

function fieldTable(
  message: MessageSchema,
  schema: FieldSchema,
  form: Form,
  index: number,
): FieldTable {
  const hint = hintOf(message.name, schema.name);
  const inherited: Form = form === "pretty" && hint === "hex" ? "hex" : form;
  const format = form === "plain" || schema.kind >= Kind.Bool
    ? undefined
    : form === "hex"
    ? formatHex
    : hint === undefined
    ? undefined
    : formatOf(hint);
  const names = schema.kind === Kind.Enum ? enumSchema(schema.typeName!) : undefined;
  const wire = wireType(schema.kind);
  const unsigned = schema.label !== "repeated" &&
    (schema.kind === Kind.Uint32 || schema.kind === Kind.Uint64);
  let message_: MessageTable | undefined;
  return {
    schema,
    number: schema.number,
    name: schema.name,
    kind: schema.kind,
    repeated: schema.label === "repeated",
    required: schema.label === "required",
    wire,
    tag: (schema.number << 3 | wire) >>> 0,
    keyWords: doublesOf(`"${schema.name}": `),
    keyLength: schema.name.length + 4,
    room: schema.name.length + KEY_ROOM,
    most: wire === Wire.Varint && schema.label !== "repeated" ? largest(schema.kind) : -1,
    isZigzag: schema.kind === Kind.Sint32 || schema.kind === Kind.Sint64,
    plainUnsigned: unsigned && format === undefined,
    nameWords: wordsOf(`"${schema.name}"`),
    nameMask: LAST_WORD[(schema.name.length + 2) % 4]!,
    nameLength: schema.name.length + 2,
    shape: hint === "unix_name"
      ? Shape.UnixName
      : hint === "ip" && form !== "plain"
      ? Shape.Address
      : format === undefined
      ? Shape.Plain
      : format === formatHex
      ? Shape.Hex
      : Shape.Formatted,
    format,
    parse: hint === undefined ? undefined : parseOf(hint),
    texts: new Map(),
    values: new Map(),
    lastText: undefined,
    enum: names,
    enumNames: names &&
      new Map([...names.byNumber].map(([number, name]) => [number, encoder.encode(`"${name}"`)])),
    message: () => message_ ??= messageTable(schema.typeName!, inherited),
    index,
  };
}

/** Largest number of an integer's kind that a double holds, its zigzag form included. */
function largest(kind: Kind): number {
  if (kind >= Kind.Bool) return -1;
  if (isWide(kind)) return 2 ** 52;
  return kind === Kind.Uint32 ? 0xffffffff : 0x7fffffff;
}

/** ASCII text as little-endian words, padded with zeros. */
function wordsOf(text: string): Uint32Array {
  const padded = new Uint8Array(text.length + 3 & ~3);
  encoder.encodeInto(text, padded);
  return new Uint32Array(padded.buffer);
}

/** ASCII text as little-endian doubles, padded with zeros. */
function doublesOf(text: string): Float64Array {
  const padded = new Uint8Array(text.length + 7 & ~7);
  encoder.encodeInto(text, padded);
  return new Float64Array(padded.buffer);
}
