/** Differences as text for people. @module */

import { hexText, printable } from "../../images/bytes/printable.ts";
import { FileBytes } from "../../images/diff/bytes.ts";
import type { ImageChange, MemoryChange } from "../../images/diff/dumps.ts";
import type { FieldChange } from "../../images/diff/fields.ts";
import type { HoleCounts, PageChange } from "../../images/diff/pages.ts";
import type { Pretty } from "../../images/diff/pretty.ts";
import { ROW_KINDS, type RowChanges, type RowKind } from "../../images/diff/rows.ts";
import type { Row } from "../../images/explore/view.ts";
import { cutAt, cutLine, displayWidth } from "../terminal/cut.ts";
import { table } from "../terminal/table.ts";
import { isTerminal, type Paint, terminalWidth } from "../terminal/terminal.ts";

/** What was found between two dumps, beside the fields. */
export interface DumpFindings {
  readonly images: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** By the name of their kind. */
  readonly rows: Readonly<Record<string, RowChanges>>;
  readonly memory: readonly MemoryChange[];
  /** Pages that are not compared. */
  readonly holes: Readonly<HoleCounts>;
}

/** Most rows, or ranges of one page map, that are named. */
const MOST_NAMED = 20;

/** Longest value that is printed whole, in characters. */
const LONGEST_VALUE = 80;

/** Columns that two values get at least. */
const LEAST_ROOM = 16;

/** Most bytes of a value that are printed. */
const MOST_BYTES = 16;

/** How many pages a range has. */
export function pageCount({ start, end }: PageChange, pageSize: number): number {
  return Math.ceil((end - start) / pageSize);
}

/** Counts of what differs, then the names of what came and went, then the pages. */
export function summaryText(findings: DumpFindings, paint: Paint): string {
  const lines = [
    ...countLines(findings, paint),
    ...ROW_KINDS.flatMap((kind) => rowLines(kind, findings.rows, paint)),
    ...findings.images.removed.map((name) => removedLine(paint, `image: ${printable(name)}`)),
    ...findings.images.added.map((name) => addedLine(paint, `image: ${printable(name)}`)),
    ...findings.memory.flatMap((change) => memoryLines(change, paint)),
  ];
  return lines.map((line) => `${line.split("\n").map(cutLine).join("\n")}\n`).join("");
}

function removedLine(paint: Paint, text: string): string {
  return paint("red", `- ${text}`);
}

function addedLine(paint: Paint, text: string): string {
  return paint("green", `+ ${text}`);
}

/** A value before and after. */
function turned(paint: Paint, before: string, after: string): string {
  return `${paint("red", before)} → ${paint("green", after)}`;
}

function countLines({ images, rows, memory }: DumpFindings, paint: Paint): string[] {
  const counts = ROW_KINDS.map(({ name }) => {
    const { added, removed, changed } = rows[name]!;
    return [name, added.length, removed.length, changed.length];
  });
  const pages = { added: 0, removed: 0, changed: 0 };
  for (const { ranges, pageSize } of memory) {
    for (const range of ranges) pages[changeOf(range)] += pageCount(range, pageSize);
  }
  counts.push(["pages", pages.added, pages.removed, pages.changed]);
  counts.push(["images", images.added.length, images.removed.length, ""]);
  const headings = ["", "ADDED", "REMOVED", "CHANGED"]
    .map((title) => ({ title, align: title === "" ? "left" : "right" }) as const);
  const isTold = (cells: readonly (string | number)[]) => cells.some((cell) => Number(cell) > 0);
  const cells = counts.filter(isTold).map((row) => row.map(String));
  return cells.length === 0 ? [] : [table(headings, cells, paint).trimEnd()];
}

function changeOf({ a, b }: PageChange): "added" | "removed" | "changed" {
  return a === "nowhere" ? "added" : b === "nowhere" ? "removed" : "changed";
}

/** Names of rows on one side only; what belongs to a task that is not on both goes without. */
function rowLines(
  { name, identity }: RowKind,
  rows: Readonly<Record<string, RowChanges>>,
  paint: Paint,
): string[] {
  const lines = (side: "added" | "removed", line: typeof addedLine): string[] => {
    const isWithTask = name !== "tasks" && identity.includes("pid");
    const tasks = new Set(isWithTask ? rows.tasks![side].map(({ pid }) => pid) : []);
    const told = rows[name]![side].filter(({ pid }) => !tasks.has(pid));
    return someLines(told, (row) => line(paint, `${name}: ${rowText(row, identity)}`));
  };
  return [...lines("removed", removedLine), ...lines("added", addedLine)];
}

/** A row by its identity and what people call it. */
function rowText(row: Row, identity: readonly string[]): string {
  const names = [row.comm, row.name, row.local, row.peer];
  const known = [...identity.map((key) => row[key]), row.kind, row.size, ...names]
    .filter((value) => value !== undefined && value !== "");
  return printable(known.map(String).join(" "));
}

