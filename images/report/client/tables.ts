/** Tables of views. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { Cell, ReportPlace, Table } from "../data.ts";
import { type Child, h } from "./dom.ts";
import { secondsText } from "./format.ts";
import { type Column, rowsOf } from "./rows.ts";

/** Columns whose numbers are bytes. */
const BYTES = /^(size|bytes|(receive|send)_(queue|buffer)|present|mapped)$/;

/** Columns whose numbers are names: they are not aligned as amounts. */
const NAMES = /(^|_)(flags|id|ids|ino|pid|tid|fd|ns|parent|uid|gid|shared|master)$/;

/** Columns that take several lines where there is room. */
const WIDE = /^(options|flags|effective|permitted|bounding|groups|pids|images|xstate|signals)$/;

/** Columns of addresses, paths and the like. */
const CODE =
  /^(name|path|target|source|root|local|peer|start|end|offset|line|images|rseq|field|before|after)$/;

/** Words that are written in capitals in headings. */
const CAPITALS = /\b(pid|pids|tid|fd|fds|id|uid|uids|gid|gids|ns|ino|ip)\b/g;

/** How values of some columns are written, by `table.key`: empty ones as well. */
const WRITTEN: Readonly<Record<string, (cell: Cell, unit: Cell) => string>> = {
  "fds.flags": (cell) => cell === 1 ? "close-on-exec" : cell === 0 ? "" : cellText(cell),
  "limits.soft": limitText,
  "limits.hard": limitText,
  "timers.value": (cell) => cell === 0 ? "disarmed" : secondsText(Number(cell)),
  "timers.interval": (cell) => cell === 0 ? "once" : secondsText(Number(cell)),
  "locks.length": (cell) => cell === 0 ? "to the end" : cellText(cell),
  "signals.tid": (cell) => cell === null ? "whole task" : cellText(cell),
  "signals.signals": (cell) =>
    Array.isArray(cell) && cell.length > 0 ? cell.map(cellText).join(", ") : "none",
  "creds.uids": idsText,
  "creds.gids": idsText,
};

/** A limit with its unit. */
function limitText(limit: Cell, unit: Cell): string {
  if (limit === null) return "unlimited";
  if (typeof limit !== "number") return cellText(limit);
  if (unit === "B") return binarySize(limit);
  return `${limit.toLocaleString("en")}${unit === null || unit === "" ? "" : ` ${cellText(unit)}`}`;
}

/** Ids that are all the same, once. */
function idsText(ids: Cell): string {
  if (!Array.isArray(ids)) return cellText(ids);
  return ids.every((id) => id === ids[0]) ? cellText(ids[0]) : ids.map(cellText).join(", ");
}

/** Most items of a list in a cell. */
const MOST_ITEMS = 12;

/** A table of a view. */
export function tableElement(table: Table): HTMLElement {
  const { name, title, keys, docs } = table;
  const { rows, levels } = name === "mounts"
    ? mountTree(table)
    : { rows: table.rows, levels: null };
  const columns = keys.flatMap((key, i): Column<readonly Cell[]>[] => {
    const written = WRITTEN[`${name}.${key}`];
    const isPart = name === "limits" && key === "unit";
    if (isPart || (written === undefined && !hasValues(rows, i))) return [];
    const unit = keys.indexOf("unit");
    const change = name.startsWith("compare-") ? keys.indexOf("change") : -1;
    return [{
      title: key.replaceAll("_", " ").replace(CAPITALS, (word) => word.toUpperCase()),
      doc: docs[i]!,
      isNumber: !NAMES.test(key) &&
        rows.every((row) => row[i] === null || typeof row[i] === "number"),
      isWide: WIDE.test(key),
      cell: (row) => {
        const level = key === "target" ? levels?.get(row) ?? 0 : 0;
        const value = row[i] ?? null;
        // What was removed is on no page of this report.
        const isElsewhere = key === "pid" && row[change] === "removed";
        const cell = written?.(value, row[unit] ?? null) ??
          (isElsewhere ? cellText(value) : cellElement(key, value));
        if (level === 0) return cell;
        const branch = h("span", { class: "branch" }, h("span", { class: "twig" }), cell);
        branch.style.setProperty("--level", String(Math.min(level, 24)));
        return branch;
      },
    }];
  });
  const list = rowsOf<readonly Cell[]>(title, columns);
  list.show(rows);
  return h(
    "section",
    { class: "view", id: `view-${name}` },
    h(
      "h3",
      {},
      title[0]!.toUpperCase() + title.slice(1),
      " ",
      h("small", {}, rows.length.toLocaleString("en")),
    ),
    list.element,
  );
}

/** Whether some row has a value in a column. */
function hasValues(rows: readonly (readonly Cell[])[], index: number): boolean {
  return rows.length === 0 || rows.some((row) => {
    const cell = row[index] ?? null;
    return cell !== null && cell !== "" && !(Array.isArray(cell) && cell.length === 0);
  });
}

function cellElement(key: string, cell: Cell): Child {
  if (cell === null) return "";
  if (key === "pid" && typeof cell === "number") return taskLink(cell);
  if (BYTES.test(key) && typeof cell === "number") {
    return h("span", { title: `${cell} bytes` }, binarySize(cell));
  }
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (Array.isArray(cell)) return listElement(key, cell);
  const text = cellText(cell);
  return CODE.test(key) && text !== ""
    ? h("code", { title: text.length > 60 ? text : undefined }, text)
    : text;
}

function listElement(key: string, items: readonly Cell[]): Child {
  const shown = items.slice(0, MOST_ITEMS)
    .flatMap((item, i): Child[] => [i > 0 ? ", " : "", itemElement(key, item)]);
  const rest = items.length - MOST_ITEMS;
  if (rest <= 0) return shown;
  const all = items.slice(0, 400).map(cellText).join(", ");
  return [
    shown,
    h("span", { class: "soft", title: all }, ` and ${rest.toLocaleString("en")} more`),
  ];
}

function itemElement(key: string, item: Cell): Child {
  if (typeof item === "object" && item !== null && !Array.isArray(item)) {
    const { pid, fd, use } = item as Record<string, Cell>;
    if (typeof pid === "number") return [taskLink(pid), ` ${cellText(fd ?? use ?? "")}`];
  }
  return /^(pids|mapped_by)$/.test(key) && typeof item === "number"
    ? taskLink(item)
    : cellText(item);
}

/** A value as text. */
export function cellText(cell: Cell): string {
  return typeof cell === "object" && cell !== null ? JSON.stringify(cell) : String(cell ?? "");
}

/** A link to a task's page. */
export function taskLink(pid: number, text = `${pid}`): HTMLElement {
  return h("a", { href: `#task-${pid}` }, text);
}

/** Links to the pages of tasks, the first of them. */
export function taskLinks(pids: readonly number[]): Child {
  return listElement("pids", pids);
}

/** A place in an image, with a link to the task that it belongs to. */
export function placeElement({ image, entry, field, pid }: ReportPlace): Child {
  const parts = [entry === null ? "" : `entry ${entry}`, field ?? ""].filter((part) => part !== "");
  return [
    h("code", {}, image),
    parts.length === 0 ? "" : h("span", { class: "soft" }, ` ${parts.join(", ")}`),
    pid === null ? "" : [" · ", taskLink(pid, `task ${pid}`)],
  ];
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
