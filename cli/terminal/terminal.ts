/**
 * Standard output and error: plain bytes, and what a terminal adds to them.
 *
 * @module
 */

import { printable, printableLines } from "../../images/bytes/printable.ts";
import { CritError } from "../../images/errors.ts";
import { environment } from "./environment.ts";

/** What `--color` says. */
export type ColorChoice = "auto" | "always" | "never";

/** A standard stream that crit writes. */
export type StreamName = "stdout" | "stderr";

/** Whether a standard stream is a terminal. */
export function isTerminal(stream: StreamName): boolean {
  return Deno[stream].isTerminal();
}

/**
 * Whether to colour what goes to a stream: as `--color` says, else on a terminal that can, unless
 * `$NO_COLOR` is set (https://no-color.org).
 */
export function usesColor(stream: StreamName, choice: ColorChoice): boolean {
  if (choice !== "auto") return choice === "always";
  return isTerminal(stream) && !environment("NO_COLOR") && environment("TERM") !== "dumb";
}

/** Columns of the terminal; 80 where there is none. */
export function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** How a piece of text may look. */
export type Style = "bold" | "dim" | "underline" | "red" | "green" | "yellow" | "blue" | "cyan";

/** ANSI codes to switch styles on and off. (node:util's styleText takes 30 ms to load.) */
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

/** Puts text into a style. */
export type Paint = (style: Style, text: string) => string;

/** How text for people is to look: in which colours, in how many columns. */
export interface Look {
  /** Puts text into a style, or not. */
  readonly paint: Paint;
  /** Columns to stay within. */
  readonly width: number;
}

/** The look that suits a stream; prose is easier to read in at most 100 columns. */
export function lookOf(stream: StreamName, choice: ColorChoice): Look {
  const width = isTerminal(stream) ? Math.min(terminalWidth(), 100) : 80;
  return { paint: painter(usesColor(stream, choice)), width };
}

/** Whether any text of this run may have been coloured. */
let hasPainted = false;

/** Puts what goes to standard output into colours. */
export interface OutputColors {
  /** A piece of it, with colours. */
  paint(bytes: Uint8Array): Uint8Array;
}

/** Undefined unless standard output as a whole is coloured. */
let outputColors: OutputColors | undefined;

/** Begins a run, in which nothing has been coloured yet. */
export function beginRun(): void {
  hasPainted = false;
  outputColors = undefined;
}

/** Colours all that goes to standard output in this run. */
export function colorOutput(colors: OutputColors): void {
  outputColors = colors;
}

/** A `Paint` that adds ANSI codes, or one that leaves text alone. */
export function painter(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  hasPainted = true;
  return (style, text) => {
    const [on, off] = STYLES[style];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}

/**
 * Writes all bytes to a standard stream, however few it takes at a time.
 *
 * @throws {Deno.errors.BrokenPipe} when its reader has gone
 * @throws {CritError} `file` when the stream is in non-blocking mode and full
 */
export function writeBytes(bytes: Uint8Array, stream: StreamName = "stdout"): void {
  let rest = stream === "stdout" && outputColors !== undefined ? outputColors.paint(bytes) : bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(Deno[stream].writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    // Deno does not say how much of a piece went out, so that trying again would repeat some of it.
    const reason = `standard ${stream === "stdout" ? "output" : "error"} is not ready`;
    const hint = "another program left it in non-blocking mode; a pipe through cat mends that";
    throw new CritError("file", reason, {}, hint, { cause: error });
  }
}

/**
 * Writes text to standard output, without what would harm a terminal.
 *
 * @throws {Deno.errors.BrokenPipe} when its reader has gone
 */
export function writeText(text: string): void {
  writeBytes(new TextEncoder().encode(printableLines(text, hasPainted)));
}

/** Writes a line to standard error; it is no failure when nobody reads it. */
export function warn(line: string): void {
  warnLines(printable(line));
}

/** The same with lines that have been laid out. */
export function warnLines(lines: string): void {
  try {
    writeBytes(new TextEncoder().encode(`${printableLines(lines, hasPainted)}\n`), "stderr");
  } catch {
    // There is nowhere left to say so.
  }
}
