/**
 * Removes everything that a release does not know: newer fields, enum values and flags. Removing a
 * significant value is a loss. It works on wire bytes, and does not change messages that the
 * release knows completely.
 *
 * @module
 */

import { decodeMessage, type Value } from "../codec/objects.ts";
import { dataError } from "../errors.ts";
import { type FieldSchema, Kind, UNKNOWN, wireType } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, WireReader, WireWriter } from "../protobuf/wire.ts";
import { CARRIES_MESSAGE, isInsignificantValue } from "./defaults.ts";
import type { DumpContext } from "./dump_context.ts";
import { featuresOf, type FieldFeatures } from "./features.ts";
import { NEWEST, type Rank } from "./releases.ts";

/** A value that a release cannot represent. */
export interface PrunedValue {
  /** `message.field`, the name by which a user accepts the loss. */
  readonly name: string;
  /** Path of the field within its entry. */
  readonly field: string;
  /** Its value, for people. */
  readonly value: string;
}

/** Receives the removed values. */
export interface Findings {
  /** An insignificant field was removed: `message.field`. */
  removed(name: string): void;
  /** A significant field was removed, or the whole message that needs it. */
  lost(finding: PrunedValue): void;
}

/** Removes everything that one release does not know. */
export class Pruner {
  #lastRemoved: string | undefined;

  constructor(readonly target: Rank, readonly facts: DumpContext, readonly findings: Findings) {}

  /**
   * Whether nothing can be removed: the newest release keeps even fields that crit does not know.
   */
  get isIdle(): boolean {
    return this.target === NEWEST;
  }

  /**
   * Removes unknown parts from a payload; returns the same bytes if there are none, undefined if
   * the release cannot represent the entry.
   */
  prune(message: string, bytes: Uint8Array): Uint8Array | undefined {
    this.#lastRemoved = undefined;
    return this.isIdle ? bytes : this.#prune(message, bytes, "", 0);
  }

  #prune(message: string, bytes: Uint8Array, path: string, depth: number): Uint8Array | undefined {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    const { fields } = featuresOf(message);
    const reader = new WireReader(bytes, 0, bytes.length);
    let out: WireWriter | undefined;
    let copied = 0;
    while (!reader.done) {
      const start = reader.pos;
      const tag = reader.tag();
      const field = fields.get(tag >>> 3);
      if (field?.isPlain && field.since <= this.target && fits(field.schema, tag)) {
        reader.skip(tag);
        continue;
      }
      const value = this.#pruneField(message, field, tag, reader, start, path, depth);
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

  /** Decides about a field that was read; undefined if its message must go with it. */
  #pruneField(
    message: string,
    features: FieldFeatures | undefined,
    tag: number,
    reader: WireReader,
    start: number,
    path: string,
    depth: number,
  ): Uint8Array | typeof KEEP | typeof DROP | undefined {
    const { bytes } = reader;
    if (features === undefined || !fits(features.schema, tag)) {
      reader.skip(tag);
      const number = `${tag >>> 3}`;
      this.#lose(`${message}.${number}`, path + number, "a field that crit does not know");
      return DROP;
    }
    const { schema, name, since, values } = features;
    if (since > this.target) {
      const says = readField(schema, reader, tag, start)
        .find((value) => !isInsignificantValue(message, schema, value, this.facts));
      if (says === undefined) this.#remove(name);
      else this.#lose(name, path + schema.name, printed(says));
      return says !== undefined && CARRIES_MESSAGE.has(name) ? undefined : DROP;
    }
    if (schema.kind === Kind.Message) {
      const end = reader.length();
      const inner = bytes.subarray(reader.pos, end);
      reader.pos = end;
      const pruned = this.#prune(schema.typeName!, inner, `${path}${schema.name}.`, depth + 1);
      if (pruned === undefined) return schema.label === "required" ? undefined : DROP;
      return pruned === inner ? KEEP : pruned;
    }
    if (features.isPlain) {
      reader.skip(tag);
      return KEEP;
    }
    reader.number(tag & 7);
    const unknown = values === undefined
      ? this.#unknownBits(features, reader.lo)
      : this.#unknownValue(features, reader.lo);
    if (unknown === undefined) return KEEP;
    this.#lose(name, path + schema.name, unknown);
    return schema.label === "required" ? undefined : DROP;
  }

  /** Bits that the release does not know, for people; undefined if there are none. */
  #unknownBits({ flags }: FieldFeatures, value: number): string | undefined {
    const unknown = flags.filter(([, { since }]) => since > this.target)
      .reduce((bits, [bit]) => bits | value & bit, 0);
    return unknown === 0 ? undefined : `0x${unknown.toString(16)}`;
  }

  /** The value, for people, if the release does not know it. */
  #unknownValue({ schema, values }: FieldFeatures, value: number): string | undefined {
    const feature = values!.get(value | 0);
    // A number without a name is older than the enum whose values the field has.
    if (feature === undefined) return schema.kind === Kind.Enum ? `${value}` : undefined;
    if (feature.since <= this.target) return undefined;
    return feature.name.slice(feature.name.lastIndexOf(".") + 1);
  }

  /** Reports each name once for a list. */
  #remove(name: string): void {
    if (this.#lastRemoved !== name) this.findings.removed(name);
    this.#lastRemoved = name;
  }

  #lose(name: string, field: string, value: string): void {
    this.findings.lost({ name, field, value });
  }
}

/** The field does not change. */
const KEEP = Symbol("keep");
/** The field is removed. */
const DROP = Symbol("drop");

/** Whether a value of this wire type is valid for the field. */
function fits(field: FieldSchema, tag: number): boolean {
  const wire = wireType(field.kind);
  return (tag & 7) === wire || (tag & 7) === Wire.Bytes && field.label === "repeated";
}

/** The values of one occurrence of a field that was read; `start` is the offset of its tag. */
export function readField(
  field: FieldSchema,
  reader: WireReader,
  tag: number,
  start: number,
): Value[] {
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

/** Longest printed value in characters. */
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
