/**
 * Tables of text for people.
 *
 * @module
 */

import { printable } from "../../images/bytes/printable.ts";
import type { ViewLayout } from "../../images/explore/view.ts";
import { cutLine, displayWidth } from "./cut.ts";
import type { Paint } from "./terminal.ts";

/** A column of a table. */
export interface TableColumn {
  /** Heading of the column. */
  readonly title: string;
  /**
   * Alignment; `left` by default. Numbers are easier to compare if they are aligned at the right.
   */
  readonly align?: "left" | "right";
}

/**
 * Lays out printable text in lines, with two spaces between columns, titles first, and no trailing
 * spaces.
 */
export function table(
  columns: readonly TableColumn[],
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
  const head = paint("bold", cutLine(line(columns.map(({ title }) => title))));
  return [head, ...cells.map((row) => cutLine(line(row)))].join("\n") + "\n";
}

/** The text of a view. */
export function layoutText(layout: ViewLayout, paint: Paint): string {
  if ("lines" in layout) return layout.lines.map((line) => `${cutLine(line)}\n`).join("");
  return table(layout.headings, layout.cells, paint);
}
