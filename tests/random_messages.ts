/** Random messages of every type, written by protobufjs: an encoder that crit has no part in. @module */

import protobuf from "npm:protobufjs@8.8.1";
import { type FieldSchema, isWide, Kind, messageSchema } from "../images/protobuf/schema.ts";
import fc from "./fast_check.ts";

/** All messages of `proto/`, as protobufjs reads them. */
export const root: protobuf.Root = new protobuf.Root();
for (const { name } of Deno.readDirSync(new URL("../proto", import.meta.url))) {
  if (!name.endsWith(".proto")) continue;
  const text = Deno.readTextFileSync(new URL(`../proto/${name}`, import.meta.url));
  protobuf.parse(text, root, { keepCase: true });
}
root.resolveAll();

/** A message in the form that protobufjs takes. */
export type PlainMessage = Record<string, unknown>;

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
export function longOf(value: bigint): { low: number; high: number; unsigned: boolean } {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high, unsigned: value >= 0n };
}

/** Made once: it takes milliseconds. */
const anyString = fc.string({ unit: "grapheme", maxLength: 30 });

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
      return anyString;
    case Kind.Bytes:
      return fc.uint8Array({ maxLength: 130 });
    default:
      return anyInteger(field.kind).map((value) =>
        isWide(field.kind) ? longOf(value) : Number(value)
      );
  }
}

/** Messages of a type at a depth. */
const known = new Map<string, fc.Arbitrary<PlainMessage>>();

/** Any message of this type. */
export function anyMessage(name: string, depth = 0): fc.Arbitrary<PlainMessage> {
  const key = `${name} ${depth}`;
  const message = known.get(key) ?? newMessage(name, depth);
  known.set(key, message);
  return message;
}

function newMessage(name: string, depth: number): fc.Arbitrary<PlainMessage> {
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

/** The payload that protobufjs writes. */
export function payloadOf(name: string, message: PlainMessage): Uint8Array {
  const writer = root.lookupType(name);
  return new Uint8Array(writer.encode(writer.create(message)).finish());
}

/** What protobufjs reads, with exact numbers as text. */
export function readByProtobufjs(name: string, payload: Uint8Array): unknown {
  const type = root.lookupType(name);
  return type.toObject(type.decode(payload), { longs: String, enums: String, bytes: Array });
}

/** Our object in the form of {@link readByProtobufjs}. */
export function comparable(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Uint8Array) return Array.from(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

/** Sizes of the chunks in which bytes arrive. */
export const anySizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 200 }), {
  minLength: 1,
  maxLength: 5,
});

/** Gives bytes out in chunks of these sizes, over and over. */
export function inChunks(
  bytes: Uint8Array,
  sizes: readonly number[],
  push: (chunk: Uint8Array) => void,
): void {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    push(bytes.subarray(from, from + size));
    from += size;
  }
}
