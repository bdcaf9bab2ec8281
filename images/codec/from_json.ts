/**
 * JSON text → payload, in one pass from JSON bytes to wire bytes.
 *
 * The fast loop expects keys in ascending field number, as crit and CRIU's own tool print them. In
 * any other order, fields are written as they come and sorted at the end of the object.
 *
 * @module
 */

import { Base64Decoder } from "../bytes/base64.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { nearest } from "../bytes/nearest.ts";
import { decodeQuotedPrintable } from "../bytes/quoted_printable.ts";
import { encodeText } from "../bytes/utf8.ts";
import { CritError, FIELD_MISSING, inField } from "../errors.ts";
import { isUnsigned, isWide, Kind, UNKNOWN } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, WireReader, type WireWriter } from "../protobuf/wire.ts";
import { parseInteger, parseIpAddress } from "../types/hints.ts";
import { FieldSorter } from "./field_sorter.ts";
import { IntegerMembers, isName } from "./integer_members.ts";
import type { JsonReader } from "./json_reader.ts";
import { oldName, oldValue, renumberingsOf } from "./old_names.ts";
import { MOST_VALUES, type ReadTexts, readTextsOf } from "./read_texts.ts";
import { fieldOf, type FieldTable, type MessageTable, Shape } from "./table.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Reads a key that is not a field of the message (`extra` of an entry); false if it is unknown. */
export type OtherKey = (key: string) => boolean;

/** Reads objects from a {@link JsonReader} and writes them as messages. */
export class JsonMessages {
  /** How the words of addresses lie in the image. */
  byteOrder: ByteOrder = "little";
  readonly #fields = new FieldSorter();
  readonly #integers: IntegerMembers;

  /**
   * @param strict whether to refuse names and forms of older tools
   */
  constructor(readonly json: JsonReader, readonly out: WireWriter, readonly strict: boolean) {
    this.#integers = new IntegerMembers(json, out);
  }

  /**
   * Reads one object and appends its payload.
   *
   * @throws {CritError} `data` with line and column, and the path of the field
   */
  message(table: MessageTable, other?: OtherKey, depth = 0): void {
    const { json, out } = this;
    if (depth > MAX_DEPTH) throw json.error(`messages nest deeper than ${MAX_DEPTH}`);
    if (json.peek() !== OPEN_OBJECT) throw json.unexpected("an object");
    json.pos++;
    const start = out.pos;
    const { list } = table;
    let next = 0;
    let last = 0;
    let required = 0;
    let ascending = true;
    if (json.peek() === CLOSE_OBJECT) json.pos++;
    else {
      for (;;) {
        if (json.peek() !== QUOTE) throw json.unexpected("a key");
        const taken = this.#integers.take(list, next);
        if (taken > next) {
          next = taken;
          last = list[taken - 1]!.number;
          required += this.#integers.required;
        }
        if (json.bytes[json.pos] === QUOTE) {
          const field = this.#laterField(list, next) ?? this.#anyField(table, other);
          if (field === UNKNOWN) ascending = false;
          else if (field !== undefined) {
            if (field.number <= last) ascending = false;
            last = field.number;
            next = field.index + 1;
            if (field.required) required++;
            try {
              if (field.repeated) this.#list(field, depth);
              else this.#value(field, depth);
            } catch (error) {
              throw inField(error, field.name);
            }
          }
        }
        const byte = json.peek();
        if (byte !== COMMA && byte !== CLOSE_OBJECT) throw json.unexpected('"," or "}"');
        json.pos++;
        if (byte === CLOSE_OBJECT) break;
      }
    }
    if (!ascending || required !== table.required) this.settle(table, start);
  }

