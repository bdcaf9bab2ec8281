/** Names of keys in JSON. @module */

/**
 * An object as JSON has it: keys of objects in snake_case, maps as objects with their keys as they
 * are, `undefined` left out.
 */
export function snakeCased(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(snakeCased);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, inner]) => [key, snakeCased(inner)]));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [snakeCase(key), snakeCased(inner)]),
  );
}

/** `page_size` for `pageSize`. */
function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
