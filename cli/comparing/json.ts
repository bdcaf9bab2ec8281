/** Differences as JSON. @module */

import { hexText } from "../../images/bytes/printable.ts";
import { FileBytes } from "../../images/diff/bytes.ts";
import type { ImageChange } from "../../images/diff/dumps.ts";
import type { FieldChange } from "../../images/diff/fields.ts";
import type { RowChange } from "../../images/diff/rows.ts";
import { jsonOf, jsonText } from "../terminal/json_text.ts";
import { type DumpFindings, pageCount } from "./text.ts";

/** Members of the answer that come before the fields. */
export function findingsJson(
  { images, rows, memory, holes }: DumpFindings,
): Record<string, unknown> {
  const kinds = Object.entries(rows).map(([name, { added, removed, changed }]) => [
    name,
    { added, removed, changed: changed.map(rowJson) },
  ]);
  return {
    images,
    ...Object.fromEntries(kinds),
    memory: memory.map(({ image, pageSize, ranges }) => ({
      image,
      page_size: pageSize,
      ranges: ranges.map((range) => ({
        start: hexText(BigInt(range.start)),
        pages: pageCount(range, pageSize),
        a: range.a,
        b: range.b,
      })),
    })),
    ...(holes.a + holes.b > 0 ? { holes } : {}),
  };
}

function rowJson({ row, changes }: RowChange): Record<string, unknown> {
  return { ...row, changes: changes.map(({ path, a, b }) => ({ path, a: plain(a), b: plain(b) })) };
}

/** A field that differs. */
export function fieldJson(change: FieldChange & Partial<ImageChange>): Record<string, unknown> {
  const { image, path, a, b, offset } = change;
  return { image, path, a: plain(a), b: plain(b), offset };
}

/** A value with its bytes as base64 in lines, as in the JSON of images. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toBase64().replace(/.{1,76}/g, "$&\n");
  if (value instanceof FileBytes) return { bytes: value.length };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** A JSON object as text, member by member, so that a long list need not be held. */
export class JsonObjectWriter {
  #isEmpty = true;

  /** @param write takes the text, piece by piece */
  constructor(readonly write: (text: string) => void) {}

  /** Adds a member. */
  member(key: string, value: unknown): void {
    this.write(`${this.#begin(key)}${indented(value, 1)}`);
  }

  /** Adds a member that is a list. */
  list(key: string, items: Iterable<unknown>): void {
    this.write(`${this.#begin(key)}[`);
    let isFirst = true;
    for (const item of items) {
      this.write(`${isFirst ? "" : ","}\n${INDENT}${INDENT}${indented(item, 2)}`);
      isFirst = false;
    }
    this.write(isFirst ? "]" : `\n${INDENT}]`);
  }

  /** Ends the object. */
  end(): void {
    this.write(this.#isEmpty ? "{}\n" : "\n}\n");
  }

  #begin(key: string): string {
    const before = this.#isEmpty ? "{" : ",";
    this.#isEmpty = false;
    return `${before}\n${INDENT}${jsonOf(key)}: `;
  }
}

const INDENT = " ".repeat(4);

function indented(value: unknown, depth: number): string {
  return jsonText(value).trimEnd().replaceAll("\n", `\n${INDENT.repeat(depth)}`);
}
