/**
 * Tables of all protobuf messages and enums. Each is parsed from its text on first use, so that a
 * program pays only for the messages that it uses.
 *
 * @module
 */

import { enums as builtinEnums, messages as builtinMessages } from "../../proto/schema.ts";
import { CritError } from "../errors.ts";

/** Key under which fields unknown to the schema are kept, as raw wire bytes. */
export const UNKNOWN = "?";

/** Wire and JSON kind of a field. */
export enum Kind {
  Uint32,
  Uint64,
  Int32,
  Int64,
  Sint32,
  Sint64,
  Fixed32,
  Fixed64,
  Sfixed32,
  Sfixed64,
  Bool,
  Enum,
  String,
  Bytes,
  Message,
}

/** Kind of each scalar type's name in a `.proto` file. Floating point occurs in no image. */
const KINDS: Readonly<Record<string, Kind>> = {
  uint32: Kind.Uint32,
  uint64: Kind.Uint64,
  int32: Kind.Int32,
  int64: Kind.Int64,
  sint32: Kind.Sint32,
  sint64: Kind.Sint64,
  fixed32: Kind.Fixed32,
  fixed64: Kind.Fixed64,
  sfixed32: Kind.Sfixed32,
  sfixed64: Kind.Sfixed64,
  bool: Kind.Bool,
  string: Kind.String,
  bytes: Kind.Bytes,
};

/** Protobuf wire type (0 varint, 1 64-bit, 2 length-delimited, 5 32-bit) of a field's kind. */
export function wireType(kind: Kind): number {
  if (kind >= Kind.String) return 2;
  if (kind === Kind.Fixed32 || kind === Kind.Sfixed32) return 5;
  return kind === Kind.Fixed64 || kind === Kind.Sfixed64 ? 1 : 0;
}

/** Whether values of this kind are 64 bits wide (a `bigint` in objects). */
export function isWide(kind: Kind): boolean {
  return kind === Kind.Uint64 || kind === Kind.Int64 || kind === Kind.Sint64 ||
    kind === Kind.Fixed64 || kind === Kind.Sfixed64;
}

/** Whether values of this kind are never negative. */
export function isUnsigned(kind: Kind): boolean {
  return kind === Kind.Uint32 || kind === Kind.Uint64 || kind === Kind.Fixed32 ||
    kind === Kind.Fixed64;
}

/** One field of a message. */
export interface FieldSchema {
  readonly number: number;
  /** Name in the `.proto` file and in JSON. */
  readonly name: string;
  readonly label: "required" | "optional" | "repeated";
  readonly kind: Kind;
  /** Name of the message or enum, for those kinds. */
  readonly typeName: string | undefined;
  /** Text of the declared default; of a string or bytes field in JSON's quotes. */
  readonly default: string | undefined;
  /** The field's bit in {@link MessageSchema.requiredBits}; 0 unless it is required. */
  readonly requiredBit: number;
}

/** One message: its fields in ascending number. */
export interface MessageSchema {
  readonly name: string;
  readonly fields: readonly FieldSchema[];
  readonly byNumber: ReadonlyMap<number, FieldSchema>;
  readonly byName: ReadonlyMap<string, FieldSchema>;
  /**
   * The bits of all required fields. If they are too many for that, {@link UNCERTAIN} is among
   * them, which no field has.
   */
  readonly requiredBits: number;
  /**
   * Makes an empty object to be filled. All objects of a message come from the same constructor, so
   * that V8 allocates room for their fields, which it cannot do for `{}`.
   */
  readonly Plain: new () => object;
}

/** A bit of {@link MessageSchema.requiredBits}: not all required fields have one. */
const UNCERTAIN = 1 << 31;

/** One enum. */
export interface EnumSchema {
  readonly name: string;
  readonly byNumber: ReadonlyMap<number, string>;
  readonly byName: ReadonlyMap<string, number>;
}

/**
 * Messages and enums as text, by name: what `proto/schema.ts` holds and what
 * a user's plugin adds.
 *
 * A message has one line per field, as in a `.proto` file without semicolons:
 * `optional sint32 mnt_id = 7 [default = -1]`. An enum has one line per value: `REG = 1`.
 */
