/**
 * Answers for programs.
 *
 * What is not printable ASCII is escaped in strings, as `crit decode` does: names in a dump, which
 * may be anybody's, do no harm to a terminal.
 *
 * @module
 */

/** `JSON.rawJSON`, which TypeScript does not know yet: a number's digits as they are. */
const { rawJSON } = JSON as JSON & { rawJSON: (text: string) => unknown };

const exact = (_key: string, item: unknown) => typeof item === "bigint" ? rawJSON(`${item}`) : item;

/** A value as JSON on one line; a bigint is a number with all its digits. */
export function jsonOf(value: unknown): string {
  return asciiOf(JSON.stringify(value, exact));
}

/** A value as JSON on one line, with a newline at its end. */
export function jsonLine(value: unknown): string {
  return `${jsonOf(value)}\n`;
}

/** A value as indented JSON with a newline at its end. */
export function jsonText(value: unknown): string {
  return `${asciiOf(JSON.stringify(value, exact, 4))}\n`;
}

/** JSON with every character outside ASCII, and DEL, as `\uXXXX`: they stand in strings only. */
function asciiOf(json: string): string {
  return json.replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
