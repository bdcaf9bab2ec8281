/**
 * Field tables for the JSON codecs: schemas and hints, prepared for the fast loops.
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
import {
  type Format,
  formatHex,
  formatOf,
  type Hint,
  hintOf,
  misleadingNames,
  type Parse,
  parseOf,
} from "../types/hints.ts";

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

/** A field on the wire. */
export interface WireField {
  readonly schema: FieldSchema;
  readonly number: number;
  readonly name: string;
  readonly kind: Kind;
  readonly repeated: boolean;
  readonly required: boolean;
  readonly wire: number;
  /** The whole tag: number << 3 | wire type. */
  readonly tag: number;
  /** Place in the message's list of fields. */
  readonly index: number;
}

/** Data for printing a field as JSON. */
export interface PrintedField {
  /** `"name": ` eight bytes at a time, padded; as doubles, because ASCII makes no NaN. */
  readonly keyWords: Float64Array;
  /** Bytes of the key. */
  readonly keyLength: number;
  /** Bytes that the key, its punctuation and a number need. */
  readonly bytesNeeded: number;
  /** A single unsigned varint, printed in decimal: the commonest of all. */
  readonly plainUnsigned: boolean;
  readonly format: Format | undefined;
  /** Quoted names of the enum's values by number. */
  readonly enumNames: ReadonlyMap<number, Uint8Array> | undefined;
}

/** Data for reading a field from JSON. */
export interface ReadField {
  /** Largest number that a single such varint takes and a double holds; -1 for other fields. */
  readonly largestExact: number;
  /** Its varint has the sign in the lowest bit. */
  readonly isZigzag: boolean;
  /** `"name"` as words, the last one padded with zeros. */
  readonly nameWords: Uint32Array;
  /** Mask of the bytes of the last word that count. */
  readonly nameMask: number;
  /** Bytes of `"name"`. */
  readonly nameLength: number;
  readonly parse: Parse | undefined;
  /** Names that edits refuse, with what is wrong with them. */
  readonly misleading: ReadonlyMap<string, string> | undefined;
}

/** One field of a message in one form. */
export interface FieldTable extends WireField, PrintedField, ReadField {
  readonly shape: Shape;
  readonly enum: EnumSchema | undefined;
  /** Table of a message field, in the form that its hint passes on. */
  readonly message: () => MessageTable;
  /** Number of this table among all, by which other modules keep data for each field. */
  readonly id: number;
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

/** How many field tables there are. */
let count = 0;

function fieldTable(
  message: MessageSchema,
  schema: FieldSchema,
  form: Form,
  index: number,
): FieldTable {
  const { number, name, kind, label, typeName } = schema;
  const hint = hintOf(message.name, name);
  const inherited: Form = form === "pretty" && hint === "hex" ? "hex" : form;
  const format = formatFor(schema, hint, form);
  const wire = wireType(kind);
  const repeated = label === "repeated";
  const names = kind === Kind.Enum ? enumSchema(typeName!) : undefined;
  const isUnsigned = kind === Kind.Uint32 || kind === Kind.Uint64;
  let inner: MessageTable | undefined;
  // One literal: properties that are spread into an object take a step more to read.
  return {
    schema,
    number,
    name,
    kind,
    repeated,
    required: label === "required",
    wire,
    tag: (number << 3 | wire) >>> 0,
    index,
    keyWords: doublesOf(`"${name}": `),
    keyLength: name.length + 4,
    bytesNeeded: name.length + KEY_ROOM,
    plainUnsigned: isUnsigned && !repeated && format === undefined,
    format,
    enumNames: names && quotedNames(names),
    largestExact: wire === Wire.Varint && !repeated ? largest(kind) : -1,
    isZigzag: kind === Kind.Sint32 || kind === Kind.Sint64,
    nameWords: wordsOf(`"${name}"`),
    nameMask: LAST_WORD[(name.length + 2) % 4]!,
    nameLength: name.length + 2,
    parse: hint === undefined ? undefined : parseOf(hint),
    misleading: hint === undefined ? undefined : misleadingNames(hint),
    shape: shapeOf(hint, form, format),
    enum: names,
    message: () => inner ??= messageTable(typeName!, inherited),
    id: count++,
  };
}

function quotedNames({ byNumber }: EnumSchema): ReadonlyMap<number, Uint8Array> {
  return new Map([...byNumber].map(([number, name]) => [number, encoder.encode(`"${name}"`)]));
}

function formatFor(
  { kind }: FieldSchema,
  hint: Hint | undefined,
  form: Form,
): Format | undefined {
  if (form === "plain" || kind >= Kind.Bool) return undefined;
  if (form === "hex") return formatHex;
  return hint === undefined ? undefined : formatOf(hint);
}

function shapeOf(hint: Hint | undefined, form: Form, format: Format | undefined): Shape {
  if (hint === "unix_name") return Shape.UnixName;
  if (hint === "ip" && form !== "plain") return Shape.Address;
  if (format === undefined) return Shape.Plain;
  return format === formatHex ? Shape.Hex : Shape.Formatted;
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
