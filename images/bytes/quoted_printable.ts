/**
 * Quoted-printable (RFC 2045) as Python's `quopri.encodestring` writes it: the form of unix socket
 * names in JSON. One difference: a carriage return before a newline becomes `=0D`, because quopri
 * loses it.
 *
 * @module
 */

import { dataError } from "../errors.ts";

const LINE = 76;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DOT = 0x2e;
const EQUALS = 0x3d;
const DIGITS = "0123456789ABCDEF";

/** Bytes to ASCII text. */
export function encodeQuotedPrintable(bytes: Uint8Array): string {
  let text = "";
  let column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const next = bytes[i + 1];
    if (byte === NEWLINE) {
      const last = text.charCodeAt(text.length - 1);
      // White space may not end a line.
      if (last === SPACE || last === TAB) text = text.slice(0, -1) + quote(last);
      text += "\n";
      column = 0;
    } else if (isQuoted(byte, next, column)) {
      if (column + 3 >= LINE) {
        text += "=\n";
        column = 0;
      }
      text += quote(byte);
      column += 3;
    } else {
      if (next !== undefined && next !== NEWLINE && column + 1 >= LINE) {
        text += "=\n";
        column = 0;
      }
      text += String.fromCharCode(byte);
      column++;
    }
  }
  return text;
}

function isQuoted(byte: number, next: number | undefined, column: number): boolean {
  if (byte > 126 || byte === EQUALS) return true;
  if (byte === RETURN) return next === NEWLINE;
  if (byte === DOT) {
    return column === 0 &&
      (next === undefined || next === NEWLINE || next === RETURN || next === 0);
  }
  if (byte === TAB || byte === SPACE) return next === undefined;
  return byte < SPACE;
}

function quote(byte: number): string {
  return `=${DIGITS[byte >> 4]}${DIGITS[byte & 15]}`;
}

/**
 * Bytes of the text back to bytes.
 *
 * @param text the text's own bytes
 * @throws {CritError} `data` when an `=` is followed by neither two hex digits nor a line's end
 */
export function decodeQuotedPrintable(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== EQUALS) {
      bytes[length++] = text[i]!;
      continue;
    }
    const end = text[i + 1] === RETURN && text[i + 2] === NEWLINE ? i + 2 : i + 1;
    if (text[end] === NEWLINE) {
      i = end;
      continue;
    }
    const digits = String.fromCharCode(text[i + 1] ?? 0, text[i + 2] ?? 0);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
      throw dataError("bad quoted-printable: two hex digits must follow =");
    }
    bytes[length++] = parseInt(digits, 16);
    i += 2;
  }
  return bytes.subarray(0, length);
}
