/**
 * Removing what a release does not know: fields, values of enums and flags that came later. What
 * says nothing goes; what says something is a loss. It works on wire bytes, and leaves messages
 * alone in which all is known.
 *
 * @module
 */

import { decodeMessage, type Message, type Value } from "../codec/objects.ts";
import { dataError } from "../errors.ts";
import {
  enumSchema,
  type FieldSchema,
  Kind,
  messageSchema,
  UNKNOWN,
  wireType,
} from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, WireReader, WireWriter } from "../protobuf/wire.ts";
import type { Facts } from "./facts.ts";
import { CHECK_MESSAGES, ENUM_NUMBERS, FLAG_BITS, INDISPENSABLE, RULES } from "./meanings.ts";
import { firstOfField, firstOfValue, NEWEST, type Rank, rankOf } from "./releases.ts";

/** Something that a release cannot say. */
export interface Finding {
  /** `message.field`, by which a user may name it. */
  readonly name: string;
  /** Path of the field within its entry. */
  readonly field: string;
  /** Its value, for people. */
  readonly value: string;
}

/** Who is told of what goes. */
export interface Findings {
  /** A field that says nothing was removed: `message.field`. */
  removed(name: string): void;
  /** A field, or the whole message that cannot be without it, was removed though it says something. */
  lost(finding: Finding): void;
}

/** What is to be done with a field. */
interface FieldCheck {
  readonly schema: FieldSchema;
  readonly name: string;
  readonly kind: "plain" | "message" | "enum" | "bits" | "newer";
  /** Of an enum: its name. */
  readonly enum?: string;
  /** Of bits: those that the release does not know. */
  readonly unknownBits?: number;
}

/** Removes what one release does not know. */
export class Pruner {
  readonly #checks = new Map<string, ReadonlyMap<number, FieldCheck>>();
  #lastRemoved: string | undefined;

  constructor(readonly target: Rank, readonly facts: Facts, readonly findings: Findings) {}

  /** Whether there is nothing to do: the newest release keeps even what crit does not know. */
  get isIdle(): boolean {
    return this.target === NEWEST;
  }

  /**
   * A payload without what the release does not know; the same bytes if it knows everything,
   * undefined if the entry cannot be said at all.
   */
  prune(message: string, bytes: Uint8Array): Uint8Array | undefined {
    this.#lastRemoved = undefined;
    return this.isIdle ? bytes : this.#prune(message, bytes, "", 0);
  }

  /** Whether all of a message says nothing. */
  saysNothing(name: string, message: Message): boolean {
    if (message[UNKNOWN] !== undefined) return false;
    if (CHECK_MESSAGES.has(name)) return true;
    return messageSchema(name).fields.every((field) => {
      const value = message[field.name];
      if (value === undefined) return true;
      const list = Array.isArray(value) ? value : [value];
      return list.every((one) => this.#isNothing(name, field, one));
    });
  }

  #isNothing(message: string, field: FieldSchema, value: Value): boolean {
    if (CHECK_MESSAGES.has(message)) return true;
    const rule = RULES[`${message}.${field.name}`];
    if (rule !== undefined) return rule(value, this.facts);
    if (value instanceof Uint8Array) return value.length === 0;
    if (field.kind === Kind.Message) return this.saysNothing(field.typeName!, value as Message);
    if (field.kind === Kind.Enum && typeof value === "string") {
      return enumSchema(field.typeName!).byName.get(value) === 0;
    }
    return !value;
  }

  #checksOf(message: string): ReadonlyMap<number, FieldCheck> {
    let checks = this.#checks.get(message);
    if (checks === undefined) {
      const { fields } = messageSchema(message);
      checks = new Map(fields.map((field) => [field.number, this.#checkOf(message, field)]));
      this.#checks.set(message, checks);
    }
    return checks;
  }

  #checkOf(message: string, schema: FieldSchema): FieldCheck {
    const name = `${message}.${schema.name}`;
    if (firstOfField(message, schema.number) > this.target) return { schema, name, kind: "newer" };
    if (schema.kind === Kind.Message) return { schema, name, kind: "message" };
    const enumName = schema.kind === Kind.Enum ? schema.typeName! : ENUM_NUMBERS[name];
    if (enumName !== undefined) return { schema, name, kind: "enum", enum: enumName };
    const unknownBits = (FLAG_BITS[name] ?? [])
      .filter(([, since]) => rankOf(since) > this.target)
      .reduce((all, [bits]) => all | bits, 0);
    return unknownBits === 0
      ? { schema, name, kind: "plain" }
      : { schema, name, kind: "bits", unknownBits };
  }

  #prune(message: string, bytes: Uint8Array, path: string, depth: number): Uint8Array | undefined {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    const checks = this.#checksOf(message);
    const reader = new WireReader(bytes, 0, bytes.length);
    let out: WireWriter | undefined;
    let copied = 0;
    while (!reader.done) {
      const start = reader.pos;
      const tag = reader.tag();
      const check = checks.get(tag >>> 3);
      if (check !== undefined && isPlain(check, tag)) {
        reader.skip(tag);
        continue;
      }
      const value = this.#pruneField(message, check, tag, reader, start, path, depth);
      if (value === undefined) return undefined;
      if (value === KEEP) continue;
      out ??= new WireWriter(bytes.length);
      out.raw(bytes.subarray(copied, start));
      copied = reader.pos;
      if (value !== DROP) {
        out.varint(tag);
        out.varint(value.length);
        out.raw(value);
      }
    }
    if (out === undefined) return bytes;
    out.raw(bytes.subarray(copied));
    return out.bytes.slice(0, out.pos);
  }

