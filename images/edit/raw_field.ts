/**
 * Single fields of a message on the wire.
 *
 * @module
 */

import { sameBytes } from "../bytes/bytes.ts";
import type { FieldTable } from "../codec/table.ts";
import { CritError } from "../errors.ts";
import { type ImageEvents, ImageReader } from "../image/reader.ts";
import { normalizePayload } from "../protobuf/normalize.ts";
import { Kind } from "../protobuf/schema.ts";
import { Wire, WireReader, WireWriter } from "../protobuf/wire.ts";

/** One field with its tag. */
export interface RawField {
  readonly number: number;
  readonly wire: number;
  readonly raw: Uint8Array;
}

/** Most fields of a message that are taken one by one; of CRIU's no message has nearly as many. */
const MOST_FIELDS = 1 << 19;

/**
 * The fields of a message one by one, in their order; views of its bytes.
 *
 * @throws {CritError} `unsupported` when there are too many
 */
export function rawFields(bytes: Uint8Array): RawField[] {
  if (hasTooMany(bytes)) throw tooManyFields();
  const reader = new WireReader(bytes, 0, bytes.length);
  const fields: RawField[] = [];
  while (!reader.done) {
    const start = reader.pos;
    const tag = reader.tag();
    reader.skip(tag);
    fields.push({ number: tag >>> 3, wire: tag & 7, raw: bytes.subarray(start, reader.pos) });
  }
  return fields;
}

/**
 * Refuses an image with a message that is too large for JSON or an object.
 *
 * @throws {CritError} `unsupported` when a message has too many fields
 */
export function refuseManyFields(image: Uint8Array, name: string): void {
  if (image.length <= MOST_FIELDS * 2) return;
  const events: ImageEvents = {
    begin() {},
    payload(_shape, bytes, from, to) {
      if (hasTooMany(bytes.subarray(from, to))) throw tooManyFields();
    },
    extraBegin() {},
    extraBytes() {},
    extraEnd() {},
    entryEnd() {},
    end() {},
  };
  new ImageReader(events, { name, size: image.length }).readAll(image);
}

/** Whether a message has more than {@link MOST_FIELDS}; a field has two bytes at least. */
function hasTooMany(bytes: Uint8Array): boolean {
  if (bytes.length <= MOST_FIELDS * 2) return false;
  const reader = new WireReader(bytes, 0, bytes.length);
  let count = 0;
  for (; !reader.done && count <= MOST_FIELDS; count++) reader.skip(reader.tag());
  return count > MOST_FIELDS;
}

function tooManyFields(): CritError {
  const reason = `a message of more than ${MOST_FIELDS} fields cannot be taken apart`;
  return new CritError("unsupported", reason);
}

/** The contents of a length-delimited field. */
export function contentOf({ raw }: RawField): Uint8Array {
  const reader = new WireReader(raw, 0, raw.length);
  reader.tag();
  const end = reader.length();
  return raw.subarray(reader.pos, end);
}

/** The number of a field, reduced to the width of its kind. */
export function numberKey(kind: Kind, lo: number, hi: number): string {
  if (kind === Kind.Bool) return (lo | hi) === 0 ? "0" : "1";
  return NARROW.has(kind) ? `${lo}` : `${hi}:${lo}`;
}

const NARROW = new Set([
  Kind.Uint32,
  Kind.Int32,
  Kind.Sint32,
  Kind.Fixed32,
  Kind.Sfixed32,
  Kind.Enum,
]);

/** {@link numberKey} of a raw field. */
export function rawNumberKey(kind: Kind, { raw, wire }: RawField): string {
  const reader = new WireReader(raw, 0, raw.length);
  reader.tag();
  reader.number(wire);
  return numberKey(kind, reader.lo, reader.hi);
}

/** Whether a raw field has the number and wire type of a field of the schema. */
export function isField(field: FieldTable, raw: RawField): boolean {
  return raw.number === field.number && (raw.wire === field.wire || isPacked(field, raw));
}

/** Whether a raw field is a packed list of the field's values. */
export function isPacked(field: FieldTable, { wire }: RawField): boolean {
  return wire === Wire.Bytes && field.repeated && field.wire !== Wire.Bytes;
}

/** Whether two occurrences of a field have the same value, in any encoding. */
export function sameValue(field: FieldTable, a: RawField, b: RawField): boolean {
  if (field.wire !== Wire.Bytes) return rawNumberKey(field.kind, a) === rawNumberKey(field.kind, b);
  const [left, right] = [contentOf(a), contentOf(b)];
  if (field.kind !== Kind.Message || sameBytes(left, right)) return sameBytes(left, right);
  const name = field.schema.typeName!;
  try {
    const [one, other] = [left, right].map((bytes) =>
      normalizePayload(name, bytes, 0, bytes.length)
    );
    return sameBytes(one!, other!);
  } catch (error) {
    if (error instanceof CritError) return false;
    throw error;
  }
}

/** The values of a packed list as separate fields. */
export function unpacked(field: FieldTable, node: RawField): RawField[] {
  const { raw } = node;
  const reader = new WireReader(raw, 0, raw.length);
  reader.tag();
  const fields: RawField[] = [];
  let start = raw.length - contentOf(node).length;
  reader.packed(field.wire, () => {
    if (fields.length === MOST_FIELDS) throw tooManyFields();
    const writer = new WireWriter(16);
    writer.varint(field.tag);
    writer.raw(raw.subarray(start, reader.pos));
    fields.push({ number: field.number, wire: field.wire, raw: writer.view() });
    start = reader.pos;
  });
  return fields;
}
