/**
 * Payloads in normal form: fields in ascending number, each singular field once (the last wins,
 * messages merge), packed lists unpacked, varints minimal, fields that the schema does not know
 * last, those too in ascending number. The hot loop of the decoder reads only this; whatever else
 * protobuf allows comes here first.
 *
 * @module
 */

import { dataError, inField } from "../errors.ts";
import {
  FIELD_MISSING,
  type FieldSchema,
  Kind,
  type MessageSchema,
  messageSchema,
  wireType,
} from "./schema.ts";
import { MAX_DEPTH, mergedMessage, Wire, WireReader, WireWriter } from "./wire.ts";

/** One field's value as it stood on the wire. */
interface Occurrence {
  readonly schema: FieldSchema;
  /** The value's bytes, of a packed list several; of a length-delimited one without its length. */
  readonly from: number;
  readonly to: number;
}

/**
 * The normal form of a message's bytes.
 *
 * @throws {CritError} `data` when they are no such message or a required field is missing
 */
export function normalizePayload(
  message: string,
  bytes: Uint8Array,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(to - from + 16);
  writeNormal(writer, messageSchema(message), bytes.subarray(from, to), 0);
  return writer.view();
}

/**
 * The normal form of one field's occurrences, tags included.
 *
 * @throws {CritError} `data` when they hold no such value
 */
export function normalizeField(field: FieldSchema, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const schema: MessageSchema = {
    name: field.name,
    fields: [field],
    byNumber: new Map([[field.number, field]]),
    byName: new Map([[field.name, field]]),
  };
  const writer = new WireWriter(bytes.length + 16);
  writeNormal(writer, schema, bytes, 0);
  return writer.view();
}

function writeNormal(
  writer: WireWriter,
  schema: MessageSchema,
  bytes: Uint8Array,
  depth: number,
): void {
  if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
  const values = new Map<FieldSchema, Occurrence[]>();
  const unknown: Array<{ number: number; raw: Uint8Array }> = [];
  const reader = new WireReader(bytes, 0, bytes.length);
  while (!reader.done) {
    const start = reader.pos;
    const found = readOccurrence(reader, schema);
    if (found === undefined) {
      const number = new WireReader(bytes, start, reader.pos).tag() >>> 3;
      unknown.push({ number, raw: bytes.subarray(start, reader.pos) });
    } else {
      const list = values.get(found.schema) ?? [];
      values.set(found.schema, list);
      list.push(found);
    }
  }
  for (const field of schema.fields) {
    const found = values.get(field);
    if (found === undefined) {
      if (field.label !== "required") continue;
      throw dataError(FIELD_MISSING, { field: field.name });
    }
    if (field.kind === Kind.Message) writeMessages(writer, field, found, bytes, depth);
    else {
      const used = field.label === "repeated" ? found : found.slice(-1);
      for (const one of used) writeOne(writer, one, bytes);
    }
  }
  unknown.sort((a, b) => a.number - b.number);
  for (const { raw } of unknown) writer.raw(raw);
}

function readOccurrence(reader: WireReader, schema: MessageSchema): Occurrence | undefined {
  const tag = reader.tag();
  const wire = tag & 7;
  const field = schema.byNumber.get(tag >>> 3);
  const packed = field?.label === "repeated" && wire === Wire.Bytes &&
    wireType(field.kind) !== Wire.Bytes;
  const from = reader.pos;
  if (field === undefined || (wire !== wireType(field.kind) && !packed)) {
    reader.skip(tag);
    return undefined;
  }
  if (wire !== Wire.Bytes) {
    reader.skip(tag);
    return { schema: field, from, to: reader.pos };
  }
  const to = reader.length();
  const start = reader.pos;
  reader.pos = to;
  return { schema: field, from: start, to };
}

function writeMessages(
  writer: WireWriter,
  field: FieldSchema,
  found: readonly Occurrence[],
  bytes: Uint8Array,
  depth: number,
): void {
  const occurrences = found.map(({ from, to }) => bytes.subarray(from, to));
  const messages = field.label === "repeated" ? occurrences : [mergedMessage(occurrences)];
  for (const message of messages) {
    writeTag(writer, field);
    const start = writer.open();
    try {
      writeNormal(writer, messageSchema(field.typeName!), message, depth + 1);
    } catch (error) {
      throw inField(error, field.name);
    }
    writer.close(start);
  }
}

function writeOne(writer: WireWriter, { schema, from, to }: Occurrence, bytes: Uint8Array): void {
  if (wireType(schema.kind) === Wire.Bytes) {
    writeTag(writer, schema);
    writer.varint(to - from);
    writer.raw(bytes.subarray(from, to));
    return;
  }
  const reader = new WireReader(bytes, from, to);
  while (!reader.done) {
    writeTag(writer, schema);
    writeNumber(writer, schema, reader);
  }
}

function writeNumber(writer: WireWriter, schema: FieldSchema, reader: WireReader): void {
  const wire = wireType(schema.kind);
  reader.number(wire);
  if (wire === Wire.Varint) writer.varint(reader.lo, reader.hi);
  else if (wire === Wire.Fixed32) writer.fixed32(reader.lo);
  else writer.fixed64(reader.lo, reader.hi);
}

function writeTag(writer: WireWriter, field: FieldSchema): void {
  writer.varint((field.number << 3 | wireType(field.kind)) >>> 0);
}
