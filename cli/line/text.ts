/**
 * The layout of prose.
 *
 * @module
 */

import type { Look, Paint } from "../terminal/terminal.ts";

/** A paragraph: prose with its white space folded, or lines as they are. */
export type Paragraph = string | readonly string[];

/**
 * Paragraphs of a text, separated by blank lines. If all lines of a paragraph begin with `|`, its
 * lines are kept, without the `|` and the space after it.
 */
export function paragraphs(text: string): Paragraph[] {
  return text.trim().split(/\n\s*\n/).map((paragraph) => {
    const lines = paragraph.split("\n").map((line) => line.trim());
    if (lines.every((line) => line.startsWith("|"))) {
      return lines.map((line) => line.replace(/^\| ?/, ""));
    }
    return lines.join(" ").replace(/\s+/g, " ").trim();
  });
}

/** Lines of at most `width` columns, except for longer words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** Text wrapped and indented by `indent` columns; text between back quotes is bold. */
export function indented(text: string, indent: number, look: Look): string {
  const margin = " ".repeat(indent);
  const wrapped = wrap(text, Math.max(20, look.width - indent)).map((line) => margin + line);
  return emphasised(wrapped.join("\n"), look.paint);
}

/** Text with a label to its left, or above it if the label is too long. */
export function labelled(
  label: string,
  text: string,
  columns: { readonly label: number; readonly text: number },
  look: Look,
): string {
  const head = " ".repeat(columns.label) + look.paint("bold", label);
  const body = indented(text, columns.text, look);
  if (columns.label + label.length + 2 > columns.text) return `${head}\n${body}`;
  const gap = " ".repeat(columns.text - columns.label - label.length);
  return head + gap + body.trimStart();
}

/** Makes what stands between back quotes bold; without colours the quotes stay. */
function emphasised(text: string, paint: Paint): string {
  return text.replace(/`([^`]*)`/g, (quoted, literal: string) => {
    const bold = paint("bold", literal);
    return bold === literal ? quoted : bold;
  });
}
