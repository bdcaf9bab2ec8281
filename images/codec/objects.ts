/**
 * Payload ⇄ object: messages as plain objects with CRIU's field names.
 *
 * 32-bit integers are numbers, 64-bit ones bigints, enums names (a number that has no name stays a
 * number), bytes `Uint8Array`s. Absent fields have no key. Fields that the schema does not know
 * are kept under the key `"?"` as raw wire bytes.
 *
 * @module
 */

import { decodeText, encodeText } from "../bytes/utf8.ts";
import { dataError, inField, missingField } from "../errors.ts";
import {
  enumSchema,
  type FieldSchema,
  isUnsigned,
  isWide,
  Kind,
  type MessageSchema,
  messageSchema,
  UNKNOWN,
  wireType,
} from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, type WireNumber, WireReader, WireWriter } from "../protobuf/wire.ts";

/** A field's value in the object form. */
export type Value = number | bigint | boolean | string | Uint8Array | Message | Value[];

/** A message in the object form. */
export interface Message {
  /** Value by field name. */
  [field: string]: Value | undefined;
}

/**
 * Decodes one message.
 *
 * @throws {CritError} `data` when the bytes are no such message or a required field is missing
 */
export function decodeMessage(
  name: string,
  bytes: Uint8Array,
  from = 0,
  to = bytes.length,
): Message {
  const schema = messageSchema(name);
  mayLackRequired = false;
  const reader = new WireReader(bytes, from, to);
  const message = readMessage(schema, reader, new schema.Plain() as Message, 0);
  if (mayLackRequired) checkRequired(schema, message);
  return message;
}

/** Whether a piece of the message being read lacks a required field, which another may have. */
let mayLackRequired = false;

/**
 * Encodes one message: fields in ascending number, repeated scalars unpacked, varints minimal,
 * which is what CRIU writes.
 *
 * @param message in the object form, of a generated type or not
 * @throws {CritError} `data` when a key, a type or a range is wrong or a required field is missing
 */
export function encodeMessage(name: string, message: object): Uint8Array {
  scratch.pos = 0;
  writeMessage(scratch, messageSchema(name), message as Message, 0);
  const bytes = scratch.bytes.slice(0, scratch.pos);
  // One huge message must not take room for ever.
  if (scratch.bytes.length > KEPT) scratch = new WireWriter();
  return bytes;
}

/** Where messages are written, used again and again. */
let scratch = new WireWriter();
/** Most bytes that are kept for the next message. */
const KEPT = 1 << 20;

function readMessage(
  schema: MessageSchema,
  reader: WireReader,
  message: Message,
  depth: number,
): Message {
  if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
  let seen = 0;
  while (!reader.done) {
    const start = reader.pos;
    const tag = reader.tag();
    const field = schema.byNumber.get(tag >>> 3);
    if (field === undefined || !fits(field, tag & 7)) {
      reader.skip(tag);
      keepUnknown(message, reader.bytes.subarray(start, reader.pos));
    } else if (field.label !== "repeated") {
      seen |= field.requiredBit;
      // Looking for what is not there takes long; only a message may come in pieces.
      const earlier = field.kind === Kind.Message ? message[field.name] : undefined;
      message[field.name] = readValue(field, reader, earlier, depth);
    } else {
      const list = message[field.name] as Value[] | undefined;
      const items = readItems(field, reader, tag, depth);
      if (list === undefined) message[field.name] = items;
      else for (const item of items) list.push(item);
    }
  }
  if ((schema.requiredBits & ~seen) !== 0) mayLackRequired = true;
  return message;
}

/** Reads the items of a repeated field that follow one another; the tag of the first was read. */
function readItems(field: FieldSchema, reader: WireReader, tag: number, depth: number): Value[] {
  const isPacked = (tag & 7) === Wire.Bytes && wireType(field.kind) !== Wire.Bytes;
  const items: Value[] = [];
  for (;;) {
    if (isPacked) readPacked(field, reader, items);
    else items.push(readValue(field, reader, undefined, depth));
    const end = reader.pos;
    if (reader.done || reader.tag() !== tag) {
      reader.pos = end;
      // A list has room for more after its last item; the copy has none.
      return items.slice();
    }
  }
}

/**
 * Looks for required fields once all pieces of a message are merged. Looking for what is not there
 * takes long, so that only messages are looked at of which a piece lacks one.
 */
function checkRequired(schema: MessageSchema, message: Message): void {
  for (const field of schema.fields) {
    const isRequired = field.label === "required";
    if (!isRequired && field.kind !== Kind.Message) continue;
    const value = message[field.name];
    if (value === undefined) {
      if (!isRequired) continue;
      throw missingField(field.name);
    }
    if (field.kind !== Kind.Message) continue;
    const inner = messageSchema(field.typeName!);
    try {
      if (field.label !== "repeated") checkRequired(inner, value as Message);
      else for (const item of value as Message[]) checkRequired(inner, item);
    } catch (error) {
      throw inField(error, field.name);
    }
  }
}

