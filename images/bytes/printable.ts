/** Bytes and numbers as text for people. @module */

/**
 * Text that harms no terminal and stays on its line: control characters as `\n` or `\x1b`, bytes
 * that are not UTF-8 (lone surrogates U+DC80 to U+DCFF here) as `\xff`.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (unit) => {
    const code = unit.charCodeAt(0);
    return SHORT[code] ?? `\\x${(code & 0xff).toString(16).padStart(2, "0")}`;
  });
}

/** Control characters and lone surrogates. */
const UNPRINTABLE = /\p{Cc}|\p{Cs}/gu;

const SHORT: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r" };

/** An address in hexadecimal, as JSON and text have it. */
export function hexText(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}
