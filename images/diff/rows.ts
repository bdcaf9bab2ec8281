/**
 * What two dumps have of tasks, files, sockets and memory areas: rows of the views of `crit x`,
 * matched by what identifies them.
 *
 * @module
 */

import type { FdTypes } from "../../proto/types.ts";
import type { Message } from "../codec/objects.ts";
import { messageTable } from "../codec/table.ts";
import type { Dump } from "../dump/dump.ts";
import { fds } from "../explore/fds.ts";
import { fileText } from "../explore/file_name.ts";
import { mems } from "../explore/mems.ts";
import { ps } from "../explore/ps.ts";
import { sk } from "../explore/sk.ts";
import { threads } from "../explore/threads.ts";
import type { Row, View } from "../explore/view.ts";
import { type FieldChange, messageChanges } from "./fields.ts";

/** A row that is on both sides and differs. */
export interface RowChange {
  /** What identifies the row. */
  readonly row: Row;
  /** What differs: a key of the row, or a path below it. */
  readonly changes: readonly RowValueChange[];
}

/** A value of a row that differs; undefined where a side lacks it. */
export interface RowValueChange {
  /** A key of the row, or a path below it. */
  readonly path: string;
  /** On the first side. */
  readonly a: unknown;
  /** On the second side. */
  readonly b: unknown;
}

/** Rows of one kind that differ. */
export interface RowChanges {
  /** Only on the second side. */
  readonly added: readonly Row[];
  /** Only on the first side. */
  readonly removed: readonly Row[];
  /** On both sides, and different. */
  readonly changed: readonly RowChange[];
}

/** A kind of row. */
export interface RowKind {
  readonly name: string;
  /** What it is, as a phrase. */
  readonly doc: string;
  /** Keys that identify a row. */
  readonly identity: readonly string[];
  /** The rows of a dump. */
  rows(dump: Dump): readonly Row[];
  /** What differs in a row; its keys unless given. */
  changes?(a: Row, b: Row): readonly RowValueChange[];
}

const viewRows = (view: View) => (dump: Dump): readonly Row[] => [...view.rows(dump)];

/** Kinds of files that {@link sk} shows. */
const SOCKETS: ReadonlySet<FdTypes> = new Set(["INETSK", "UNIXSK", "PACKETSK", "NETLINKSK"]);

/** Key of a file's row that has its entry, which is not printed. */
const ENTRY = Symbol("entry");

/** The kinds of rows, in the order in which they are printed. */
export const ROW_KINDS: readonly RowKind[] = [
  { name: "tasks", doc: "tasks, as `crit x ps`", identity: ["pid"], rows: viewRows(ps) },
  {
    name: "threads",
    doc: "threads, as `crit x threads`",
    identity: ["pid", "tid"],
    rows: viewRows(threads),
  },
  {
    name: "descriptors",
    doc: "open descriptors, as `crit x fds`",
    identity: ["pid", "fd"],
    rows: viewRows(fds),
  },
  {
    name: "files",
    doc: "open files that are no sockets: `type`, `id`, `name`",
    identity: ["type", "id"],
    rows: fileRows,
    changes: fileChanges,
  },
  {
    name: "sockets",
    doc: "sockets, as `crit x sk`",
    identity: ["family", "id"],
    rows: viewRows(sk),
  },
  {
    name: "areas",
    doc: "memory areas, as `crit x mems`",
    identity: ["pid", "start"],
    rows: viewRows(mems),
  },
];

/** What differs in the rows of two dumps, by the name of their kind. */
export function rowChanges(a: Dump, b: Dump): Record<string, RowChanges> {
  return Object.fromEntries(ROW_KINDS.map((kind) => [kind.name, compareRows(kind, a, b)]));
}

/** Of each kind: nothing. */
export const NO_ROW_CHANGES: Readonly<Record<string, RowChanges>> = Object.fromEntries(
  ROW_KINDS.map(({ name }) => [name, { added: [], removed: [], changed: [] }]),
);

function compareRows(kind: RowKind, a: Dump, b: Dump): RowChanges {
  const keyOf = (row: Row) => kind.identity.map((key) => String(row[key])).join("\0");
  const before = new Map(kind.rows(a).map((row) => [keyOf(row), row]));
  const after = new Map(kind.rows(b).map((row) => [keyOf(row), row]));
  const added = [...after].filter(([key]) => !before.has(key)).map(([, row]) => row);
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, row]) => row);
  const changed: RowChange[] = [];
  for (const [key, row] of before) {
    const other = after.get(key);
    if (other === undefined) continue;
    const changes = (kind.changes ?? valueChanges)(row, other);
    if (changes.length === 0) continue;
    const identity = kind.identity.map((name) => [name, row[name]] as const);
    changed.push({ row: Object.fromEntries(identity), changes });
  }
  return { added, removed, changed };
}

function valueChanges(a: Row, b: Row): RowValueChange[] {
  return Object.keys({ ...a, ...b })
    .filter((key) => !isSame(a[key], b[key]))
    .map((key) => ({ path: key, a: a[key], b: b[key] }));
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  return keysA.length === keysB.length &&
    keysA.every((key) => isSame((a as Row)[key], (b as Row)[key]));
}

function fileRows(dump: Dump): Row[] {
  return dump.files.all.filter(({ entry }) => !SOCKETS.has(entry.type)).map(({ entry }) => ({
    type: entry.type,
    id: entry.id,
    name: fileText(entry.type, entry.id, entry),
    [ENTRY]: entry,
  }));
}

function fileChanges(a: Row, b: Row): FieldChange[] {
  const entryOf = (row: Row) => (row as { readonly [ENTRY]?: unknown })[ENTRY] as Message;
  return [...messageChanges(messageTable("file_entry", "pretty"), entryOf(a), entryOf(b), "")];
}
