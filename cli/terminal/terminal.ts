/** Standard output and error, with and without a terminal. @module */

import { printable, printableLines } from "../../images/bytes/printable.ts";
import { CritError } from "../../images/errors.ts";
import { environment } from "./environment.ts";

/** Value of `--color`. */
export type ColorChoice = "auto" | "always" | "never";

/** A standard output stream. */
export type StreamName = "stdout" | "stderr";

/** Whether a standard stream is a terminal. */
export function isTerminal(stream: StreamName): boolean {
  return Deno[stream].isTerminal();
}

/**
 * Whether to colour the output on a stream: as `--color` requests, or by default on a terminal with
 * colours, unless `$NO_COLOR` is set (https://no-color.org).
 */
export function usesColor(stream: StreamName, choice: ColorChoice): boolean {
  if (choice !== "auto") return choice === "always";
  return isTerminal(stream) && !environment("NO_COLOR") && environment("TERM") !== "dumb";
}

/** Columns of the terminal; 80 without one. */
export function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** Styles of text. */
export type Style = "bold" | "dim" | "underline" | "red" | "green" | "yellow" | "blue" | "cyan";

/** ANSI codes that switch styles on and off. (node:util's styleText takes 30 ms to load.) */
const STYLES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

/** Applies a style to text. */
export type Paint = (style: Style, text: string) => string;

/** Style and width of text for people. */
export interface Look {
  /** Applies a style to text, or returns it unchanged. */
  readonly paint: Paint;
  /** Width in columns. */
  readonly width: number;
}

/** The look for a stream; prose is easier to read in at most 100 columns. */
export function lookOf(stream: StreamName, choice: ColorChoice): Look {
  const width = isTerminal(stream) ? Math.min(terminalWidth(), 100) : 80;
  return { paint: painter(usesColor(stream, choice)), width };
}

/** Whether any text of this run may be coloured. */
let hasPainted = false;

/** Colours standard output. */
export interface OutputColors {
  /** Colours a piece of the output. */
  paint(bytes: Uint8Array): Uint8Array;
}

/** Undefined unless standard output as a whole is coloured. */
let outputColors: OutputColors | undefined;

/** Begins a run without any coloured output. */
export function beginRun(): void {
  hasPainted = false;
  outputColors = undefined;
}

/** Colours all standard output of this run. */
export function colorOutput(colors: OutputColors): void {
  outputColors = colors;
}

/** Makes a `Paint` that adds ANSI codes, or one that returns text unchanged. */
export function painter(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  hasPainted = true;
  return (style, text) => {
    const [on, off] = STYLES[style];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}

/**
 * Writes all bytes to a standard stream, however few it accepts at a time.
 *
 * @throws {Deno.errors.BrokenPipe} if its reader has closed it
 * @throws {CritError} `file` if the stream is in non-blocking mode and full
 */
export function writeBytes(bytes: Uint8Array, stream: StreamName = "stdout"): void {
  let rest = stream === "stdout" && outputColors !== undefined ? outputColors.paint(bytes) : bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(Deno[stream].writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    // Deno does not report how much was written, so a retry would repeat part of it.
    const reason = `standard ${stream === "stdout" ? "output" : "error"} is not ready`;
    const hint = "another program left it in non-blocking mode; a pipe through cat mends that";
    throw new CritError("file", reason, {}, hint, { cause: error });
  }
}

/**
 * Writes text to standard output, without characters that harm a terminal.
 *
 * @throws {Deno.errors.BrokenPipe} if its reader has closed it
 */
export function writeText(text: string): void {
  writeBytes(new TextEncoder().encode(printableLines(text, hasPainted)));
}

/** Writes a line to standard error; a closed stream is no failure. */
export function warn(line: string): void {
  warnLines(printable(line));
}

/** Writes several lines to standard error. */
export function warnLines(lines: string): void {
  try {
    writeBytes(new TextEncoder().encode(`${printableLines(lines, hasPainted)}\n`), "stderr");
  } catch {
    // There is no stream left to report this on.
  }
}