  /** Takes a key with its colon if it is that of a field after `next`, which most are. */
  #laterField(list: readonly FieldTable[], next: number): FieldTable | undefined {
    const { json } = this;
    const { view, pos } = json;
    for (let i = next; i < list.length; i++) {
      const field = list[i]!;
      if (!isName(field, view, pos)) continue;
      json.pos = pos + field.nameLength;
      json.colon();
      return field;
    }
    return undefined;
  }

  /**
   * Takes any key with its colon. Gives its field; {@link UNKNOWN} when it was the raw unknown
   * fields, nothing when `other` took it; then its value is read as well.
   */
  #anyField(table: MessageTable, other?: OtherKey): FieldTable | typeof UNKNOWN | undefined {
    const { json } = this;
    const { pos } = json;
    const key = json.key();
    json.peek();
    const field = table.byName.get(key) ?? this.#oldField(table, key);
    if (field !== undefined) return field;
    if (key === UNKNOWN) {
      this.#unknown();
      return UNKNOWN;
    }
    if (other?.(key)) return undefined;
    const near = nearest(key, table.byName.keys());
    throw json.error(
      `${table.schema.name} has no field ${JSON.stringify(key)}`,
      pos,
      near && `did you mean ${near}?`,
    );
  }

  #oldField(table: MessageTable, key: string): FieldTable | undefined {
    const name = this.strict ? undefined : oldName(table.schema.name, key);
    return name === undefined ? undefined : table.byName.get(name);
  }

  /** Takes the raw bytes of fields that the schema does not know. */
  #unknown(): void {
    const { json, out } = this;
    const { pos } = json;
    const start = out.pos;
    try {
      this.#base64();
      const reader = new WireReader(out.bytes, start, out.pos);
      while (!reader.done) reader.skip(reader.tag());
    } catch (error) {
      if (error instanceof CritError) throw inField(json.error(error.reason, pos), UNKNOWN);
      throw error;
    }
  }

  #list(field: FieldTable, depth: number): void {
    const { json } = this;
    if (json.peek() !== OPEN_LIST) throw json.unexpected("a list");
    json.pos++;
    if (json.peek() === CLOSE_LIST) {
      json.pos++;
      return;
    }
    do {
      json.peek();
      if (field.shape === Shape.Address && json.bytes[json.pos] === QUOTE) this.#address(field);
      else this.#value(field, depth);
    } while (json.more(CLOSE_LIST));
  }

  /** Takes an IP address, or a number written as text. */
  #address(field: FieldTable): void {
    const { json, out } = this;
    const { pos } = json;
    const text = json.string();
    const number = parseInteger(text);
    const words = number === undefined
      ? this.#at(pos, () => parseIpAddress(text, this.byteOrder))
      : undefined;
    if (words === undefined) {
      this.#tag(field);
      return this.#bigint(field, number!, pos);
    }
    for (const word of words) {
      this.#tag(field);
      out.varint(word);
    }
  }

  #tag(field: FieldTable): void {
    const { out } = this;
    if (field.tag < 0x80) {
      out.ensure(16);
      out.bytes[out.pos++] = field.tag;
    } else out.varint(field.tag);
  }

  /** Takes one value and appends it with its tag. The position is at its first byte. */
  #value(field: FieldTable, depth: number): void {
    const { json, out } = this;
    this.#tag(field);
    if (field.wire === Wire.Bytes) return this.#delimited(field, depth);
    const byte = json.bytes[json.pos]!;
    if (byte === QUOTE) return this.#quotedNumber(field);
    if (field.kind === Kind.Bool) {
      // Only the words; 0 and 1 are a number's business.
      out.bytes[out.pos++] = json.boolean() ? 1 : 0;
      return;
    }
    const { pos } = json;
    if (byte !== 0x2d && (byte < 0x30 || byte > 0x39)) throw json.unexpected("a number");
    json.number();
    this.#integer(field, json.lo, json.hi, json.negative, pos);
  }

  /** Takes a number, bool or enum that is written as a string. */
  #quotedNumber(field: FieldTable): void {
    const { json, out } = this;
    const { pos } = json;
    if (field.kind === Kind.Uint64 && json.quotedHex()) return out.varint(json.lo, json.hi);
    const known = readTextsOf(field);
    if (this.#isLastText(known)) return;
    const start = out.pos;
    this.#quotedValue(field, known);
    const text = json.bytes.slice(pos, json.pos);
    known.last = { text, wire: out.bytes.slice(start, out.pos), strict: this.strict };
  }

  /** Takes the same text as the time before; false: it is another. */
  #isLastText({ last }: ReadTexts): boolean {
    if (last === undefined || last.strict !== this.strict) return false;
    const { json: { bytes, pos }, out } = this;
    const { text, wire } = last;
    for (let i = 0; i < text.length; i++) if (bytes[pos + i] !== text[i]) return false;
    this.json.pos = pos + text.length;
    out.ensure(wire.length);
    for (let i = 0; i < wire.length; i++) out.bytes[out.pos++] = wire[i]!;
    return true;
  }

  #quotedValue(field: FieldTable, known: ReadTexts): void {
    const { json } = this;
    const { pos } = json;
    const text = json.string();
    if (field.kind === Kind.Bool) throw json.error("expected true or false", pos);
    const named = this.#named(field, text);
    if (named !== undefined) return this.out.varint(named >>> 0, named < 0 ? 0xffffffff : 0);
    const value = this.#parsed(field, text, known);
    if (value !== undefined) return this.#bigint(field, value, pos);
    const names = field.enum;
    if (names === undefined) throw json.error(`${JSON.stringify(text)} is not a number`, pos);
    const near = nearest(text, names.byName.keys());
    throw json.error(
      `${names.name} has no value ${JSON.stringify(text)}`,
      pos,
      near && `did you mean ${near}?`,
    );
  }

  /** The number that a text stands for; the same few texts come over and over. */
  #parsed({ parse }: FieldTable, text: string, { values }: ReadTexts): bigint | undefined {
    let value = values.get(text);
    if (value === undefined) {
      value = parse?.(text) ?? parseInteger(text);
      if (values.size < MOST_VALUES) values.set(text, value);
    }
    return value;
  }

  /** Number of an enum value's name. */
  #named(field: FieldTable, text: string): number | undefined {
    const names = field.enum;
    if (names === undefined) return undefined;
    return names.byName.get(this.strict ? text : oldValue(names.name, text) ?? text);
  }

  #bigint(field: FieldTable, value: bigint, pos: number): void {
    const magnitude = value < 0n ? -value : value;
    if (magnitude >> 64n !== 0n) throw this.#tooLarge(field, value, pos);
    const lo = Number(magnitude & 0xffffffffn);
    this.#integer(field, lo, Number(magnitude >> 32n), value < 0n, pos);
  }

  /** Appends an integer, its magnitude in two halves, after checking its range. */
  #integer(field: FieldTable, lo: number, hi: number, negative: boolean, pos: number): void {
    const { kind } = field;
    const isZero = (lo | hi) === 0;
    const wide = isWide(kind);
    // The half with the sign bit, and what is below it.
    const [upper, lower] = wide ? [hi, lo] : [lo, 0];
    const fits = (wide || hi === 0) &&
      (isUnsigned(kind)
        ? !negative || isZero
        : upper < 0x80000000 || (negative && upper === 0x80000000 && lower === 0));
    if (!fits) {
      const magnitude = BigInt(hi) << 32n | BigInt(lo);
      throw this.#tooLarge(field, negative ? -magnitude : magnitude, pos);
    }
    if (negative && !isZero) {
      lo = -lo >>> 0;
      hi = (~hi + (lo === 0 ? 1 : 0)) >>> 0;
    }
    if (kind === Kind.Sint32 || kind === Kind.Sint64) {
      const sign = hi >> 31;
      hi = ((hi << 1 | lo >>> 31) ^ sign) >>> 0;
      lo = (lo << 1 ^ sign) >>> 0;
    }
    const { out } = this;
    if (field.wire === Wire.Varint) out.varint(lo, hi);
    else if (field.wire === Wire.Fixed32) out.fixed32(lo);
    else out.fixed64(lo, hi);
  }

  #tooLarge({ kind }: FieldTable, value: bigint, pos: number): CritError {
    return this.json.numberError(`${value} does not fit ${Kind[kind].toLowerCase()}`, pos);
  }

  /** Takes a message, text or bytes. */
  #delimited(field: FieldTable, depth: number): void {
    const { json, out } = this;
    const start = out.open();
    if (field.kind === Kind.Message) this.message(field.message(), undefined, depth + 1);
    else if (json.bytes[json.pos] !== QUOTE) throw json.unexpected("a string");
    else if (field.kind === Kind.String) json.stringBytes(out);
    else if (field.shape === Shape.UnixName) {
      const { pos } = json;
      const text = encodeText(json.string());
      const name = this.#at(pos, () => decodeQuotedPrintable(text));
      out.raw(name);
    } else this.#base64();
    out.close(start);
  }

  /** Takes a base64 string and appends its bytes. */
  #base64(): void {
    const { json, out } = this;
    if (json.bytes[json.pos] !== QUOTE) throw json.unexpected("a base64 string");
    const { pos } = json;
    const [from, to] = json.rawString();
    const decoder = new Base64Decoder();
    if (!decoder.push(json.bytes.subarray(from, to), out) || !decoder.finish(out)) {
      throw json.error("not base64", pos);
    }
  }

  /** Runs `work`, adding line and column to its error. */
  #at<T>(pos: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof CritError ? this.json.error(error.reason, pos) : error;
    }
  }

  /**
   * Reads the value of a field and appends it with its tag.
   *
   * @param part of a repeated field: the list of its values, or one item of it
   */
  field(field: FieldTable, part: "whole" | "item"): void {
    const byte = this.json.peek();
    if (field.repeated && part === "whole") this.#list(field, 0);
    else if (field.shape === Shape.Address && byte === QUOTE) this.#address(field);
    else this.#value(field, 0);
  }

  /**
   * Sorts the fields written since `start` by number.
   *
   * @throws {CritError} `data` when a required field is missing or one is given twice
   */
  settle(table: MessageTable, start: number): void {
    const { out } = this;
    const fields = this.#fields;
    fields.read(out.bytes, start, out.pos);
    if (!this.strict) renumberingsOf(table.schema.name).forEach((one) => fields.renumber(one));
    fields.sort();
    let required = 0;
    let last: FieldTable | undefined;
    for (let i = 0; i < fields.count; i++) {
      const field = fieldOf(table, fields.numberAt(i));
      if (field === undefined || field.wire !== fields.wireAt(i)) continue;
      if (field !== last) {
        if (field.required) required++;
      } else if (!field.repeated) throw inField(this.json.error("given twice"), field.name);
      last = field;
    }
    if (required !== table.required) {
      const missing = table.list.find((field) => field.required && !fields.has(field))!;
      throw inField(this.json.error(FIELD_MISSING), missing.name);
    }
    fields.write(out.bytes, start);
  }
}
