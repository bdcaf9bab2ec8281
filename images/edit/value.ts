/**
 * Encodes values that users type: every form that `encode` accepts, with optional quotes for text
 * if it is unambiguous.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { pushInto } from "../bytes/io.ts";
import { encodeText } from "../bytes/utf8.ts";
import { JsonMessages } from "../codec/from_json.ts";
import { JsonReader } from "../codec/json_reader.ts";
import { type FieldTable, type MessageTable, Shape } from "../codec/table.ts";
import { CritError, dataError } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import { WireWriter } from "../protobuf/wire.ts";

/**
 * The bytes of a field's value with its tag, for a whole list or one item.
 *
 * @param order byte order of the image
 * @param part of a repeated field, whether `text` is the whole list or one item
 * @throws {CritError} `data` if the text is not a value of the field
 */
export function encodeValue(
  field: FieldTable,
  text: string,
  part: "whole" | "item",
  order: ByteOrder,
): Uint8Array {
  const misleading = field.misleading?.get(text.replace(/^"(.*)"$/s, "$1"));
  if (misleading !== undefined) throw dataError(misleading);
  const json = part === "whole" && field.repeated
    ? listText(field, text)
    : valueText(field.kind, text);
  return fromJson(json, order, (messages) => messages.field(field, part));
}

/** A message, and the value of one other key in its JSON. */
export interface EncodedMessage {
  readonly payload: Uint8Array;
  /** JSON text of the other key; undefined if it is absent. */
  readonly other: string | undefined;
}

/**
 * Encodes a message from JSON.
 *
 * @param otherKey a key that is not a field of the message
 * @throws {CritError} `data` if the text is not such a message
 */
export function encodeObject(
  table: MessageTable,
  text: string,
  order: ByteOrder,
  otherKey?: string,
): EncodedMessage {
  let other: string | undefined;
  const payload = fromJson(text, order, (messages, json) => {
    messages.message(table, (key) => {
      if (key !== otherKey) return false;
      other = takeText(json);
      return true;
    });
  });
  return { payload, other };
}

/** The items of a JSON list, each as text. @throws {CritError} `data` if it is not a list */
export function listItems(text: string): string[] {
  const items: string[] = [];
  fromJson(text, "little", (_messages, json) => {
    if (json.peek() !== 0x5b) throw json.unexpected("a list");
    json.pos++;
    if (json.peek() === 0x5d) json.pos++;
    else {
      do items.push(takeText(json)); while (json.more(0x5d));
    }
  });
  return items;
}

/**
 * The members of a JSON object, each value as text. @throws {CritError} `data` if it is not an
 * object
 */
export function objectMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  fromJson(text, "little", (_messages, json) => {
    json.expect(0x7b);
    if (json.peek() === 0x7d) json.pos++;
    else {
      do {
        const key = json.key();
        if (members.has(key)) throw json.error(`${key} is given twice`);
        members.set(key, takeText(json));
      } while (json.more(0x7d));
    }
  });
  return members;
}

function takeText(json: JsonReader): string {
  json.peek();
  const { pos } = json;
  json.skip();
  return new TextDecoder().decode(json.bytes.subarray(pos, json.pos));
}

/** Reads JSON text with `read`, which must take all of it, and gives what was written. */
function fromJson(
  text: string,
  order: ByteOrder,
  read: (messages: JsonMessages, json: JsonReader) => void,
): Uint8Array {
  const json = new JsonReader();
  pushInto({ room: () => json.room(0), advance: (count) => json.advance(count) }, encodeText(text));
  json.eof = true;
  const out = new WireWriter(64);
  try {
    const messages = new JsonMessages(json, out, false);
    messages.byteOrder = order;
    read(messages, json);
    json.peek();
    if (json.pos < json.end) throw json.error("something follows the value");
  } catch (error) {
    throw withoutLine(error);
  }
  return out.bytes.slice(0, out.pos);
}

/** The error without its line and column: the text is a word of the command line. */
function withoutLine(error: unknown): unknown {
  if (!(error instanceof CritError)) return error;
  const { line: _line, column: _column, ...place } = error.place;
  return new CritError(error.kind, error.reason, place, error.hint, { cause: error.cause });
}

/** JSON text of one value: quoted where the user need not do it. */
function valueText(kind: Kind, text: string): string {
  if (kind === Kind.Message || kind === Kind.Bool || isJsonString(text)) return text;
  const isText = kind === Kind.String || kind === Kind.Bytes;
  return !isText && /^-?(0|[1-9]\d*)$/.test(text) ? text : JSON.stringify(text);
}

/** JSON text of a whole list; an IP address stands for all of its words. */
function listText(field: FieldTable, text: string): string {
  const isAddress = field.shape === Shape.Address && !text.trimStart().startsWith("[");
  return isAddress ? `[${valueText(field.kind, text)}]` : text;
}

function isJsonString(text: string): boolean {
  if (!/^".*"$/s.test(text)) return false;
  try {
    return typeof JSON.parse(text) === "string";
  } catch {
    return false;
  }
}
