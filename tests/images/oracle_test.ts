/** Random images of every type, against protobufjs as an independent reader and writer. */

import assert from "node:assert/strict";
import fc from "fast-check";
import protobuf from "protobufjs";
import { ImageDecoder } from "../../images/decode.ts";
import { ImageEncoder } from "../../images/encode.ts";
import { magicsOf } from "../../images/image.ts";
import { joinBytes } from "../../images/objects.ts";
import { type FieldSchema, isWide, Kind, messageSchema } from "../../images/schema.ts";
import { allTypes, decodeImage, encodeImage, type ImageType, type Message } from "../../mod.ts";

const root = new protobuf.Root();
for (const { name } of Deno.readDirSync(new URL("../../proto", import.meta.url))) {
  if (!name.endsWith(".proto")) continue;
  const text = Deno.readTextFileSync(new URL(`../../proto/${name}`, import.meta.url));
  protobuf.parse(text, root, { keepCase: true });
}
root.resolveAll();

/** Deepest nesting of random messages. */
const DEEP = 3;

function anyInteger(kind: Kind): fc.Arbitrary<bigint> {
  const bits = isWide(kind) ? 64n : 32n;
  const unsigned = [Kind.Uint32, Kind.Uint64, Kind.Fixed32, Kind.Fixed64].includes(kind);
  const min = unsigned ? 0n : -(1n << bits - 1n);
  const max = unsigned ? (1n << bits) - 1n : (1n << bits - 1n) - 1n;
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 127n, 128n));
}

/** A 64-bit value as protobufjs has it. */
function longOf(value: bigint): { low: number; high: number; unsigned: boolean } {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high, unsigned: value >= 0n };
}

/** A field's value in the form that protobufjs takes. */
function anyValue(field: FieldSchema, depth: number): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case Kind.Message:
      return anyMessage(field.typeName!, depth + 1);
    case Kind.Enum:
      return fc.constantFrom(...Object.values(root.lookupEnum(field.typeName!).values));
    case Kind.Bool:
      return fc.boolean();
    case Kind.String:
      return fc.string({ unit: "grapheme", maxLength: 30 });
    case Kind.Bytes:
      return fc.uint8Array({ maxLength: 130 });
    default:
      return anyInteger(field.kind).map((value) =>
        isWide(field.kind) ? longOf(value) : Number(value)
      );
  }
}

function anyMessage(name: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const { fields } = messageSchema(name);
  const shape: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of fields) {
    if (field.label !== "required" && depth >= DEEP) continue;
    const value = anyValue(field, depth);
    shape[field.name] = field.label === "repeated" ? fc.array(value, { maxLength: 4 }) : value;
  }
  const requiredKeys = fields.filter((field) => field.label === "required").map(({ name }) => name);
  return fc.record(shape, { requiredKeys });
}

/** Fields that say how long an extra is are 0, so that there is none. */
function withoutExtra(type: ImageType, message: Record<string, unknown>): Record<string, unknown> {
  const { extra } = type;
  if (extra === undefined) return message;
  const lengths = extra.kind === "record"
    ? Object.values(extra.parts).flatMap((part) => part.length)
    : extra.kind === "bytes"
    ? extra.length
    : extra.kind === "rest"
    ? []
    : [extra.count];
  for (const name of lengths) {
    if (message[name] !== undefined) message[name] = typeof message[name] === "number" ? 0 : 0n;
  }
  return message;
}

/** An image whose payloads protobufjs wrote. */
function imageOf(type: ImageType, payloads: Uint8Array[]): Uint8Array {
  const words = new Uint32Array(magicsOf(type, "1.1"));
  const pieces: Uint8Array[] = [new Uint8Array(words.buffer)];
  for (const payload of payloads) {
    pieces.push(new Uint8Array(new Uint32Array([payload.length]).buffer), payload);
  }
  return joinBytes(pieces);
}

function inPieces(bytes: Uint8Array, sizes: number[], push: (piece: Uint8Array) => void): void {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    push(bytes.subarray(from, from + size));
    from += size;
  }
}

function decode(image: Uint8Array, sizes: number[], pretty: boolean): Uint8Array {
  const pieces: Uint8Array[] = [];
  const decoder = new ImageDecoder((json) => pieces.push(json.slice()), { pretty });
  inPieces(image, sizes, (piece) => decoder.reader.push(piece));
  decoder.reader.finish();
  return joinBytes(pieces);
}

function encode(json: Uint8Array, sizes: number[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const encoder = new ImageEncoder((image) => pieces.push(image.slice()));
  inPieces(json, sizes, (piece) => encoder.push(piece));
  encoder.finish();
  return joinBytes(pieces);
}

/** What protobufjs reads, with exact numbers as text. */
function oracle(name: string, payload: Uint8Array): unknown {
  const type = root.lookupType(name);
  return type.toObject(type.decode(payload), { longs: String, enums: String, bytes: Array });
}

/** Our object in the same form. */
function comparable(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Uint8Array) return Array.from(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

const anySizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });

for (const type of allTypes()) {
  if (type.entry === undefined || type.head !== undefined || type.sameMagicAs !== undefined) {
    continue;
  }
  const name = type.entry;
  Deno.test(`random ${type.name} images are read and written as protobufjs does`, () => {
    const messages = fc.array(anyMessage(name, 0), { maxLength: 3 });
    fc.assert(
      fc.property(messages, anySizes, (list, sizes) => {
        const writer = root.lookupType(name);
        const payloads = list.map((message) =>
          writer.encode(writer.create(withoutExtra(type, message))).finish()
        );
        const image = imageOf(type, payloads);
        const objects = decodeImage(image);
        objects.entries.forEach((entry, i) => {
          const { extra: _, ...fields } = entry;
          const ours = type.extra === undefined ? entry : fields as Message;
          assert.deepEqual(comparable(ours), oracle(name, payloads[i]!));
        });
        const ours = encodeImage(objects);
        for (const pretty of [false, true]) {
          assert.deepEqual(encode(decode(image, sizes, pretty), sizes), ours);
        }
      }),
      { seed: 1, numRuns: 12 },
    );
  });
}
