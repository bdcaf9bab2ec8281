/** Fits lines to the width of a terminal. @module */

import { isTerminal, terminalWidth } from "./terminal.ts";

/** Columns between the tab stops of a terminal. */
const TAB = 8;

/** Codes of styles, which take no columns. */
// deno-lint-ignore no-control-regex -- they begin with an escape
const CODES = /(\x1b\[[0-9;]*m)/;

/**
 * Cuts a line with `…` at the width of the terminal on standard output; other output is not cut.
 */
export function cutLine(line: string): string {
  return isTerminal("stdout") ? cutAt(line, Math.max(2, terminalWidth())) : line;
}

/** Cuts a line at a number of columns; a style that is on at the cut is switched off. */
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

/** Replaces tabs by spaces up to the tab stops. */
function withoutTabs(line: string): string {
  const [first = "", ...others] = line.split("\t");
  return others.reduce((done, part) => {
    const gap = TAB - displayWidth(done) % TAB;
    return done + " ".repeat(gap) + part;
  }, first);
}

/** Columns of text on a terminal, counted by code points. */
export function displayWidth(text: string): number {
  return [...text.replaceAll(new RegExp(CODES, "g"), "")].length;
}

/** Largest width of readable prose in columns. */
const WIDEST_PROSE = 100;

/** Wraps a line of prose at the terminal's width; other output is not wrapped. */
export function wrapLine(line: string, indent: number): string {
  return isTerminal("stdout")
    ? wrapAt(line, indent, Math.min(terminalWidth(), WIDEST_PROSE))
    : line;
}

/** Wraps a line; indents the lines after the first. */
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