export interface SchemaText {
  /** Messages by name. */
  readonly messages: Readonly<Record<string, string>>;
  /** Enums by name. */
  readonly enums: Readonly<Record<string, string>>;
}

const messageTexts = new Map(Object.entries<string>(builtinMessages));
const enumTexts = new Map(Object.entries<string>(builtinEnums));
const messageSchemas = new Map<string, MessageSchema>();
const enumSchemas = new Map<string, EnumSchema>();

/**
 * Adds a user's messages and enums.
 *
 * @throws {CritError} `usage` when a name is already taken by a different definition
 */
export function addSchema(schema: SchemaText): void {
  add(messageTexts, schema.messages, "message");
  add(enumTexts, schema.enums, "enum");
}

function add(to: Map<string, string>, from: Readonly<Record<string, string>>, what: string): void {
  for (const [name, text] of Object.entries(from)) {
    const known = to.get(name);
    if (known !== undefined && known !== text) {
      throw new CritError("usage", `${what} ${name} is already defined, and differently`);
    }
    to.set(name, text);
  }
}

/** Whether there is a message of this name. */
export function hasMessage(name: string): boolean {
  return messageTexts.has(name);
}

/** Whether there is an enum of this name. */
export function hasEnum(name: string): boolean {
  return enumTexts.has(name);
}

/** Names of all messages. */
export function messageNames(): string[] {
  return [...messageTexts.keys()];
}

/**
 * The table of a message.
 *
 * @throws {CritError} `usage` when there is no such message
 */
export function messageSchema(name: string): MessageSchema {
  const known = messageSchemas.get(name);
  if (known !== undefined) return known;
  const text = messageTexts.get(name);
  if (text === undefined) throw new CritError("usage", `there is no message ${name}`);
  let required = 0;
  const fields = linesOf(text).map((line) => {
    const bit = line.startsWith("required ") && required < 31 ? 1 << required : 0;
    if (line.startsWith("required ")) required++;
    return parseField(line, bit);
  });
  const schema = schemaOf(name, fields, required > 31);
  messageSchemas.set(name, schema);
  return schema;
}

/**
 * The table of a message with these fields.
 *
 * @param isUncertain whether some required fields have no bit
 */
export function schemaOf(
  name: string,
  fields: readonly FieldSchema[],
  isUncertain = false,
): MessageSchema {
  return {
    name,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byName: new Map(fields.map((field) => [field.name, field])),
    requiredBits: fields.reduce(
      (all, { requiredBit }) => all | requiredBit,
      isUncertain ? UNCERTAIN : 0,
    ),
    Plain: plainConstructor(),
  };
}

/**
 * The table of an enum.
 *
 * @throws {CritError} `usage` when there is no such enum
 */
export function enumSchema(name: string): EnumSchema {
  const known = enumSchemas.get(name);
  if (known !== undefined) return known;
  const text = enumTexts.get(name);
  if (text === undefined) throw new CritError("usage", `there is no enum ${name}`);
  const values = linesOf(text).map((line): [string, number] => {
    const [value, number] = line.split(" = ");
    return [value ?? "", Number(number)];
  });
  const schema = {
    name,
    byNumber: new Map(values.map(([value, number]) => [number, value])),
    byName: new Map(values),
  };
  enumSchemas.set(name, schema);
  return schema;
}

/** A constructor of objects that differ in nothing from those that a `{}` makes. */
function plainConstructor(): new () => object {
  const constructor = function () {} as object as new () => object;
  constructor.prototype = Object.prototype;
  return constructor;
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function parseField(line: string, requiredBit: number): FieldSchema {
  const [label, type, name, , number, , , ...preset] = line.split(" ");
  if (!label || !type || !name || !number) throw new CritError("usage", `not a field: ${line}`);
  const kind = KINDS[type] ?? (enumTexts.has(type) ? Kind.Enum : Kind.Message);
  return {
    number: Number(number),
    name,
    label: label as FieldSchema["label"],
    kind,
    typeName: kind === Kind.Enum || kind === Kind.Message ? type : undefined,
    default: preset.length === 0 ? undefined : preset.join(" ").slice(0, -1),
    requiredBit,
  };
}
