/**
 * Rows of views as tables of plain values.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { VIEW_SUMMARIES, type ViewName } from "../explore/names.ts";
import type { View } from "../explore/view.ts";
import type { Cell, Table } from "./data.ts";

/** A view as a table; of some tasks if they are given. */
export function tableOf(name: ViewName, view: View, dump: Dump, tasks?: readonly Task[]): Table {
  const keys = Object.keys(view.keys);
  const rows: Cell[][] = [];
  for (const row of view.rows(dump, tasks === undefined ? {} : { tasks })) {
    const values = new Map(Object.entries(row));
    rows.push(keys.map((key) => cellOf(values.get(key))));
  }
  return makeTable(name, VIEW_SUMMARIES[name], view.keys, rows);
}

/** A table without the columns in which no row has a value. */
export function makeTable(
  name: string,
  title: string,
  docs: Readonly<Record<string, string>>,
  rows: readonly (readonly Cell[])[],
): Table {
  const keys = Object.keys(docs);
  const used = keys.map((_, i) => rows.length === 0 || rows.some((row) => row[i] !== null));
  const isUsed = (_: unknown, i: number) => used[i]!;
  return {
    name,
    title,
    keys: keys.filter(isUsed),
    docs: keys.map((key) => docs[key]!).filter(isUsed),
    rows: rows.map((row) => row.filter(isUsed)),
  };
}

/** A value as JSON has it: numbers beyond 53 bits as text, bytes by their number. */
export function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint": {
      const isExact = value <= BigInt(Number.MAX_SAFE_INTEGER) &&
        value >= BigInt(Number.MIN_SAFE_INTEGER);
      return isExact ? Number(value) : String(value);
    }
    case "object":
      if (value === null) return null;
      if (value instanceof Uint8Array) return `${value.length} bytes`;
      if (Array.isArray(value)) return value.map(cellOf);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cellOf(item)]));
    default:
      return null;
  }
}
