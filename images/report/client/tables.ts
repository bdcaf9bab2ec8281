/** Tables of views. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { Cell, Table } from "../data.ts";
import { type Child, h } from "./dom.ts";
import { type Column, rowsOf } from "./rows.ts";

/** Columns whose numbers are bytes. */
const BYTES = /^(size|bytes|receive_queue|send_queue|present|mapped)$/;

/** A table of a view. */
export function tableElement(table: Table): HTMLElement {
  const { name, title, keys, docs } = table;
  const { rows, levels } = name === "mounts"
    ? mountTree(table)
    : { rows: table.rows, levels: null };
  const columns = keys.map((key, i): Column<readonly Cell[]> => ({
    title: key.replaceAll("_", " "),
    doc: docs[i]!,
    isNumber: rows.every((row) => row[i] === null || typeof row[i] === "number"),
    cell: (row) => {
      const level = key === "target" ? levels?.get(row) ?? 0 : 0;
      const cell = cellElement(key, row[i] ?? null);
      if (level === 0) return cell;
      const branch = h("span", { class: "branch" }, "└ ", cell);
      branch.style.setProperty("--level", String(Math.min(level, 24)));
      return branch;
    },
  }));
  const list = rowsOf<readonly Cell[]>(title, columns);
  list.show(rows);
  const heading = title[0]!.toUpperCase() + title.slice(1);
  return h(
    "section",
    { class: "view", id: `view-${name}` },
    h("h3", {}, heading, " ", h("small", {}, `${rows.length}`)),
    list.element,
  );
}

function cellElement(key: string, cell: Cell): Child {
  if (cell === null) return "";
  if (key === "pid" && typeof cell === "number") return taskLink(cell);
  if (BYTES.test(key) && typeof cell === "number") {
    return h("span", { title: `${cell} bytes` }, binarySize(cell));
  }
  if (Array.isArray(cell)) {
    return cell.flatMap((
      item: Cell,
      i: number,
    ): Child[] => [i > 0 ? ", " : "", itemElement(key, item)]);
  }
  return cellText(cell);
}

function itemElement(key: string, item: Cell): Child {
  if (typeof item === "object" && item !== null && !Array.isArray(item)) {
    const { pid, fd } = item as Record<string, Cell>;
    if (typeof pid === "number") return [taskLink(pid), `:${cellText(fd ?? "")}`];
  }
  return /pids$/.test(key) && typeof item === "number" ? taskLink(item) : cellText(item);
}

/** A value as text. */
export function cellText(cell: Cell): string {
  return typeof cell === "object" && cell !== null ? JSON.stringify(cell) : String(cell ?? "");
}

/** A link to a task's page. */
export function taskLink(pid: number, text = `${pid}`): HTMLElement {
  return h("a", { href: `#task-${pid}` }, text);
}

/** Mounts below the mounts that they are in, with how deep each is. */
function mountTree({ keys, rows }: Table) {
  const at = (row: readonly Cell[], key: string) => cellText(row[keys.indexOf(key)] ?? "");
  const nameOf = (row: readonly Cell[], key: string) => `${at(row, "ns")} ${at(row, key)}`;
  const known = new Set(rows.map((row) => nameOf(row, "id")));
  const isRoot = (row: readonly Cell[]) =>
    !known.has(nameOf(row, "parent")) || at(row, "parent") === at(row, "id");
  const children = Map.groupBy(rows.filter((row) => !isRoot(row)), (row) => nameOf(row, "parent"));
  const levels = new Map<readonly Cell[], number>();
  const stack = rows.filter(isRoot).map((row) => ({ row, level: 0 })).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { row, level } = next;
    if (levels.has(row)) continue;
    levels.set(row, level);
    const own = children.get(nameOf(row, "id")) ?? [];
    stack.push(...own.map((row) => ({ row, level: level + 1 })).reverse());
  }
  // Parents that lead in a circle hide no mount.
  return { rows: [...levels.keys(), ...rows.filter((row) => !levels.has(row))], levels };
}
