/**
 * Lines that a terminal does not break.
 *
 * @module
 */

import { isTerminal, terminalWidth } from "./terminal.ts";

/** Columns from one tab stop of a terminal to the next. */
const TAB = 8;

/** Codes that switch styles on and off, which take no columns. */
// deno-lint-ignore no-control-regex -- they begin with an escape
const CODES = /(\x1b\[[0-9;]*m)/;

/** A line of standard output, cut with `…` at a terminal's width; what goes elsewhere is whole. */
export function cutLine(line: string): string {
  return isTerminal("stdout") ? cutAt(line, Math.max(2, terminalWidth())) : line;
}

/** A line of at most so many columns; styles that are on where it is cut are still switched off. */
export function cutAt(line: string, columns: number): string {
  const parts = line.includes("\t") ? withoutTabs(line).split(CODES) : line.split(CODES);
  const isCode = (_: string, i: number) => i % 2 === 1;
  const texts = parts.map((part, i) => isCode(part, i) ? [] : [...part]);
  if (texts.reduce((sum, { length }) => sum + length, 0) <= columns) return line;
  let room = columns - 1;
  let isCut = false;
  return parts.map((part, i) => {
    if (isCode(part, i)) return part;
    const letters = texts[i]!;
    const shown = letters.slice(0, room);
    room -= shown.length;
    if (isCut || shown.length === letters.length) return shown.join("");
    isCut = true;
    return `${shown.join("")}…`;
  }).join("");
}

/** A line with blanks up to each tab stop in place of its tabs. */
function withoutTabs(line: string): string {
  const [first = "", ...others] = line.split("\t");
  return others.reduce((done, part) => {
    const gap = TAB - displayWidth(done) % TAB;
    return done + " ".repeat(gap) + part;
  }, first);
}

/** Columns that text takes on a terminal, as far as counting code points tells. */
export function displayWidth(text: string): number {
  return [...text.replaceAll(new RegExp(CODES, "g"), "")].length;
}

/** Columns beyond which prose is hard to read. */
const WIDEST_PROSE = 100;

/** A line of prose, broken between words at a terminal's width; what goes elsewhere is one line. */
export function wrapLine(line: string, indent: number): string {
  return isTerminal("stdout")
    ? wrapAt(line, indent, Math.min(terminalWidth(), WIDEST_PROSE))
    : line;
}

/** A line broken between words; what comes after the first break is indented. */
export function wrapAt(line: string, indent: number, columns: number): string {
  const margin = " ".repeat(Math.min(indent, columns >> 1));
  let [done, used] = ["", 0];
  for (const [i, word] of line.split(" ").entries()) {
    const width = displayWidth(word);
    if (i > 0 && used + 1 + width > columns && used > margin.length) {
      done += `\n${margin}${word}`;
      used = margin.length + width;
    } else {
      done += i === 0 ? word : ` ${word}`;
      used += (i === 0 ? 0 : 1) + width;
    }
  }
  return done;
}
