/**
 * Reads runs of members with integers in their usual notation, which most of an image consists of,
 * in one loop.
 *
 * @module
 */

import { type WireWriter, writeVarint } from "../protobuf/wire.ts";
import { areDigits, fourDigits, type JsonReader } from "./json_reader.ts";
import type { FieldTable } from "./table.ts";

const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE_OBJECT = 0x7d;

/** Bytes of room for a tag and a varint. */
const MEMBER_ROOM = 16;

/** Reads runs of members such as `"pid": 12, "flags": 3`. */
export class IntegerMembers {
  /** How many of the fields in the last run are required. */
  required = 0;

  constructor(readonly json: JsonReader, readonly out: WireWriter) {}

  /**
   * Reads members while they are in the order of their fields, have integers that fit, and have at
   * most one blank after each colon and comma. The position begins at a key. It ends at the key of
   * the first other member, or after the last value.
   *
   * @param list fields in ascending number
   * @param next index of the first field that may come
   * @returns the index after the last field that was read, or `next`
   */
  take(list: readonly FieldTable[], next: number): number {
    const { json, out } = this;
    out.ensure(list.length * MEMBER_ROOM);
    const { bytes, view } = json;
    const { bytes: target } = out;
    let { pos } = json;
    let to = out.pos;
    let required = 0;
    for (let i = next; i < list.length; i++) {
      const field = list[i]!;
      if (!isName(field, view, pos)) continue;
      let at = pos + field.nameLength;
      if (field.largestExact < 0 || bytes[at++] !== COLON) break;
      if (bytes[at] === BLANK) at++;
      const start = at;
      let value = 0;
      for (let word = view.getUint32(at, true); areDigits(word);) {
        value = value * 10000 + fourDigits(word);
        at += 4;
        word = view.getUint32(at, true);
      }
      let byte = bytes[at]!;
      while (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + (byte - 0x30);
        byte = bytes[++at]!;
      }
      // Only what surely ends the number; a point or the buffer's end is left to others.
      if (value > field.largestExact || at === start || (byte !== COMMA && byte !== CLOSE_OBJECT)) {
        break;
      }
      if (bytes[start] === 0x30 && at > start + 1) break;
      to = writeVarint(target, to, field.tag, 0);
      to = writeInteger(target, to, field.isZigzag ? value * 2 : value);
      if (field.required) required++;
      next = i + 1;
      pos = at;
      if (byte === CLOSE_OBJECT) break;
      at++;
      if (bytes[at] === BLANK) at++;
      if (bytes[at] !== QUOTE) break;
      pos = at;
    }
    json.pos = pos;
    out.pos = to;
    this.required = required;
    return next;
  }
}

/** Writes a whole number below 2^53 as a varint and returns the position after it. */
function writeInteger(bytes: Uint8Array, pos: number, value: number): number {
  while (value >= 0x10000000) {
    const rest = Math.floor(value / 0x10000000);
    const low = value - rest * 0x10000000;
    bytes[pos] = low | 0x80;
    bytes[pos + 1] = low >>> 7 | 0x80;
    bytes[pos + 2] = low >>> 14 | 0x80;
    bytes[pos + 3] = low >>> 21 | 0x80;
    pos += 4;
    value = rest;
  }
  let low = value | 0;
  while (low > 0x7f) {
    bytes[pos++] = low | 0x80;
    low >>>= 7;
  }
  bytes[pos++] = low;
  return pos;
}

/** Whether the field's quoted name stands at `pos`. */
export function isName(field: FieldTable, view: DataView, pos: number): boolean {
  const { nameWords: words, nameMask } = field;
  const last = words.length - 1;
  for (let i = 0; i < last; i++, pos += 4) {
    if ((view.getUint32(pos, true) ^ words[i]!) !== 0) return false;
  }
  return ((view.getUint32(pos, true) ^ words[last]!) & nameMask) === 0;
}
