/**
 * Answers for programs.
 *
 * @module
 */

/** `JSON.rawJSON`, which TypeScript does not know yet: a number's digits as they are. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

const exact = (_key: string, item: unknown) => typeof item === "bigint" ? rawJSON(`${item}`) : item;

/** A value as JSON on one line, with a newline at its end. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, exact)}\n`;
}

/** A value as indented JSON with a newline at its end; a bigint is a number with all its digits. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, exact, 4)}\n`;
}
