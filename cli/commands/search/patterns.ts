/** The patterns that `crit search` is given. @module */

import { decodeText } from "../../../images/bytes/utf8.ts";
import { CritError } from "../../../images/errors.ts";
import { parsePattern, type Pattern, type PatternText } from "../../../images/search/pattern.ts";
import type { Arguments } from "../../line/command.ts";
import type { declaration } from "./declaration.ts";

/** Most bytes of a file of patterns. */
const LARGEST_FILE = 16 << 20;

/** A pattern and what the user wrote. */
export interface GivenPattern {
  readonly text: string;
  readonly pattern: Pattern;
}

/**
 * All patterns, those on the command line first.
 *
 * @throws {CritError} `usage` when there is none, or one is not understood
 */
export function patternsOf(args: Arguments<typeof declaration>): GivenPattern[] {
  if (args.regex && args.hex) {
    throw new CritError("usage", "patterns are either expressions or hexadecimal");
  }
  const kind: PatternText["kind"] = args.regex ? "regex" : args.hex ? "hex" : "text";
  const texts = [...args.patterns, ...args.file.flatMap(linesOf)];
  if (texts.length === 0) {
    throw new CritError("usage", "a pattern is missing", {}, "crit search DUMP PATTERN");
  }
  const { ignoreCase, utf16 } = args;
  return [...new Set(texts)].map((text) => ({
    text,
    pattern: parsePattern({ kind, text }, { ignoreCase, utf16 }),
  }));
}

function linesOf(path: string): string[] {
  const text = decodeText(path === "-" ? readInput() : readFile(path));
  return text.split("\n").map((line) => line.replace(/\r$/, "")).filter((line) => line !== "");
}

function readFile(path: string): Uint8Array {
  const { size } = Deno.statSync(path);
  if (size > LARGEST_FILE) throw tooLarge(path);
  return Deno.readFileSync(path);
}

function readInput(): Uint8Array {
  const pieces: Uint8Array[] = [];
  const piece = new Uint8Array(1 << 16);
  let length = 0;
  for (;;) {
    const count = Deno.stdin.readSync(piece);
    if (count === null) break;
    length += count;
    if (length > LARGEST_FILE) throw tooLarge("standard input");
    pieces.push(piece.slice(0, count));
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of pieces) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function tooLarge(image: string): CritError {
  return new CritError("usage", "these are too many patterns", { image });
}
