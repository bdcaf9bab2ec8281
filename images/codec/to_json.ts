/**
 * Payload → JSON text, directly from wire bytes to JSON bytes, without objects for entries and
 * strings for fields.
 *
 * The fast loop reads payloads in normal form, which is what CRIU writes: ascending tags, and each
 * singular field once. Any other payload is normalized ({@link normalizePayload}) and read again.
 *
 * @module
 */

import { toBase64 } from "../bytes/base64.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { encodeQuotedPrintable } from "../bytes/quoted_printable.ts";
import { dataError } from "../errors.ts";
import { normalizeField, normalizePayload } from "../protobuf/normalize.ts";
import { isUnsigned, Kind, UNKNOWN } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire } from "../protobuf/wire.ts";
import { formatAddress } from "../types/hints.ts";
import { type JsonWriter, writeUint32 } from "./json_writer.ts";
import { fieldOf, type FieldTable, type MessageTable, Shape } from "./table.ts";

/** Raw bytes on one base64 line of 76 characters. */
export const BASE64_LINE = 57;
/** Raw bytes that are turned to base64 at once: whole lines, about 56 KiB. */
const BASE64_BATCH = BASE64_LINE * 1008;

/** `\n` as JSON has it, little-endian. */
const LINE_END = 0x6e5c;

/** Room for a list's item: its punctuation and a number. */
const ITEM_ROOM = 64;

const encoder = new TextEncoder();

/** Prints payloads into a {@link JsonWriter}. */
export class JsonPrinter {
  /** Whether a payload had fields that the schema does not know. */
  sawUnknown = false;
  /** How the words of addresses lay in memory. */
  byteOrder: ByteOrder = "little";
  #pos = 0;
  /**
   * Low and high half of the number read last. As plain fields they would be small integers until
   * one needs its 32nd bit, and what was compiled until then would be thrown away.
   */
  readonly #halves = new Uint32Array(2);
  /** The payload is in normal form for sure: the first unknown field begins a run to the end. */
  #isNormal = false;

  constructor(readonly out: JsonWriter) {}

  /**
   * Prints a payload as an object without its closing brace, because the image may add an extra.
   * Returns whether the object has members.
   *
   * @param depth nesting level of the object
   * @throws {CritError} `data` when the bytes are no such message
   */
  open(table: MessageTable, bytes: Uint8Array, from: number, to: number, depth: number): boolean {
    const start = this.out.pos;
    this.#isNormal = false;
    if (!this.#members(table, bytes, from, to, depth)) {
      const regular = normalizePayload(table.schema.name, bytes, from, to);
      this.out.pos = start;
      this.#isNormal = true;
      if (!this.#members(table, regular, 0, regular.length, depth)) {
        throw dataError("not a valid message");
      }
    }
    const brace = start;
    return this.out.pos > brace + 1;
  }

