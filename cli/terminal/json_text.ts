/**
 * JSON output for programs. Strings contain only printable ASCII, as in `crit decode`: untrusted
 * names in a dump do no harm to a terminal.
 *
 * @module
 */

/** `JSON.rawJSON`, which TypeScript does not know yet: a number with given digits. */
const { rawJSON } = JSON as JSON & { rawJSON: (text: string) => unknown };

const exact = (_key: string, item: unknown) => typeof item === "bigint" ? rawJSON(`${item}`) : item;

/** A value as JSON on one line; a bigint becomes a number with all digits. */
export function jsonOf(value: unknown): string {
  return asciiOf(JSON.stringify(value, exact));
}

/** A value as JSON on one line, with a newline. */
export function jsonLine(value: unknown): string {
  return `${jsonOf(value)}\n`;
}

/** A value as indented JSON, with a newline. */
export function jsonText(value: unknown): string {
  return `${asciiOf(JSON.stringify(value, exact, 4))}\n`;
}

/** Escapes every character outside ASCII, and DEL, as `\uXXXX`; they only occur in strings. */
function asciiOf(json: string): string {
  return json.replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