/** That pages of a dump are not compared. */
export function holesLine(dump: string, holes: number): string {
  const are = holes === 1 ? "is a hole" : "are holes";
  return `crit: ${printable(dump)}: ${
    pagesText(holes)
  } ${are}, punched by --auto-dedup: not compared`;
}

function memoryLines({ image, ranges, pageSize }: MemoryChange, paint: Paint): string[] {
  const lines = (change: "added" | "removed", line: typeof addedLine): string[] => {
    const count = countPages(ranges.filter((range) => changeOf(range) === change), pageSize);
    return count === 0 ? [] : [line(paint, `${printable(image)}: ${pagesText(count)}`)];
  };
  const changed = someLines(ranges.filter((range) => changeOf(range) === "changed"), (range) => {
    const { start, end, a, b } = range;
    const place = `${printable(image)}: ${hexText(BigInt(start))}-${hexText(BigInt(end))}`;
    const pages = pagesText(pageCount(range, pageSize));
    return `${place}: ${pages} ${a === b ? "changed" : turned(paint, a, b)}`;
  });
  return [...lines("removed", removedLine), ...lines("added", addedLine), ...changed];
}

function countPages(ranges: readonly PageChange[], pageSize: number): number {
  return ranges.reduce((count, range) => count + pageCount(range, pageSize), 0);
}

function pagesText(count: number): string {
  return count === 1 ? "1 page" : `${count} pages`;
}

/** A line for each of the first few. */
function someLines<T>(items: readonly T[], line: (item: T) => string): string[] {
  const lines = items.slice(0, MOST_NAMED).map(line);
  const rest = items.length - lines.length;
  return rest > 0 ? [...lines, `  … and ${rest} more (--json names all)`] : lines;
}

/** A field that differs, as a line. */
export function changeLine(change: FieldChange & Partial<ImageChange>, paint: Paint): string {
  const { image, path, a, b, offset } = change;
  const place = printable([image, path].filter((part) => part).join(": "));
  const start = place === "" ? "" : `${place}: `;
  if (a === undefined) return addedLine(paint, `${start}${valueText(b!)}`);
  if (b === undefined) return removedLine(paint, `${start}${valueText(a)}`);
  if (offset === undefined) {
    const [before, after] = sideBySide(valueText(a), valueText(b), displayWidth(start));
    return start + turned(paint, before, after);
  }
  return `${start}${turned(paint, bytesText(a, offset), bytesText(b, offset))} at byte ${offset}`;
}

/** Two values, each cut if a terminal has no room for both after so many columns. */
function sideBySide(before: string, after: string, start: number): [string, string] {
  if (!isTerminal("stdout")) return [before, after];
  const room = Math.max(LEAST_ROOM, terminalWidth() - start - " → ".length);
  const [one, other] = [displayWidth(before), displayWidth(after)];
  if (one + other <= room) return [before, after];
  const half = Math.floor(room / 2);
  return [
    cutAt(before, Math.max(half, room - other)),
    cutAt(after, Math.max(room - half, room - one)),
  ];
}

/** A value as JSON, cut where it is long. */
function valueText(value: Pretty): string {
  if (isBytes(value)) return bytesText(value, 0);
  const text = printable(briefJson(value));
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

function isBytes(value: unknown): value is Uint8Array | FileBytes {
  return value instanceof Uint8Array || value instanceof FileBytes;
}

/** Bytes by their count, with those at a place in hexadecimal. */
function bytesText(value: Pretty, from: number): string {
  if (!isBytes(value)) return valueText(value);
  const count = value.length === 1 ? "1 byte" : `${value.length} bytes`;
  if (value instanceof FileBytes) return `<${count}>`;
  const shown = value.subarray(from, from + MOST_BYTES);
  if (shown.length === 0) return `<${count}>`;
  const [before, after] = [from > 0 ? "…" : "", from + MOST_BYTES < value.length ? "…" : ""];
  return `<${count}: ${before}${shown.toHex()}${after}>`;
}

/** JSON on one line, as `crit decode` has it; no more of it than can be shown. */
function briefJson(value: Pretty): string {
  let room = LONGEST_VALUE * 2;
  const brief = (item: Pretty): string => {
    if (room <= 0) return "…";
    let text: string;
    if (isBytes(item)) text = bytesText(item, 0);
    else if (typeof item === "string") text = JSON.stringify(item.slice(0, LONGEST_VALUE * 2));
    else if (typeof item !== "object") text = `${item}`;
    else if (Array.isArray(item)) return `[${joined(item, brief)}]`;
    else return `{${joined(Object.entries(item), ([key, inner]) => `"${key}": ${brief(inner)}`)}}`;
    room -= text.length;
    return text;
  };
  const joined = <T>(items: readonly T[], text: (item: T) => string): string => {
    const parts: string[] = [];
    for (const item of items) {
      if (room <= 0) break;
      parts.push(text(item));
      room -= 2;
    }
    return parts.join(", ");
  };
  return brief(value);
}