  /**
   * Prints one field's value.
   *
   * @param bytes the field's occurrences, tags included
   * @param part whether they are the whole field, or one item of a list
   * @throws {CritError} `data` when the bytes hold no such value
   */
  value(field: FieldTable, bytes: Uint8Array, part: "whole" | "item", depth: number): void {
    const start = this.out.pos;
    const isList = part === "whole" && field.repeated;
    this.out.ensure(ITEM_ROOM);
    this.#pos = 0;
    this.#varint(bytes);
    const isRead = isList
      ? this.#list(field, bytes, bytes.length, depth)
      : this.#value(field, bytes, bytes.length, depth);
    if (isRead && this.#pos === bytes.length) return;
    // What is inside is not in normal form: as the only field of a message it can be brought there.
    const regular = normalizeField(field.schema, bytes);
    this.out.pos = start;
    this.#isNormal = true;
    this.#pos = 0;
    this.#varint(regular);
    const isRegular = isList
      ? this.#list(field, regular, regular.length, depth)
      : this.#value(field, regular, regular.length, depth);
    if (!isRegular) throw dataError("not a valid value");
  }

  /** Prints the brace and all members; false if the data is not in normal form. */
  #members(
    table: MessageTable,
    bytes: Uint8Array,
    from: number,
    to: number,
    depth: number,
  ): boolean {
    const { out } = this;
    const { indented } = out;
    out.ensure(1);
    out.bytes[out.pos++] = 0x7b;
    if (depth > MAX_DEPTH) return false;
    let last = 0;
    let required = 0;
    let pos = from;
    while (pos < to) {
      const start = pos;
      let tag = bytes[pos++]!;
      if (tag > 0x7f) {
        this.#pos = start;
        this.#varint(bytes);
        pos = this.#pos;
        tag = this.#halves[1]! === 0 ? this.#halves[0]! : 0;
      }
      const field = fieldOf(table, tag >>> 3);
      if (field === undefined || field.tag !== tag) {
        return this.#isNormal && this.#unknown(bytes, start, to, last === 0, depth + 1);
      }
      if (field.number <= last) return false;
      if (indented) out.item(last === 0, depth + 1);
      if (out.pos + field.bytesNeeded > out.bytes.length) out.ensure(field.bytesNeeded);
      const at = writeKey(field, out.view, out.pos, !indented && last !== 0);
      last = field.number;
      if (field.required) required++;
      if (field.plainUnsigned) {
        const byte = bytes[pos++]!;
        if (byte < 0x80) {
          if (pos > to) return false;
          out.pos = writeUint32(out.view, at, byte);
          continue;
        }
        this.#pos = pos - 1;
        this.#varint(bytes);
        pos = this.#pos;
        if (pos > to) return false;
        const hi = this.#halves[1]!;
        out.pos = hi === 0 || field.kind === Kind.Uint32
          ? writeUint32(out.view, at, this.#halves[0]!)
          : out.wide(at, this.#halves[0]!, hi);
        continue;
      }
      out.pos = at;
      this.#pos = pos;
      if (!field.repeated) {
        if (!this.#value(field, bytes, to, depth + 1)) return false;
      } else if (!this.#list(field, bytes, to, depth + 1)) return false;
      pos = this.#pos;
    }
    this.#pos = pos;
    return pos === to && required === table.required;
  }

  /** Reads a varint at `#pos` into the halves. Past the message's end it reads on, harmlessly. */
  #varint(bytes: Uint8Array): void {
    let pos = this.#pos;
    let byte = bytes[pos++]!;
    let lo = byte & 0x7f;
    let hi = 0;
    if (byte > 0x7f) {
      byte = bytes[pos++]!;
      lo |= (byte & 0x7f) << 7;
      if (byte > 0x7f) {
        byte = bytes[pos++]!;
        lo |= (byte & 0x7f) << 14;
        if (byte > 0x7f) {
          byte = bytes[pos++]!;
          lo |= (byte & 0x7f) << 21;
          if (byte > 0x7f) {
            byte = bytes[pos++]!;
            lo |= (byte & 0x7f) << 28;
            hi = (byte & 0x7f) >>> 4;
            for (let shift = 3; byte > 0x7f && shift < 38; shift += 7) {
              byte = bytes[pos++]!;
              if (shift < 32) hi |= (byte & 0x7f) << shift;
            }
            // Longer than ten bytes: the slow path says so.
            if (byte > 0x7f) pos = Infinity;
          }
        }
      }
    }
    this.#pos = pos;
    const halves = this.#halves;
    halves[0] = lo;
    halves[1] = hi;
  }

  #fixed(bytes: Uint8Array, wide: boolean): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = wide ? 8 : 4;
    if (this.#pos + size > bytes.length) {
      this.#pos = Infinity;
      return;
    }
    this.#halves[0] = view.getUint32(this.#pos, true);
    this.#halves[1] = wide ? view.getUint32(this.#pos + 4, true) : 0;
    this.#pos += size;
  }

  /** Prints one value; false if the data is not in normal form. */
  #value(field: FieldTable, bytes: Uint8Array, to: number, depth: number): boolean {
    if (field.wire === Wire.Varint) this.#varint(bytes);
    else if (field.wire !== Wire.Bytes) this.#fixed(bytes, field.wire === Wire.Fixed64);
    else return this.#delimited(field, bytes, to, depth);
    if (this.#pos > to) return false;
    const { out } = this;
    if (field.shape === Shape.Hex || field.shape === Shape.Formatted) {
      this.#extend(field.kind);
      if (field.shape === Shape.Hex) this.#hex(field);
      else this.#formatted(field);
      return true;
    }
    switch (field.kind) {
      case Kind.Uint32:
      case Kind.Fixed32:
        out.pos = writeUint32(out.view, out.pos, this.#halves[0]!);
        return true;
      case Kind.Uint64:
      case Kind.Fixed64:
        out.pos = this.#halves[1]! === 0
          ? writeUint32(out.view, out.pos, this.#halves[0]!)
          : out.wide(out.pos, this.#halves[0]!, this.#halves[1]!);
        return true;
      case Kind.Bool:
        out.ascii((this.#halves[0]! | this.#halves[1]!) !== 0 ? "true" : "false");
        return true;
      case Kind.Enum: {
        const name = field.enumNames!.get(this.#halves[0]! | 0);
        if (name === undefined) this.#signed(field);
        else {
          out.ensure(name.length);
          const { bytes: target } = out;
          for (let i = 0; i < name.length; i++) target[out.pos++] = name[i]!;
        }
        return true;
      }
      default:
        this.#signed(field);
        return true;
    }
  }

  /** The value just read as a signed 64-bit number, into the halves. */
  #extend(kind: Kind): void {
    const halves = this.#halves;
    const [lo, hi] = [halves[0]!, halves[1]!];
    switch (kind) {
      case Kind.Int32:
      case Kind.Sfixed32:
      case Kind.Enum:
        halves[1] = (lo | 0) >> 31;
        break;
      case Kind.Sint32:
        halves[0] = (lo >>> 1) ^ -(lo & 1);
        halves[1] = -(lo & 1);
        break;
      case Kind.Sint64: {
        const sign = -(lo & 1);
        halves[0] = (lo >>> 1 | hi << 31) ^ sign;
        halves[1] = (hi >>> 1) ^ sign;
        break;
      }
      case Kind.Uint32:
      case Kind.Fixed32:
        halves[1] = 0;
    }
  }

  #signed(field: FieldTable): void {
    this.#extend(field.kind);
    this.out.signed(this.#halves[0]!, this.#halves[1]!);
  }

  /** Prints an integer in hexadecimal. */
  #hex(field: FieldTable): void {
    const { out } = this;
    out.ascii('"0x');
    if (this.#halves[1]! > 0x7fffffff && !isUnsigned(field.kind)) {
      out.ascii("-");
      this.#halves[0] = -this.#halves[0]!;
      this.#halves[1] = ~this.#halves[1]! + (this.#halves[0] === 0 ? 1 : 0);
    }
    out.hex(this.#halves[0]!, this.#halves[1]!);
    out.ascii('"');
  }

  /** Prints an integer through its hint; the same few values come over and over. */
  #formatted(field: FieldTable): void {
    const texts = textsOf(field);
    const isSmall = this.#halves[1]! === 0;
    let text = isSmall ? texts.get(this.#halves[0]!) : undefined;
    if (text === undefined) {
      const bits = BigInt(this.#halves[1]!) << 32n | BigInt(this.#halves[0]!);
      const value = isUnsigned(field.kind) ? bits : BigInt.asIntN(64, bits);
      const formatted = field.format!(value);
      const isText = formatted !== undefined ||
        this.out.quotesBig && !Number.isSafeInteger(Number(value));
      text = isText ? `"${formatted ?? value}"` : `${value}`;
      if (isSmall && texts.size < MOST_TEXTS) texts.set(this.#halves[0]!, text);
    }
    this.out.ascii(text);
  }

  /** Prints a message, text or bytes. */
  #delimited(field: FieldTable, bytes: Uint8Array, to: number, depth: number): boolean {
    this.#varint(bytes);
    const from = this.#pos;
    const end = from + this.#halves[1]! * 4294967296 + this.#halves[0]!;
    if (end > to) return false;
    const { out } = this;
    if (field.kind === Kind.Message) {
      const start = out.pos;
      if (!this.#members(field.message(), bytes, from, end, depth)) return false;
      if (out.pos > start + 1) out.newline(depth);
      out.ensure(1);
      out.bytes[out.pos++] = 0x7d;
      return true;
    }
    this.#pos = end;
    if (field.kind === Kind.String) out.text(bytes, from, end);
    else if (field.shape === Shape.UnixName) {
      const name = encoder.encode(encodeQuotedPrintable(bytes.subarray(from, end)));
      out.text(name, 0, name.length);
    } else writeBase64String(out, bytes.subarray(from, end));
    return true;
  }

  /** Prints a repeated field: all values with the same tag that follow each other. */
  #list(field: FieldTable, bytes: Uint8Array, to: number, depth: number): boolean {
    const { out } = this;
    const start = this.#pos;
    if (field.shape === Shape.Address) {
      const words = this.#words(field, bytes, to);
      if (words === undefined) return false;
      const address = formatAddress(words, this.byteOrder);
      if (address !== undefined) {
        this.#oneItem(address, depth);
        return true;
      }
      this.#pos = start;
    }
    out.bytes[out.pos++] = 0x5b;
    let first = true;
    do {
      out.ensure(ITEM_ROOM);
      if (out.indented) out.item(first, depth + 1);
      else if (!first) {
        out.bytes[out.pos++] = 0x2c;
        out.bytes[out.pos++] = 0x20;
      }
      first = false;
      if (!this.#value(field, bytes, to, depth + 1)) return false;
    } while (this.#again(field, bytes, to));
    out.newline(depth);
    out.ensure(1);
    out.bytes[out.pos++] = 0x5d;
    return true;
  }

  #oneItem(text: string, depth: number): void {
    const { out } = this;
    out.ascii("[");
    out.item(true, depth + 1);
    out.quoted(text);
    out.newline(depth);
    out.ascii("]");
  }

  /** The numbers of a repeated field, without printing them. */
  #words(field: FieldTable, bytes: Uint8Array, to: number): number[] | undefined {
    const words: number[] = [];
    do {
      this.#varint(bytes);
      if (this.#pos > to) return undefined;
      words.push(this.#halves[0]!);
    } while (this.#again(field, bytes, to));
    return words;
  }

  /** Whether the same tag follows; if so it is read. */
  #again(field: FieldTable, bytes: Uint8Array, to: number): boolean {
    const pos = this.#pos;
    if (pos >= to) return false;
    if (field.tag < 0x80) {
      if (bytes[pos] !== field.tag) return false;
      this.#pos = pos + 1;
      return true;
    }
    this.#varint(bytes);
    if (this.#halves[0]! === field.tag && this.#halves[1]! === 0) return true;
    this.#pos = pos;
    return false;
  }

  /** Prints the rest of a message in normal form, which the schema does not know. */
  #unknown(bytes: Uint8Array, from: number, to: number, first: boolean, depth: number): boolean {
    this.sawUnknown = true;
    this.out.item(first, depth);
    this.out.quoted(UNKNOWN);
    this.out.ascii(": ");
    writeBase64String(this.out, bytes.subarray(from, to));
    this.#pos = to;
    return true;
  }
}

/** Most formatted values that are remembered of a field. */
const MOST_TEXTS = 256;

/** Some of the values that were formatted, those below 2^32, with their JSON; by field table. */
const textsByField: Array<Map<number, string> | undefined> = [];

function textsOf({ id }: FieldTable): Map<number, string> {
  const known = textsByField[id];
  if (known !== undefined) return known;
  while (textsByField.length < id) textsByField.push(undefined);
  return textsByField[id] = new Map();
}

/** Writes a key, after a comma where it is not the first, and returns the position after it. */
function writeKey(field: FieldTable, view: DataView, pos: number, comma: boolean): number {
  if (comma) {
    view.setUint16(pos, 0x202c, true);
    pos += 2;
  }
  const { keyWords } = field;
  for (let i = 0; i < keyWords.length; i++) view.setFloat64(pos + i * 8, keyWords[i]!, true);
  return pos + field.keyLength;
}

/** Prints bytes as a string of MIME base64, `\n` after each 76 characters and at the end. */
export function writeBase64String(out: JsonWriter, bytes: Uint8Array): void {
  out.ascii('"');
  writeBase64Lines(out, bytes);
  out.ascii('"');
}

/** Prints bytes as lines of base64, each ended by `\n`, as the inside of a JSON string. */
export function writeBase64Lines(out: JsonWriter, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; from += BASE64_BATCH) {
    const text = toBase64(bytes.subarray(from, from + BASE64_BATCH));
    const lines = Math.ceil(text.length / 76);
    out.ensure(text.length + 2 * lines);
    // The text goes to the end of its room, then its lines move to the front one by one.
    const read = out.pos + 2 * lines;
    encoder.encodeInto(text, out.bytes.subarray(read));
    out.pos = moveLines(out, out.pos, read, read + text.length);
  }
}

/**
 * Moves base64 text to `pos`, `\n` after each line of 76 characters, and returns where that ends.
 * Eight bytes at a time, as doubles: ASCII makes no NaN.
 */
function moveLines({ bytes, view }: JsonWriter, pos: number, from: number, to: number): number {
  for (; to - from >= 76; from += 76, pos += 78) {
    for (let i = 0; i < 72; i += 8) {
      view.setFloat64(pos + i, view.getFloat64(from + i, true), true);
    }
    view.setUint32(pos + 72, view.getUint32(from + 72, true), true);
    view.setUint16(pos + 76, LINE_END, true);
  }
  if (from === to) return pos;
  bytes.copyWithin(pos, from, to);
  pos += to - from;
  view.setUint16(pos, LINE_END, true);
  return pos + 2;
}