/** Whether a value of this wire type can be the field's; any other is kept as unknown. */
function fits(field: FieldSchema, wire: number): boolean {
  return wire === wireType(field.kind) || (wire === Wire.Bytes && field.label === "repeated");
}

/** Appends to the unknown fields; their buffer doubles, for there may be a great many. */
function keepUnknown(message: Message, raw: Uint8Array): void {
  const known = message[UNKNOWN] as Uint8Array<ArrayBuffer> | undefined;
  if (known === undefined) {
    message[UNKNOWN] = raw.slice();
    return;
  }
  const { buffer, byteOffset, length } = known;
  const end = length + raw.length;
  let whole = new Uint8Array(buffer, byteOffset);
  if (end > whole.length) {
    whole = new Uint8Array(end * 2);
    whole.set(known);
  }
  whole.set(raw, length);
  message[UNKNOWN] = whole.subarray(0, end);
}

function readPacked(field: FieldSchema, reader: WireReader, list: Value[]): void {
  reader.packed(wireType(field.kind), () => list.push(scalarOf(field, reader)));
}

function readValue(
  field: FieldSchema,
  reader: WireReader,
  earlier: Value | undefined,
  depth: number,
): Value {
  if (field.kind < Kind.String) return readScalar(field, reader);
  const end = reader.length();
  if (field.kind === Kind.Message) {
    const outer = reader.end;
    reader.end = end;
    const schema = messageSchema(field.typeName!);
    const inner = (earlier ?? new schema.Plain()) as Message;
    try {
      readMessage(schema, reader, inner, depth + 1);
    } catch (error) {
      throw inField(error, field.name);
    }
    reader.end = outer;
    return inner;
  }
  const from = reader.pos;
  reader.pos = end;
  return field.kind === Kind.String
    ? decodeText(reader.bytes, from, end)
    : reader.bytes.slice(from, end);
}

/** Reads a number, bool or enum. */
function readScalar(field: FieldSchema, reader: WireReader): Value {
  reader.number(wireType(field.kind));
  return scalarOf(field, reader);
}

/** The number, bool or enum whose halves were read. */
function scalarOf(field: FieldSchema, { lo, hi }: WireNumber): Value {
  switch (field.kind) {
    case Kind.Uint32:
    case Kind.Fixed32:
      return lo;
    case Kind.Int32:
    case Kind.Sfixed32:
      return lo | 0;
    case Kind.Sint32:
      return (lo >>> 1) ^ -(lo & 1);
    case Kind.Bool:
      return lo !== 0 || hi !== 0;
    case Kind.Enum:
      return enumSchema(field.typeName!).byNumber.get(lo | 0) ?? lo | 0;
    default:
      return wide(field.kind, lo, hi);
  }
}

/** Where the halves of a 64-bit number become one: no bigint is made in between. */
const halves = new DataView(new ArrayBuffer(8));

/**
 * Numbers that were read before, by a hash of their halves: a dump has the same ones by the
 * thousand, such as zero and addresses of the C library, and each bigint takes 24 bytes.
 */
class KnownNumbers {
  readonly #halves = new Uint32Array(2 * KNOWN);
  readonly #numbers: bigint[] = new Array<bigint>(KNOWN).fill(0n);

  constructor(readonly isUnsigned: boolean) {}

  /** The number with these halves. */
  get(lo: number, hi: number): bigint {
    const place = (lo ^ lo >>> 12 ^ hi) & (KNOWN - 1);
    const known = this.#halves;
    if (known[2 * place] === lo && known[2 * place + 1] === hi) return this.#numbers[place]!;
    known[2 * place] = lo;
    known[2 * place + 1] = hi;
    halves.setUint32(0, lo, true);
    halves.setUint32(4, hi, true);
    const number = this.isUnsigned ? halves.getBigUint64(0, true) : halves.getBigInt64(0, true);
    return this.#numbers[place] = number;
  }
}

/** How many numbers are known at most; a power of two. */
const KNOWN = 2048;

const unsigned = new KnownNumbers(true);
const signed = new KnownNumbers(false);

function wide(kind: Kind, lo: number, hi: number): bigint {
  if (kind === Kind.Sint64) {
    const sign = -(lo & 1);
    lo = (lo >>> 1 | hi << 31) ^ sign;
    hi = hi >>> 1 ^ sign;
  }
  // Shifts of Sint64 give signed halves.
  return (isUnsigned(kind) ? unsigned : signed).get(lo >>> 0, hi >>> 0);
}

function writeMessage(
  writer: WireWriter,
  schema: MessageSchema,
  message: Message,
  depth: number,
): void {
  if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
  let unknown = unknownFields(message);
  for (const key of Object.keys(message)) {
    if (!schema.byName.has(key) && key !== UNKNOWN && message[key] !== undefined) {
      throw dataError(`${schema.name} has no such field`, { field: key });
    }
  }
  for (const field of schema.fields) {
    while (unknown[0] !== undefined && unknown[0].number < field.number) {
      writer.raw(unknown[0].raw);
      unknown = unknown.slice(1);
    }
    const value = message[field.name];
    if (value === undefined) {
      if (field.label !== "required") continue;
      throw missingField(field.name);
    }
    if (field.label !== "repeated") {
      writeValue(writer, field, value, depth);
      continue;
    }
    if (!Array.isArray(value)) throw wrongType(field, value, "a list");
    for (const item of value) writeValue(writer, field, item, depth);
  }
  for (const { raw } of unknown) writer.raw(raw);
}

