/**
 * Normalizes payloads: fields in ascending number, each singular field once (the last one counts,
 * messages are merged), lists unpacked, varints minimal, and unknown fields last, in ascending
 * number. The fast loop of the decoder reads only this form; everything else that protobuf allows
 * is normalized first.
 *
 * @module
 */

import { dataError, inField, missingField } from "../errors.ts";
import {
  type FieldSchema,
  Kind,
  type MessageSchema,
  messageSchema,
  schemaOf,
  wireType,
} from "./schema.ts";
import { MAX_DEPTH, Wire, WireReader, WireWriter } from "./wire.ts";

/**
 * Where a field is in a message. There may be millions of it, of which no list is kept: what needs
 * them all reads the message again.
 */
interface Occurrences {
  count: number;
  /** Where the first one begins. */
  readonly first: number;
  /** The last one's value. */
  from: number;
  to: number;
}

/** Reads a message field by field. */
class FieldReader {
  readonly #reader: WireReader;
  /** Where the field begins, its tag included. */
  start = 0;
  /** Its value, of a packed list several; of a length-delimited one without its length. */
  from = 0;
  to = 0;

  constructor(readonly bytes: Uint8Array, readonly schema: MessageSchema, at = 0) {
    this.#reader = new WireReader(bytes, at, bytes.length, 0);
  }

  get done(): boolean {
    return this.#reader.done;
  }

  /** Reads a field; undefined for one that is not in the schema, or not of this wire type. */
  next(): FieldSchema | undefined {
    const reader = this.#reader;
    this.start = reader.pos;
    const tag = reader.tag();
    const wire = tag & 7;
    const field = this.schema.byNumber.get(tag >>> 3);
    const packed = field?.label === "repeated" && wire === Wire.Bytes &&
      wireType(field.kind) !== Wire.Bytes;
    this.from = reader.pos;
    const isKnown = field !== undefined && (wire === wireType(field.kind) || packed);
    if (isKnown && wire === Wire.Bytes) {
      const to = reader.length();
      this.from = reader.pos;
      reader.pos = to;
    } else reader.skip(tag);
    this.to = reader.pos;
    return isKnown ? field : undefined;
  }
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
  const schema = schemaOf(field.name, [field]);
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
  const values = new Map<FieldSchema, Occurrences>();
  const unknown = new UnknownFields(schema, bytes);
  const reader = new FieldReader(bytes, schema);
  while (!reader.done) {
    const field = reader.next();
    const { start, from, to } = reader;
    const known = field && values.get(field);
    if (field === undefined) unknown.note(start);
    else if (known === undefined) values.set(field, { count: 1, first: start, from, to });
    else {
      known.count++;
      known.from = from;
      known.to = to;
    }
  }
  for (const field of schema.fields) {
    const found = values.get(field);
    if (found === undefined) {
      if (field.label !== "required") continue;
      throw missingField(field.name);
    }
    if (field.kind === Kind.Message) writeMessages(writer, schema, field, found, bytes, depth);
    else if (field.label !== "repeated") writeOne(writer, field, bytes, found);
    else for (const one of all(schema, field, found, bytes)) writeOne(writer, field, bytes, one);
  }
  unknown.write(writer);
}

/** Every occurrence of a field; the reader is at it until the next is asked for. */
function* all(
  schema: MessageSchema,
  field: FieldSchema,
  { count, first }: Occurrences,
  bytes: Uint8Array,
): Generator<FieldReader> {
  const reader = new FieldReader(bytes, schema, first);
  for (let left = count; left > 0;) {
    if (reader.next() !== field) continue;
    left--;
    yield reader;
  }
}

/** The fields of a message that its schema does not have. */
class UnknownFields {
  #count = 0;
  #first = 0;
  #last = 0;
  #isSorted = true;

  constructor(readonly schema: MessageSchema, readonly bytes: Uint8Array) {}

  /** Takes note of a field that begins at `start`; they must come in their order. */
  note(start: number): void {
    const number = this.#numberAt(start);
    if (this.#count++ === 0) this.#first = start;
    else if (number < this.#last) this.#isSorted = false;
    this.#last = number;
  }

  /** Writes them as they are, in ascending number. */
  write(writer: WireWriter): void {
    if (this.#count === 0) return;
    if (this.#isSorted) {
      for (const { start, to } of this.#all()) writer.raw(this.bytes.subarray(start, to));
      return;
    }
    const numbers = new Uint32Array(this.#count);
    const starts = new Uint32Array(this.#count);
    const ends = new Uint32Array(this.#count);
    let index = 0;
    for (const { start, to } of this.#all()) {
      numbers[index] = this.#numberAt(start);
      starts[index] = start;
      ends[index++] = to;
    }
    const order = Uint32Array.from(numbers, (_, i) => i);
    order.sort((a, b) => numbers[a]! - numbers[b]! || a - b);
    for (const i of order) writer.raw(this.bytes.subarray(starts[i]!, ends[i]!));
  }

  *#all(): Generator<FieldReader> {
    const reader = new FieldReader(this.bytes, this.schema, this.#first);
    for (let left = this.#count; left > 0;) {
      if (reader.next() !== undefined) continue;
      left--;
      yield reader;
    }
  }

  #numberAt(start: number): number {
    return new WireReader(this.bytes, start, this.bytes.length).tag() >>> 3;
  }
}

function writeMessages(
  writer: WireWriter,
  schema: MessageSchema,
  field: FieldSchema,
  found: Occurrences,
  bytes: Uint8Array,
  depth: number,
): void {
  const write = (message: Uint8Array) => {
    writeTag(writer, field);
    const start = writer.open();
    try {
      writeNormal(writer, messageSchema(field.typeName!), message, depth + 1);
    } catch (error) {
      throw inField(error, field.name);
    }
    writer.close(start);
  };
  if (field.label !== "repeated" && found.count === 1) {
    write(bytes.subarray(found.from, found.to));
  } else if (field.label !== "repeated") {
    // Pieces of one message: put together they are the whole.
    const whole = new WireWriter();
    for (const { from, to } of all(schema, field, found, bytes)) {
      whole.raw(bytes.subarray(from, to));
    }
    write(whole.view());
  } else {
    for (const { from, to } of all(schema, field, found, bytes)) write(bytes.subarray(from, to));
  }
}

function writeOne(
  writer: WireWriter,
  field: FieldSchema,
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (wireType(field.kind) === Wire.Bytes) {
    writeTag(writer, field);
    writer.varint(to - from);
    writer.raw(bytes.subarray(from, to));
    return;
  }
  const reader = new WireReader(bytes, from, to);
  while (!reader.done) {
    writeTag(writer, field);
    writeNumber(writer, field, reader);
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
