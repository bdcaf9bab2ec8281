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

/** What is looked for, and in which dumps that the command line names. */
export interface Searched {
  readonly dumps: readonly string[];
  readonly texts: readonly string[];
}

/**
 * Tells the patterns from the dumps: as grep does, where patterns are given as options, all
 * arguments are dumps.
 *
 * @throws {CritError} `usage` when there is no pattern, or no dump
 */
export function searchedOf(args: Arguments<typeof declaration>): Searched {
  const { dump, patterns, pattern, file, from } = args;
  const words = dump === undefined ? [] : [dump, ...patterns];
  const hasOptions = pattern.length + file.length > 0;
  if (file.includes("-") && from === "-") {
    throw new CritError("usage", "standard input cannot be patterns and the list of dumps");
  }
  if (hasOptions) {
    if (words.length === 0 && from === undefined) {
      throw new CritError("usage", "search needs a DUMP", {}, "crit search -e PATTERN DUMP…");
    }
    const texts = [...pattern, ...file.flatMap(linesOf)];
    if (texts.length === 0) throw new CritError("usage", "there is no pattern in the file");
    return { dumps: words, texts: [...new Set(texts)] };
  }
  if (from !== undefined && words.length > 1) {
    const reason = "with --from, the one argument is the pattern";
    throw new CritError("usage", reason, {}, "crit search --from FILE -e PATTERN DUMP…");
  }
  const [first, ...rest] = words;
  const texts = from === undefined ? rest : words;
  if (texts.length === 0) {
    const what = first === undefined && from === undefined
      ? "a DUMP and a pattern are"
      : "a pattern is";
    throw new CritError("usage", `${what} missing`, {}, "crit search DUMP PATTERN");
  }
  return { dumps: from === undefined ? [first!] : [], texts: [...new Set(texts)] };
}

/** How texts are patterns. */
export type PatternManner = Pick<
  Arguments<typeof declaration>,
  "regex" | "hex" | "ignoreCase" | "utf16"
>;

/** @throws {CritError} `usage` when one is not understood */
export function parsePatterns(
  texts: readonly string[],
  { regex, hex, ignoreCase, utf16 }: PatternManner,
): GivenPattern[] {
  if (regex && hex) throw new CritError("usage", "patterns are either expressions or hexadecimal");
  const kind: PatternText["kind"] = regex ? "regex" : hex ? "hex" : "text";
  return texts.map((text) => ({
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
  return new CritError("usage", "there are too many patterns", { image });
}