  /** What becomes of a field, which is read; undefined when the message cannot be without it. */
  #pruneField(
    message: string,
    check: FieldCheck | undefined,
    tag: number,
    reader: WireReader,
    start: number,
    path: string,
    depth: number,
  ): Uint8Array | typeof KEEP | typeof DROP | undefined {
    const { bytes } = reader;
    if (check === undefined || !fits(check.schema, tag)) {
      reader.skip(tag);
      const number = `${tag >>> 3}`;
      this.#lose(`${message}.${number}`, path + number, "a field that crit does not know");
      return DROP;
    }
    const { schema, name } = check;
    if (check.kind === "message") {
      const end = reader.length();
      const inner = bytes.subarray(reader.pos, end);
      reader.pos = end;
      const pruned = this.#prune(schema.typeName!, inner, `${path}${schema.name}.`, depth + 1);
      if (pruned === undefined) return schema.label === "required" ? undefined : DROP;
      return pruned === inner ? KEEP : pruned;
    }
    if (check.kind === "newer") {
      const values = readField(schema, reader, tag, start);
      const says = values.find((value) => !this.#isNothing(message, schema, value));
      if (says === undefined) this.#remove(name);
      else this.#lose(name, path + schema.name, printed(says));
      return says !== undefined && INDISPENSABLE.has(name) ? undefined : DROP;
    }
    reader.number(tag & 7);
    if (this.#isKnown(check, reader.lo)) return KEEP;
    const value = check.kind === "enum"
      ? enumSchema(check.enum!).byNumber.get(reader.lo | 0) ?? `${reader.lo}`
      : `0x${(reader.lo & check.unknownBits!).toString(16)}`;
    this.#lose(name, path + schema.name, value);
    return schema.label === "required" ? undefined : DROP;
  }

  #isKnown(check: FieldCheck, value: number): boolean {
    if (check.kind === "bits") return (value & check.unknownBits!) === 0;
    const first = firstOfValue(check.enum!, value | 0);
    // Of numbers that only mostly are an enum's, those without a name are older than the enum.
    if (first === undefined) return check.schema.kind !== Kind.Enum;
    return first <= this.target;
  }

  /** Tells once of the elements of a list. */
  #remove(name: string): void {
    if (this.#lastRemoved !== name) this.findings.removed(name);
    this.#lastRemoved = name;
  }

  #lose(name: string, field: string, value: string): void {
    this.findings.lost({ name, field, value });
  }
}

/** A field stays as it is. */
const KEEP = Symbol("keep");
/** A field goes. */
const DROP = Symbol("drop");

function isPlain(check: FieldCheck, tag: number): boolean {
  return check.kind === "plain" && fits(check.schema, tag);
}

/** Whether a value of this wire type can be the field's. */
function fits(field: FieldSchema, tag: number): boolean {
  const wire = wireType(field.kind);
  return (tag & 7) === wire || (tag & 7) === Wire.Bytes && field.label === "repeated";
}

/** The values of one occurrence of a field. */
function readField(field: FieldSchema, reader: WireReader, tag: number, start: number): Value[] {
  const valueStart = reader.pos;
  if (field.kind < Kind.String && (tag & 7) === Wire.Bytes) {
    const values: Value[] = [];
    reader.packed(wireType(field.kind), () => values.push(numberOf(field, reader)));
    return values;
  }
  if (field.kind < Kind.String) {
    reader.number(tag & 7);
    return [numberOf(field, reader)];
  }
  reader.skip(tag);
  const inner = new WireReader(reader.bytes, valueStart, reader.pos, start);
  const end = inner.length();
  return field.kind === Kind.Message
    ? [decodeMessage(field.typeName!, reader.bytes, inner.pos, end)]
    : [reader.bytes.subarray(inner.pos, end)];
}

function numberOf({ kind }: FieldSchema, { lo, hi }: WireReader): number | bigint {
  if (kind === Kind.Sint32) return (lo >>> 1) ^ -(lo & 1);
  // A negative 32-bit number is written with 64 bits.
  if (hi === 0xffff_ffff && lo >= 0x8000_0000) return lo | 0;
  return hi === 0 ? lo : BigInt(hi) << 32n | BigInt(lo);
}

/** Longest value that is printed, in characters. */
const LONG = 60;

function printed(value: Value): string {
  if (value instanceof Uint8Array) {
    const text = new TextDecoder().decode(value);
    // deno-lint-ignore no-control-regex
    return /^[^\x00-\x1f\x7f\ufffd]*$/.test(text)
      ? shortened(JSON.stringify(text))
      : `${value.length} bytes`;
  }
  const text = JSON.stringify(value, (key, item) => {
    if (typeof item === "bigint") return Number(item);
    if (item instanceof Uint8Array) return `${item.length} bytes`;
    return key === UNKNOWN ? undefined : item;
  });
  return typeof value === "bigint" ? `${value}` : shortened(text);
}

function shortened(text: string): string {
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
