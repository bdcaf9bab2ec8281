/**
 * Patterns of file names, the same wherever a file may be named by one:
 *
 * ```text
 * *       any text in a name          [a-z]   one character of those, [!a-z] of all others
 * ?       any one character           {a,b}   a or b, each a pattern
 * ```
 *
 * Two stars are any text with slashes; two stars and a slash are any directories, or none.
 * A bracket or brace without its partner stands for itself, as in a shell.
 *
 * @module
 */

import { CritError } from "../errors.ts";

/** Most patterns that `{a,b}` may stand for. */
const MOST_ALTERNATIVES = 1024;

/** One part of a pattern. */
type Token =
  /** Any text, without a slash unless it is deep. */
  | { readonly kind: "text"; readonly isDeep: boolean }
  /** One character that passes a test. */
  | { readonly kind: "one"; fits(character: string): boolean };

/** A pattern of file names. */
export class Glob {
  /** Whether it stands for one name only. */
  readonly isExact: boolean;
  readonly #alternatives: readonly Token[][];

  /** @throws {CritError} `usage` if it stands for too many patterns */
  constructor(readonly text: string) {
    const alternatives = expand(text);
    this.isExact = isExact(text);
    this.#alternatives = alternatives.map(tokensOf);
  }

  /** Whether a name fits; takes time in proportion to both lengths multiplied. */
  fits(name: string): boolean {
    return this.#alternatives.some((tokens) => fitsTokens(tokens, name));
  }

  /** Whether some name of printable ASCII fits both patterns. */
  meets(other: Glob): boolean {
    return this.#alternatives.some((a) => other.#alternatives.some((b) => tokensMeet(a, b)));
  }
}

/** Whether a pattern stands for one name only. */
export function isExact(text: string): boolean {
  const alternatives = expand(text);
  return alternatives.length === 1 && !/[*?]|\[[^\]]+\]/.test(text);
}

