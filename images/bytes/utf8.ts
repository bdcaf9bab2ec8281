/**
 * Text of images: UTF-8 where it is, and bytes that are not UTF-8 kept apart, as Python's
 * `surrogateescape` does: an undecodable byte 0xNN is the lone surrogate U+DCNN.
 *
 * @module
 */

import { dataError } from "../errors.ts";

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const textEncoder = new TextEncoder();

/** Longest run of bytes that is turned to text without asking the platform. */
const SHORT = 24;

/**
 * The length in bytes of the well-formed UTF-8 sequence at `pos` (RFC 3629: shortest form, no
 * surrogates, nothing beyond U+10FFFF), or 0 where there is none.
 */
export function sequenceLength(bytes: Uint8Array, pos: number, end: number): number {
  const first = bytes[pos]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (end - pos < length) return 0;
  const second = bytes[pos + 1]!;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) {
    if ((bytes[pos + i]! & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** The code point of a well-formed sequence of `length` bytes at `pos`. */
export function codePointAt(bytes: Uint8Array, pos: number, length: number): number {
  const first = bytes[pos]!;
  if (length === 1) return first;
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = code << 6 | bytes[pos + i]! & 0x3f;
  return code;
}

/** Bytes to text; nothing is lost. */
export function decodeText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  if (to - from <= SHORT) {
    let text = "";
    let pos = from;
    while (pos < to && bytes[pos]! < 0x80) text += String.fromCharCode(bytes[pos++]!);
    if (pos === to) return text;
  }
  try {
    return strictDecoder.decode(bytes.subarray(from, to));
  } catch {
    return decodeEscaping(bytes, from, to);
  }
}

function decodeEscaping(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let pos = from; pos < to;) {
    const length = sequenceLength(bytes, pos, to);
    text += length === 0
      ? String.fromCharCode(0xdc00 + bytes[pos]!)
      : String.fromCodePoint(codePointAt(bytes, pos, length));
    pos += length || 1;
  }
  return text;
}

/**
 * Text to bytes, {@link decodeText} undone.
 *
 * @throws {CritError} `data` when the text has a lone surrogate that stands for no byte
 */
export function encodeText(text: string): Uint8Array {
  return text.isWellFormed() ? textEncoder.encode(text) : encodeEscaped(text);
}

function encodeEscaped(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let pos = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes[pos++] = code - 0xdc00;
    else if (code >= 0xd800 && code <= 0xdfff) {
      throw dataError(`lone surrogate U+${code.toString(16).toUpperCase()} stands for no byte`);
    } else pos += textEncoder.encodeInto(character, bytes.subarray(pos)).written;
  }
  return bytes.subarray(0, pos);
}
