/**
 * Views of a dump: rows, their layout as text and their names in JSON.
 *
 * @module
 */

import { printable } from "../bytes/printable.ts";
import type { RootfsChange } from "../container/rootfs.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";

/** Options of a view. */
export interface ViewOptions {
  /** The tasks to show, in the order of pstree.img. */
  readonly tasks: readonly Task[];
  /** Full command lines (`ps`). */
  readonly args?: boolean;
  /** Draw the tree (`ps`). */
  readonly tree?: boolean;
  /** The changes of the container to its root file system (`rootfs`). */
  readonly changes?: readonly RootfsChange[];
}

/**
 * A row: JSON keys with their values; undefined ones are left out. Views declare their rows with
 * `type`, because TypeScript does not index what is declared with `interface`.
 */
export type Row = Readonly<Record<string, unknown>>;

/** A column of a view's table. */
export interface Heading {
  /** Title of the column. */
  readonly title: string;
  /** Numbers end at the same place; `left` when left out. */
  readonly align?: "left" | "right";
}

/** Text of a view: a table, or lines. */
export type ViewLayout =
  | { readonly headings: readonly Heading[]; readonly cells: readonly (readonly string[])[] }
  | { readonly lines: readonly string[] };

/** A view of a dump. */
export interface View<R extends Row = Row> {
  /** Meaning of each JSON key of a row. */
  readonly keys: Readonly<Record<string, string>>;
  /** The rows, read as they are asked for; of all tasks unless `options` names some. */
  rows(dump: Dump, options?: Partial<ViewOptions>): Iterable<R>;
  /** The rows and their layout as text. */
  show(dump: Dump, options: ViewOptions): { rows: readonly R[]; layout: ViewLayout };
}

/** Finds the rows of a view in a dump. */
export type FindRows<R extends Row> = (dump: Dump, options: ViewOptions) => Iterable<R>;

/** A JSON key of a row, which may also be a column of the table. */
export interface ViewColumn<R extends Row> {
  /** Key in JSON. */
  readonly key: keyof R & string;
  /** What it means. */
  readonly doc: string;
  /** Heading of the column; none: in JSON only. */
  readonly title?: string;
  /** As in {@link Heading}. */
  readonly align?: "left" | "right";
  /** The cell, where it is not simply the value. */
  readonly text?: (row: R) => string;
}

/** Makes a view that is a table: every column is a JSON key. */
export function tableView<R extends Row>(view: {
  readonly columns: readonly ViewColumn<R>[];
  readonly rows: FindRows<R>;
}): View<R> {
  const { columns, rows } = view;
  const shown = columns.filter(({ title }) => title !== undefined);
  return {
    keys: Object.fromEntries(columns.map(({ key, doc }) => [key, doc])),
    rows: (dump, options) => rows(dump, { tasks: dump.tasks, ...options }),
    show(dump, options) {
      const found = [...rows(dump, options)];
      const headings = shown.map(({ title, align }) => ({ title: title!, align }));
      const cells = found.map((row) => shown.map((column) => cellOf(row, column)));
      return { rows: found, layout: { headings, cells } };
    },
  };
}

function cellOf<R extends Row>(row: R, { key, text }: ViewColumn<R>): string {
  if (text !== undefined) return printable(text(row));
  const value: unknown = row[key];
  return value === undefined ? "" : printable(String(value));
}

/** Makes a view with a layout of its own. */
export function textView<R extends Row>(view: {
  readonly keys: { readonly [K in keyof R & string]-?: string };
  readonly rows: FindRows<R>;
  readonly lines: (rows: readonly R[], options: ViewOptions) => Iterable<string>;
}): View<R> {
  const { keys, rows, lines } = view;
  return {
    keys,
    rows: (dump, options) => rows(dump, { tasks: dump.tasks, ...options }),
    show(dump, options) {
      const found = [...rows(dump, options)];
      return { rows: found, layout: { lines: [...lines(found, options)] } };
    },
  };
}
