/**
 * Rows of views as tables of plain values.
 *
 * @module
 */

import type { VmaEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import { mapsSharedMemory } from "../dump/vma.ts";
import { views } from "../explore/mod.ts";
import { VIEW_SUMMARIES, type ViewName } from "../explore/names.ts";
import type { Row, View, ViewOptions } from "../explore/view.ts";
import type { Cell, Table, TableHead } from "./data.ts";

/** A row of a view. */
type RowOf<N extends ViewName> = (typeof views)[N] extends View<infer R> ? R : never;

/** An area of shared memory, with the task that has it. */
export interface SharedArea {
  readonly pid: number;
  readonly vma: VmaEntry;
}

/** The views of a dump, each asked for its rows of all tasks, or of some, at most once. */
export class DumpRows {
  #sharedAreas: readonly SharedArea[] | undefined;
  readonly #rows = new Map<ViewName, readonly Row[]>();
  readonly #byPid = new Map<ViewName, ReadonlyMap<number, readonly Row[]>>();

  constructor(readonly dump: Dump, readonly options: Partial<ViewOptions> = {}) {}

  /** The areas of shared memory of all tasks. */
  get sharedAreas(): readonly SharedArea[] {
    return this.#sharedAreas ??= this.dump.tasks.flatMap(({ pid, isDead, vmas }) =>
      isDead ? [] : vmas.filter(mapsSharedMemory).map((vma) => ({ pid, vma }))
    );
  }

  /** The rows of a view. */
  of<N extends ViewName>(name: N): readonly RowOf<N>[] {
    let rows = this.#rows.get(name);
    if (rows === undefined) {
      rows = [...(views[name] as View).rows(this.dump, this.options)];
      this.#rows.set(name, rows);
    }
    return rows as readonly RowOf<N>[];
  }

  /** The rows of a view that are about a task. */
  ofTask(name: ViewName, pid: number): readonly Row[] {
    let byPid = this.#byPid.get(name);
    if (byPid === undefined) this.#byPid.set(name, byPid = rowsByPid(this.of(name)));
    return byPid.get(pid) ?? [];
  }
}

/** Rows by the tasks that they are about. */
function rowsByPid(rows: readonly Row[]): Map<number, Row[]> {
  const byPid = new Map<number, Row[]>();
  const add = (pid: unknown, row: Row) => {
    if (typeof pid !== "number") return;
    const known = byPid.get(pid);
    if (known === undefined) byPid.set(pid, [row]);
    else if (known.at(-1) !== row) known.push(row);
  };
  // The tasks that a row is about: its `pid`, or those of its `fds`.
  for (const row of rows) {
    const { pid, fds } = row;
    if (typeof pid === "number") add(pid, row);
    else if (Array.isArray(fds)) { for (const end of fds) add(end.pid, row); }
  }
  return byPid;
}

/** A view as a table. */
export function tableOf(name: ViewName, rows: readonly Row[]): Table {
  return { ...headOf(name), rows: cellsOf(Object.keys(views[name].keys), rows) };
}

/** What is said of a view's columns. */
export function headOf(
  name: ViewName,
  isLeftOut: (key: string) => boolean = () => false,
): TableHead {
  const keys = Object.entries(views[name].keys).filter(([key]) => !isLeftOut(key));
  return headFrom(name, VIEW_SUMMARIES[name], Object.fromEntries(keys));
}

/** The head of a table, from what its keys mean. */
export function headFrom(
  name: string,
  title: string,
  docs: Readonly<Record<string, string>>,
): TableHead {
  return { name, title, keys: Object.keys(docs), docs: Object.values(docs) };
}

/** The values of rows in the order of keys. */
export function cellsOf(keys: readonly string[], rows: readonly Row[]): Cell[][] {
  return rows.map((row) => {
    const cells: Cell[] = [];
    for (let i = 0; i < keys.length; i++) {
      const value = row[keys[i]!];
      cells.push(typeof value === "string" ? value : cellOf(value));
    }
    return cells;
  });
}

/** Whether an object has nothing but what JSON has as it is. */
function isCell(value: object): value is { [key: string]: string | number | boolean } {
  for (const item of Object.values(value)) {
    const type = typeof item;
    if (type !== "string" && type !== "boolean" && !Number.isFinite(item)) return false;
  }
  return true;
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
      if (Array.isArray(value)) return value.length === 0 ? value : value.map(cellOf);
      if (isCell(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cellOf(item)]));
    default:
      return null;
  }
}
