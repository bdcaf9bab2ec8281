/** Bytes and numbers as text for people. @module */

/**
 * Text that harms no terminal and stays on its line: control characters as `\n` or `\x1b`, bytes
 * that are not UTF-8 (lone surrogates U+DC80 to U+DCFF here) as `\xff`, characters that turn the
 * direction of text or end lines as `\u202e`. What is printable already stays as it is.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/**
 * The same for text that has been laid out: its ends of lines and its tabs stay.
 *
 * @param hasColors whether its codes of colours stay too
 */
export function printableLines(text: string, hasColors: boolean): string {
  return text.replace(
    UNPRINTABLE_IN_LINES,
    (unit) => unit.length === 1 ? escaped(unit) : hasColors ? unit : printable(unit),
  );
}

function escaped(unit: string): string {
  const code = unit.charCodeAt(0);
  const isByte = code < 0x100 || code >= 0xdc80 && code <= 0xdcff;
  return SHORT[code] ??
    (isByte
      ? `\\x${(code & 0xff).toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`);
}

/**
 * Control characters, lone surrogates, separators of lines and paragraphs, and marks, embeddings,
 * overrides and isolates of direction.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same, after codes of colours, which are passed over as a whole. */
const UNPRINTABLE_IN_LINES = new RegExp(`\\x1b\\[\\d+m|(?![\\n\\t])${UNPRINTABLE.source}`, "gu");

const SHORT: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r" };

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** `4bd0…`: bytes in hexadecimal. */
export function hexBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** An address in hexadecimal, as JSON and text have it. */
export function hexText(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}