/** The unknown fields of a message one by one, in ascending number. */
function unknownFields(message: Message): Array<{ number: number; raw: Uint8Array }> {
  const raw = message[UNKNOWN];
  if (raw === undefined) return [];
  if (!(raw instanceof Uint8Array)) throw dataError("expected bytes", { field: UNKNOWN });
  const fields: Array<{ number: number; raw: Uint8Array }> = [];
  const reader = new WireReader(raw, 0, raw.length);
  while (!reader.done) {
    const start = reader.pos;
    const tag = reader.tag();
    reader.skip(tag);
    fields.push({ number: tag >>> 3, raw: raw.subarray(start, reader.pos) });
  }
  return fields.sort((a, b) => a.number - b.number);
}

function writeValue(writer: WireWriter, field: FieldSchema, value: Value, depth: number): void {
  writer.varint((field.number << 3 | wireType(field.kind)) >>> 0);
  switch (field.kind) {
    case Kind.Message: {
      if (typeof value !== "object" || Array.isArray(value) || value instanceof Uint8Array) {
        throw wrongType(field, value, "an object");
      }
      const start = writer.open();
      const schema = messageSchema(field.typeName!);
      within(field, () => writeMessage(writer, schema, value, depth + 1));
      return writer.close(start);
    }
    case Kind.String:
      if (typeof value !== "string") throw wrongType(field, value, "text");
      return writeBytes(writer, within(field, () => encodeText(value)));
    case Kind.Bytes:
      if (!(value instanceof Uint8Array)) throw wrongType(field, value, "bytes");
      return writeBytes(writer, value);
    default:
      return writeScalar(writer, field, value);
  }
}

function writeBytes(writer: WireWriter, bytes: Uint8Array): void {
  writer.varint(bytes.length);
  writer.raw(bytes);
}

function writeScalar(writer: WireWriter, field: FieldSchema, value: Value): void {
  if (field.kind === Kind.Bool) {
    if (typeof value !== "boolean") throw wrongType(field, value, "true or false");
    return writer.varint(value ? 1 : 0);
  }
  // By far the commonest kinds, in their ranges; whatever else there is comes after.
  if (field.kind === Kind.Uint32 && typeof value === "number" && value >>> 0 === value) {
    return writer.varint(value);
  }
  if (
    field.kind === Kind.Uint64 && typeof value === "bigint" && value === BigInt.asUintN(64, value)
  ) {
    return writer.varint(Number(value & 0xffff_ffffn), Number(value >> 32n));
  }
  let number = field.kind === Kind.Enum ? enumNumber(field, value) : value;
  if (typeof number === "number" && Number.isInteger(number)) number = BigInt(number);
  if (typeof number !== "bigint") throw wrongType(field, value, "a whole number");
  const [low, high] = rangeOf(field.kind);
  if (number < low || number > high) {
    throw dataError(`${number} is not in ${low}..${high}`, { field: field.name });
  }
  if (field.kind === Kind.Sint32 || field.kind === Kind.Sint64) {
    number = number << 1n ^ (number < 0n ? -1n : 0n);
  }
  const lo = Number(BigInt.asUintN(32, number));
  const hi = Number(BigInt.asUintN(32, number >> 32n));
  const wire = wireType(field.kind);
  if (wire === Wire.Varint) writer.varint(lo, hi);
  else if (wire === Wire.Fixed32) writer.fixed32(lo);
  else writer.fixed64(lo, hi);
}

function enumNumber(field: FieldSchema, value: Value): Value {
  if (typeof value !== "string") return value;
  const number = enumSchema(field.typeName!).byName.get(value);
  if (number === undefined) {
    throw dataError(`${field.typeName} has no value ${JSON.stringify(value)}`, {
      field: field.name,
    });
  }
  return number;
}

/** Least and greatest value of an integer kind. */
function rangeOf(kind: Kind): [bigint, bigint] {
  const bits = isWide(kind) ? 64n : 32n;
  const unsigned = kind === Kind.Uint32 || kind === Kind.Uint64 || kind === Kind.Fixed32 ||
    kind === Kind.Fixed64;
  return unsigned ? [0n, (1n << bits) - 1n] : [-(1n << bits - 1n), (1n << bits - 1n) - 1n];
}

function wrongType(field: FieldSchema, value: Value, expected: string): Error {
  const got = Array.isArray(value)
    ? "a list"
    : value instanceof Uint8Array
    ? "bytes"
    : typeof value;
  return dataError(`expected ${expected}, not ${got}`, { field: field.name });
}

/**
 * Runs `work`, putting the field's name before the path in an error. Reading does the same without
 * it: a closure for each message would take a quarter of the time.
 */
function within<T>(field: FieldSchema, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inField(error, field.name);
  }
}
