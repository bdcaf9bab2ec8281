/**
 * Compares a payload's wire bytes with its message's table, without making objects.
 *
 * @module
 */

import type { FieldWatch } from "../codec/field_watch.ts";
import { fieldOf, type FieldTable, type MessageTable, messageTable } from "../codec/table.ts";
import { CritError, dataError } from "../errors.ts";
import { normalizePayload } from "../protobuf/normalize.ts";
import { Kind } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, type WireNumber, WireReader } from "../protobuf/wire.ts";

/**
 * Kinds of faults in a field.
 *
 * - `required`: it is required and missing
 * - `type`: its wire type is not that of its type, at which protobuf-c gives up
 * - `enum`: the schema does not know this value
 * - `unknown`: the schema does not know this field
 */
export type FieldFaultKind = "required" | "type" | "enum" | "unknown";

/** Receives a fault; `detail` is the enum's value, or the number of the unknown field. */
export type ReportField = (kind: FieldFaultKind, path: string, detail: string) => void;

/** Bits of the required fields of a table, of the first 32 and the next 32 in its list. */
interface Required {
  readonly low: number;
  readonly high: number;
}

const requiredBits = new WeakMap<MessageTable, Required>();

function requiredOf(table: MessageTable): Required {
  let bits = requiredBits.get(table);
  if (bits === undefined) {
    let [low, high] = [0, 0];
    for (const { required, index } of table.list) {
      if (!required) continue;
      if (index < 32) low |= 1 << index;
      else if (index < 64) high |= 1 << index;
    }
    requiredBits.set(table, bits = { low, high });
  }
  return bits;
}

/** Thrown where a singular message comes in several pieces, which only merging makes whole. */
const IN_PIECES = Symbol("in pieces");

/** Most faults that are held until their payload is read. */
const MOST_HELD = 1000;

/** Compares payloads with their tables. */
export class PayloadScanner {
  /** Fields that lead to the message being read, and the place in each one's list. */
  readonly #fields: FieldTable[] = [];
  readonly #places: number[] = [];
  /** What was found in the payload, told when all of it is read. */
  #found: Parameters<ReportField>[] = [];

  /** @param watch told of each message whether all of it is known */
  constructor(readonly report: ReportField, readonly watch?: FieldWatch) {}

  /**
   * Reads a payload of a message.
   *
   * @throws {CritError} `data` when it is no valid message
   */
  scan(message: string, bytes: Uint8Array, from: number, to: number): void {
    const table = messageTable(message, "plain");
    const { watch } = this;
    if (watch !== undefined) watch.isNew = false;
    try {
      this.#message(table, new WireReader(bytes, from, to), 0);
    } catch (error) {
      this.#fields.length = this.#places.length = 0;
      if (watch !== undefined) watch.isNew = true;
      if (error !== IN_PIECES) throw error;
      this.#found = [];
      this.#scanCanonical(message, bytes, from, to);
      if (watch !== undefined) watch.isNew = true;
    } finally {
      if (this.#found.length > 0) this.#tell();
    }
  }

  #note(...fault: Parameters<ReportField>): void {
    this.#found.push(fault);
    if (this.watch !== undefined) this.watch.isNew = true;
    if (this.#found.length === MOST_HELD) this.#tell();
  }

  #tell(): void {
    for (const fault of this.#found) this.report(...fault);
    this.#found = [];
  }

  #scanCanonical(message: string, bytes: Uint8Array, from: number, to: number): void {
    try {
      const whole = normalizePayload(message, bytes, from, to);
      this.#message(messageTable(message, "plain"), new WireReader(whole, 0, whole.length), 0);
    } catch (error) {
      if (!(error instanceof CritError) || error.code !== "missing-field") throw error;
      this.#note("required", error.place.field!, "");
    }
  }

  #message(table: MessageTable, reader: WireReader, depth: number): void {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    let [low, high] = [0, 0];
    let last: FieldTable | undefined;
    let place = 0;
    const { watch } = this;
    while (!reader.done) {
      const start = reader.pos;
      const tag = reader.tag();
      const field = fieldOf(table, tag >>> 3);
      if (field === undefined) {
        reader.skip(tag);
        this.#note("unknown", this.#path(), String(tag >>> 3));
        continue;
      }
      let isKnown = false;
      if (watch !== undefined && !watch.isNew && !watch.isSettled(field.id)) {
        isKnown = watch.isKnown(field.id, reader.bytes, start, reader.end);
        watch.isNew = !isKnown;
      }
      const { index } = field;
      const bit = 1 << index;
      const isSecond = index < 32 ? (low & bit) !== 0 : index < 64 && (high & bit) !== 0;
      if (index < 32) low |= bit;
      else if (index < 64) high |= bit;
      if (tag !== field.tag) {
        this.#otherWireType(field, tag, reader);
        continue;
      }
      if (field.kind !== Kind.Message) {
        reader.skip(tag);
        if (field.kind === Kind.Enum) this.#enum(field, reader);
        continue;
      }
      if (isSecond && !field.repeated) throw IN_PIECES;
      place = field === last ? place + 1 : 0;
      last = field;
      this.#inner(field, place, reader, depth);
      // What is inside is known as well.
      if (isKnown) watch!.isNew = false;
    }
    const required = requiredOf(table);
    if ((required.low & ~low) !== 0 || (required.high & ~high) !== 0) {
      this.#missing(table, low, high);
    }
  }

  #inner(field: FieldTable, place: number, reader: WireReader, depth: number): void {
    const end = reader.length();
    const outer = reader.end;
    reader.end = end;
    this.#fields.push(field);
    this.#places.push(place);
    this.#message(field.message(), reader, depth + 1);
    this.#fields.pop();
    this.#places.pop();
    reader.end = outer;
  }

  /** A packed list, or a wire type that the field cannot have. */
  #otherWireType(field: FieldTable, tag: number, reader: WireReader): void {
    const packed = field.repeated && (tag & 7) === Wire.Bytes && field.kind < Kind.String;
    if (packed && field.kind === Kind.Enum) {
      return reader.packed(field.wire, () => this.#enum(field, reader));
    }
    // Each number is read: a list may be cut short inside one.
    if (packed) return reader.packed(field.wire, () => {});
    reader.skip(tag);
    this.#note("type", this.#path(field), String(tag & 7));
  }

  /** Looks at an enum's value, which was read. */
  #enum(field: FieldTable, { lo }: WireNumber): void {
    const value = lo | 0;
    if (!field.enum!.byNumber.has(value)) {
      this.#note("enum", this.#path(field), String(value));
    }
  }

  #missing(table: MessageTable, low: number, high: number): void {
    for (const field of table.list) {
      const { index, required } = field;
      if (!required || index >= 64) continue;
      if (((index < 32 ? low : high) & 1 << index) === 0) {
        this.#note("required", this.#path(field), "");
      }
    }
  }

  /** `vmas[3].status`: the field's path, or that of the message being read. */
  #path(field?: FieldTable): string {
    const parts = this.#fields.map(({ name, repeated }, i) =>
      repeated ? `${name}[${this.#places[i]}]` : name
    );
    return [...parts, ...field === undefined ? [] : [field.name]].join(".");
  }
}
