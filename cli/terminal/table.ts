/**
 * Tables of text for people.
 *
 * @module
 */

import { printable } from "../../images/bytes/printable.ts";
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

/** A line that a terminal does not break; what goes elsewhere is whole. */
function cut(line: string): string {
  if (!isTerminal("stdout")) return line;
  const columns = Math.max(2, terminalWidth());
  const letters = [...line];
  return letters.length <= columns ? line : `${letters.slice(0, columns - 1).join("")}…`;
}

/** Columns that text takes on a terminal, as far as counting code points tells. */
function displayWidth(text: string): number {
  return [...text].length;
}
