/**
 * Answers for programs.
 *
 * @module
 */

/** `JSON.rawJSON`, which TypeScript does not know yet: a number's digits as they are. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** A value as indented JSON with a newline at its end; a bigint is a number with all its digits. */
export function jsonText(value: unknown): string {
  const exact = (_key: string, item: unknown) =>
    typeof item === "bigint" ? rawJSON(`${item}`) : item;
  return `${JSON.stringify(value, exact, 4)}\n`;
}