/** `GLOB=REST` in two; what cannot be a pattern of file names is no `GLOB`. */
export function splitGlob(text: string): { files: string | undefined; rest: string } {
  const match = /^([^\s=/'"`\\$&|;()<>]+)=(.*)$/s.exec(text);
  return match === null ? { files: undefined, rest: text } : { files: match[1], rest: match[2]! };
}

/** The patterns without `{a,b}` and `**` before a slash that a pattern stands for. */
function expand(text: string): string[] {
  const done: string[] = [];
  const open = [text];
  while (open.length > 0) {
    const pattern = open.pop()!;
    const variants = variantsOf(pattern);
    if (variants === undefined) done.push(pattern);
    else open.push(...variants);
    if (done.length + open.length > MOST_ALTERNATIVES) {
      const reason = `${text} stands for more than ${MOST_ALTERNATIVES} patterns`;
      throw new CritError("usage", reason);
    }
  }
  return done;
}

/**
 * What a pattern's first `{a,b}` makes of it, and then its first `**` that stands for directories
 * or none; undefined if it has neither.
 */
function variantsOf(text: string): string[] | undefined {
  return braceVariants(text) ?? directoryVariants(text);
}

/** Directories, or none: with the two stars and the slash taken out, or at least one character. */
function directoryVariants(text: string): string[] | undefined {
  const match = /(^|\/)\*\*\//.exec(text);
  if (match === null) return undefined;
  const start = match.index + match[1]!.length;
  const [before, after] = [text.slice(0, start), text.slice(start + 3)];
  return [before + after, `${before}?**/${after}`];
}

function braceVariants(text: string): string[] | undefined {
  for (let start = text.indexOf("{"); start >= 0; start = text.indexOf("{", start + 1)) {
    const commas: number[] = [];
    let depth = 0;
    for (let i = start; i < text.length; i++) {
      if (text[i] === "{") depth++;
      else if (text[i] === "," && depth === 1) commas.push(i);
      else if (text[i] === "}" && --depth === 0) {
        if (commas.length === 0) break;
        const cuts = [start, ...commas, i];
        return cuts.slice(1).map((end, part) =>
          text.slice(0, start) + text.slice(cuts[part]! + 1, end) + text.slice(i + 1)
        );
      }
    }
  }
  return undefined;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const characters = [...text];
  for (let i = 0; i < characters.length;) {
    const character = characters[i]!;
    const end = character === "[" ? characters.indexOf("]", i + 2) : -1;
    if (character === "*") {
      const isDeep = characters[i + 1] === "*";
      tokens.push({ kind: "text", isDeep });
      i += isDeep ? 2 : 1;
    } else if (end > 0) {
      tokens.push({ kind: "one", fits: classOf(characters.slice(i + 1, end)) });
      i = end + 1;
    } else {
      const fits = character === "?"
        ? (other: string) => other !== "/"
        : (other: string) => other === character;
      tokens.push({ kind: "one", fits });
      i++;
    }
  }
  return tokens;
}

/** The test of `[a-z]`, of what is between its brackets. */
function classOf(inside: readonly string[]): (character: string) => boolean {
  const isNegated = (inside[0] === "!" || inside[0] === "^") && inside.length > 1;
  const ranges: Array<readonly [string, string]> = [];
  for (let i = isNegated ? 1 : 0; i < inside.length; i++) {
    const from = inside[i]!;
    const isRange = inside[i + 1] === "-" && i + 2 < inside.length;
    ranges.push([from, isRange ? inside[i + 2]! : from]);
    if (isRange) i += 2;
  }
  return (character) =>
    character !== "/" &&
    ranges.some(([from, to]) => character >= from && character <= to) !== isNegated;
}

/** Whether a name fits tokens: follows all ways through them at once. */
function fitsTokens(tokens: readonly Token[], name: string): boolean {
  let reached = skipTexts(tokens, new Uint8Array(tokens.length + 1).fill(1, 0, 1));
  for (const character of name) {
    const next = new Uint8Array(tokens.length + 1);
    for (const [i, token] of tokens.entries()) {
      if (reached[i] === 0) continue;
      if (token.kind === "text") {
        if (token.isDeep || character !== "/") next[i] = 1;
      } else if (token.fits(character)) next[i + 1] = 1;
    }
    reached = skipTexts(tokens, next);
  }
  return reached[tokens.length] === 1;
}

/** Adds the places that are reached because a text may be empty. */
function skipTexts(tokens: readonly Token[], reached: Uint8Array): Uint8Array {
  for (const [i, { kind }] of tokens.entries()) {
    if (kind === "text" && reached[i] === 1) reached[i + 1] = 1;
  }
  return reached;
}

/** The characters that names are thought to be made of when two patterns are compared. */
const NAME_CHARACTERS = Array.from(
  { length: 0x7e - 0x20 },
  (_, i) => String.fromCharCode(0x21 + i),
);

/** Whether some text fits both lists of tokens: follows both at once. */
function tokensMeet(a: readonly Token[], b: readonly Token[]): boolean {
  const seen = new Set<number>();
  const open: Array<readonly [number, number]> = [[0, 0]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [i, j] = pair;
    if (i === a.length && j === b.length) return true;
    const key = i * (b.length + 1) + j;
    if (seen.has(key)) continue;
    seen.add(key);
    const [left, right] = [a[i], b[j]];
    if (left?.kind === "text") open.push([i + 1, j]);
    if (right?.kind === "text") open.push([i, j + 1]);
    if (left === undefined || right === undefined) continue;
    const takes = (token: Token, character: string) =>
      token.kind === "one" ? token.fits(character) : token.isDeep || character !== "/";
    if (!NAME_CHARACTERS.some((one) => takes(left, one) && takes(right, one))) continue;
    open.push([left.kind === "one" ? i + 1 : i, right.kind === "one" ? j + 1 : j]);
  }
  return false;
}
