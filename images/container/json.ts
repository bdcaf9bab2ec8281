/** JSON files that container engines store beside a dump. @module */

import { readUpTo } from "../archive/bytes.ts";
import { decodeText } from "../bytes/utf8.ts";
import type { Surroundings } from "../dump/surroundings.ts";
import { CritError, dataError } from "../errors.ts";

/** JSON of any shape; numbers that JavaScript cannot hold exactly are bigints. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** Largest accepted file in bytes; files of engines have some ten KiB. */
const LARGEST = 1 << 24;

/** `JSON.parse` with the text of each value, which TypeScript does not know yet. */
type Parse = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => Json;

/**
 * Parses JSON without rounding.
 *
 * @throws {SyntaxError} if it is invalid
 */
export function parseJson(text: string): Json {
  return (JSON.parse as Parse)(text, (_key, value, { source }) => {
    const isRounded = typeof value === "number" && !Number.isSafeInteger(value) &&
      source !== undefined && /^-?\d+$/.test(source);
    return isRounded ? BigInt(source) : value;
  });
}

/**
 * Reads a JSON file beside a dump.
 *
 * @returns undefined if it does not exist
 * @throws {CritError} `data` if it is not JSON, `unsupported` if it is too large
 */
export function readJson(beside: Surroundings, name: string): Json | undefined {
  const opened = beside.open(name);
  if (opened === undefined) return undefined;
  using file = opened;
  const image = `${beside.path}/${name}`;
  if (file.size > LARGEST) {
    const reason = `${file.size} bytes are too many, ${LARGEST} at most`;
    throw new CritError("unsupported", reason, { image });
  }
  try {
    return parseJson(decodeText(readUpTo(file, 0, file.size)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw dataError("it is not JSON", { image });
  }
}

/** The value at a path of keys; undefined if there is none. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  let here = value;
  for (const key of path) {
    if (!isObject(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** Whether JSON is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is not empty; undefined for anything else. */
export function textAt(value: Json | undefined, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The first text that is not empty. */
export function firstText(...texts: ReadonlyArray<string | undefined>): string | undefined {
  return texts.find((text) => text !== undefined);
}

/** A list; empty for anything else. */
export function listAt(value: Json | undefined, ...path: string[]): readonly Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of a list. */
export function textsAt(value: Json | undefined, ...path: string[]): string[] {
  return listAt(value, ...path).filter((item) => typeof item === "string");
}

/** The members of an object that are strings. */
export function mapAt(value: Json | undefined, ...path: string[]): Record<string, string> {
  const found = at(value, ...path);
  if (!isObject(found)) return {};
  const texts: Record<string, string> = {};
  for (const [key, item] of Object.entries(found)) if (typeof item === "string") texts[key] = item;
  return texts;
}

/** JSON inside a JSON string; undefined if it is invalid. */
export function innerJson(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
