/**
 * What differs between two dumps, as tables.
 *
 * @module
 */

import { ROW_KINDS, rowChanges } from "../diff/rows.ts";
import type { Dump } from "../dump/dump.ts";
import type { Cell, Comparison, Table } from "./data.ts";
import { cellOf, headFrom } from "./tables.ts";

/** What changed from `older` to `newer`: tasks, descriptors, files, sockets, memory areas. */
export function comparisonOf(older: Dump, newer: Dump): Comparison {
  const changes = rowChanges(older, newer);
  const tables = ROW_KINDS.flatMap(({ name, doc, identity }): Table[] => {
    const { added = [], removed = [], changed = [] } = changes[name] ?? {};
    const rows: Cell[][] = [
      ...added.map((row) => [...identity.map((key) => cellOf(row[key])), "added", "", "", ""]),
      ...removed.map((row) => [...identity.map((key) => cellOf(row[key])), "removed", "", "", ""]),
      ...changed.flatMap((row) =>
        row.changes.map(({ path, a, b }) => [
          ...identity.map((key) => cellOf(row.row[key])),
          "changed",
          path,
          cellOf(a),
          cellOf(b),
        ])
      ),
    ];
    const docs = {
      ...Object.fromEntries(identity.map((key) => [key, "identifies the row"])),
      change: "added, removed or changed",
      field: "path of the field",
      before: "in the other dump",
      after: "in this dump",
    };
    const title = doc.split(/[,:]/)[0]!;
    return rows.length === 0 ? [] : [{ ...headFrom(`compare-${name}`, title, docs), rows }];
  });
  return { path: older.path, tables };
}
