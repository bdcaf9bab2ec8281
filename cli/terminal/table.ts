/**
 * Tables of text for people.
 *
 * @module
 */

import type { Paint } from "./terminal.ts";

/** A column of a table. */
export interface Column {
  /** Its heading. */
  readonly title: string;
  /** Numbers are easier to compare when they end at the same place; `left` when left out. */
  readonly align?: "left" | "right";
}

/** Lines of text with two spaces between columns, titles first, none with trailing space. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[i] ?? "")), title.length)
  );
  const line = (cells: readonly string[]) =>
    columns.map(({ align }, i) => {
      const cell = cells[i] ?? "";
      const gap = " ".repeat(widths[i]! - displayWidth(cell));
      return align === "right" ? gap + cell : cell + gap;
    }).join("  ").trimEnd();
  const head = paint("bold", line(columns.map(({ title }) => title)));
  return [head, ...rows.map((row) => line(row))].join("\n") + "\n";
}

/** Columns that text takes on a terminal, as far as counting code points tells. */
function displayWidth(text: string): number {
  // deno-lint-ignore no-control-regex
  return [...text.replace(/\x1b\[[0-9;]*m/g, "")].length;
}
