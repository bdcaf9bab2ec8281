/**
 * Tables of text for people.
 *
 * @module
 */

import { printable } from "../../images/bytes/printable.ts";
import type { ViewLayout } from "../../images/explore/view.ts";
import { isTerminal, type Paint, terminalWidth } from "./terminal.ts";

/** A column of a table. */
export interface Column {
  /** Its heading. */
  readonly title: string;
  /** Numbers are easier to compare when they end at the same place; `left` when left out. */
  readonly align?: "left" | "right";
}

/** Lines of printable text with two spaces between columns, titles first, none with trailing space. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, i) =>
    cells.reduce((width, row) => Math.max(width, displayWidth(row[i] ?? "")), title.length)
  );
  const line = (cells: readonly string[]) =>
    columns.map(({ align }, i) => {
      const cell = cells[i] ?? "";
      const gap = " ".repeat(widths[i]! - displayWidth(cell));
      return align === "right" ? gap + cell : cell + gap;
    }).join("  ").trimEnd();
  const head = paint("bold", cut(line(columns.map(({ title }) => title))));
  return [head, ...cells.map((row) => cut(line(row)))].join("\n") + "\n";
}

/** What a view shows, as text. */
export function layoutText(layout: ViewLayout, paint: Paint): string {
  if ("lines" in layout) return layout.lines.map((line) => `${cut(line)}\n`).join("");
  return table(layout.headings, layout.cells, paint);
}

/** A line of standard output that a terminal does not break; what goes elsewhere is whole. */
function cut(line: string): string {
  if (!isTerminal("stdout")) return line;
  const columns = Math.max(2, terminalWidth());
  const letters = [...withoutTabs(line)];
  return letters.length <= columns ? line : `${letters.slice(0, columns - 1).join("")}…`;
}

/** Columns from one tab stop of a terminal to the next. */
const TAB = 8;

/** A line with blanks up to each tab stop in place of its tabs. */
function withoutTabs(line: string): string {
  const [first = "", ...others] = line.split("\t");
  return others.reduce((done, part) => {
    const gap = TAB - displayWidth(done) % TAB;
    return done + " ".repeat(gap) + part;
  }, first);
}

/** Columns that text takes on a terminal, as far as counting code points tells. */
function displayWidth(text: string): number {
  return [...text].length;
}
