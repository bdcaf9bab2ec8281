/** Patterns to search for in memory. @module */

import { encodeText } from "../bytes/utf8.ts";
import { CritError } from "../errors.ts";
import { literalNode, parseExpression, type PatternNode } from "./syntax.ts";

/** Notation of a pattern. */
export type PatternKind = "text" | "regex" | "hex";

/** A pattern as the user gives it. */
export interface PatternText {
  /** Its notation. */
  readonly kind: PatternKind;
  /** Its text. */
  readonly text: string;
}

/** Options of patterns. */
export interface PatternOptions {
  /** Whether upper and lower case are the same. */
  readonly ignoreCase?: boolean;
  /** Whether text is searched for as UTF-16, little-endian. */
  readonly utf16?: boolean;
}

/** A parsed pattern. */
export type Pattern =
  /** Bytes, each with a mask. */
  | { readonly kind: "bytes"; readonly values: Uint8Array; readonly masks: Uint8Array }
  | { readonly kind: "expression"; readonly node: PatternNode; readonly text: string };

/** Longest pattern in bytes: a match must fit into the buffer of the scanner. */
const LONGEST = 1 << 16;

/**
 * Parses a pattern.
 *
 * @throws {CritError} `usage` if it is invalid
 */
export function parsePattern({ kind, text }: PatternText, options: PatternOptions = {}): Pattern {
  if (text === "") throw new CritError("usage", "a pattern is empty");
  if (kind === "hex") return checked(hexPattern(text), text);
  const { ignoreCase = false, utf16 = false } = options;
  if (kind === "regex") {
    if (utf16) throw new CritError("usage", "--utf16 works on text, not on expressions");
    return { kind: "expression", node: parseExpression(text, ignoreCase), text };
  }
  const encode = utf16 ? utf16Bytes : encodeText;
  const bytes = encode(text);
  if (!ignoreCase) {
    return checked(
      { kind: "bytes", values: bytes, masks: new Uint8Array(bytes.length).fill(255) },
      text,
    );
  }
  // deno-lint-ignore no-control-regex
  if (!/^[\x00-\x7f]*$/.test(text)) {
    return { kind: "expression", node: literalNode(text, encode, true), text };
  }
  // Upper and lower case of ASCII differ in one bit.
  const masks = bytes.map((byte) => isLetter(byte) ? 0xdf : 0xff);
  const values = bytes.map((byte, i) => byte & masks[i]!);
  return checked({ kind: "bytes", values, masks }, text);
}

function checked(pattern: Pattern & { kind: "bytes" }, text: string): Pattern {
  if (pattern.values.length <= LONGEST) return pattern;
  throw new CritError("usage", `the pattern ${text.slice(0, 20)}… is too long`);
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** The bytes of text in UTF-16, little-endian. */
function utf16Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
  return bytes;
}

/** Parses `de ad ?? e?`: hexadecimal digits, with `?` for any digit. */
function hexPattern(text: string): Pattern & { kind: "bytes" } {
  const digits = text.replaceAll(/[\s,:_]|\\x|0x(?=[\da-f?]{2})/gi, "");
  const wrong = /[^\da-f?]/i.exec(digits);
  if (wrong !== null) {
    throw new CritError("usage", `${text}: ${wrong[0]} is not a hexadecimal digit`);
  }
  if (digits.length % 2 !== 0 || digits === "") {
    throw new CritError("usage", `${text}: a byte has two hexadecimal digits`);
  }
  const half = (index: number) => {
    const digit = digits[index]!;
    return digit === "?" ? { value: 0, mask: 0 } : { value: parseInt(digit, 16), mask: 15 };
  };
  const length = digits.length / 2;
  const values = new Uint8Array(length);
  const masks = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const high = half(2 * i);
    const low = half(2 * i + 1);
    values[i] = high.value << 4 | low.value;
    masks[i] = high.mask << 4 | low.mask;
  }
  if (masks.every((mask) => mask === 0)) {
    throw new CritError("usage", `${text}: it matches everywhere`);
  }
  return { kind: "bytes", values, masks };
}
