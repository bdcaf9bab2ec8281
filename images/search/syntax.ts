/**
 * Parses regular expressions over bytes to a tree.
 *
 * The syntax is that of Perl, as far as an automaton can follow it: classes, groups, alternatives,
 * greedy and lazy repetition, `\b`, `^` and `$`. Characters beyond ASCII stand for their UTF-8
 * bytes. Backreferences (`\1`) and lookaround (`(?=…)`) are refused.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { type ByteSet, complement, rangeSet, union, withBothCases } from "./byte_set.ts";

/** Assertions between bytes. */
export type Assertion = "line start" | "line end" | "run start" | "run end" | "word" | "no word";

/** An expression. */
export type PatternNode =
  | { readonly kind: "set"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  | {
    readonly kind: "repeat";
    readonly part: PatternNode;
    readonly min: number;
    readonly max: number;
    readonly isLazy: boolean;
  }
  | { readonly kind: "assert"; readonly what: Assertion };

/** Largest count of a repetition. */
const MOST_TIMES = 1000;
/** Deepest nesting of groups. */
const DEEPEST = 200;

/** Bytes of a word. */
export const WORD: ByteSet = [rangeSet(0x30, 0x39), rangeSet(0x41, 0x5a), rangeSet(0x61, 0x7a)]
  .reduce(union, rangeSet(0x5f, 0x5f));
const DIGIT = rangeSet(0x30, 0x39);
const SPACE = union(rangeSet(9, 13), rangeSet(0x20, 0x20));
const ANY = rangeSet(0, 255);
const NO_NEWLINE = complement(rangeSet(10, 10));

/** Classes by the letter after a backslash. */
const CLASSES: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
  h: union(rangeSet(9, 9), rangeSet(0x20, 0x20)),
  N: NO_NEWLINE,
};

/** Single bytes by the letter after a backslash. */
const CONTROLS: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  f: 12,
  v: 11,
  a: 7,
  e: 27,
};

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  b: "word",
  B: "no word",
  A: "run start",
  z: "run end",
};

const UPPER = rangeSet(0x41, 0x5a);
const LOWER = rangeSet(0x61, 0x7a);
const GRAPH = rangeSet(0x21, 0x7e);

/** Named classes inside brackets: `[[:digit:]]`. */
const NAMED: Readonly<Record<string, ByteSet>> = {
  alpha: union(UPPER, LOWER),
  digit: DIGIT,
  alnum: [UPPER, LOWER].reduce(union, DIGIT),
  upper: UPPER,
  lower: LOWER,
  space: SPACE,
  blank: CLASSES.h!,
  xdigit: [rangeSet(0x41, 0x46), rangeSet(0x61, 0x66)].reduce(union, DIGIT),
  punct: GRAPH.map((has, byte) => has & (WORD[byte]! && byte !== 0x5f ? 0 : 1)),
  print: rangeSet(0x20, 0x7e),
  graph: GRAPH,
  cntrl: union(rangeSet(0, 31), rangeSet(127, 127)),
  word: WORD,
};

/** Flags that `(?i)` and similar groups set. */
interface Flags {
  readonly ignoreCase: boolean;
  /** Whether `.` matches any byte. */
  readonly dotAll: boolean;
}

/**
 * Parses an expression.
 *
 * @param ignoreCase whether upper and lower case are the same
 * @throws {CritError} `usage` if it is invalid, `unsupported` if no automaton can follow it
 */
export function parseExpression(text: string, ignoreCase = false): PatternNode {
  return new Parser(text, { ignoreCase, dotAll: false }).whole();
}

/** Makes an expression of the bytes of a text, in any encoding. */
export function literalNode(
  text: string,
  encode: (character: string) => Uint8Array,
  ignoreCase: boolean,
): PatternNode {
  return sequence([...text].map((character) => characterNode(character, encode, ignoreCase)));
}

const encoder = new TextEncoder();
const utf8 = (character: string) => encoder.encode(character);

function characterNode(
  character: string,
  encode: (character: string) => Uint8Array,
  ignoreCase: boolean,
): PatternNode {
  const forms = ignoreCase
    ? new Set([character, character.toLowerCase(), character.toUpperCase()])
    : [character];
  return choice([...forms].map((form) => sequence([...encode(form)].map(byteNode))));
}

function byteNode(byte: number): PatternNode {
  return { kind: "set", set: rangeSet(byte, byte) };
}

function sequence(parts: readonly PatternNode[]): PatternNode {
  return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
}

function choice(options: readonly PatternNode[]): PatternNode {
  return options.length === 1 ? options[0]! : { kind: "choice", options };
}

/** Reads one expression. */
class Parser {
  readonly #characters: readonly string[];
  #at = 0;
  #flags: Flags;
  #depth = 0;

  constructor(readonly text: string, flags: Flags) {
    this.#characters = [...text];
    this.#flags = flags;
  }

  whole(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#characters.length) throw this.#wrong("a `)` closes no group");
    return node;
  }

  #choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#takes("|")) options.push(this.#sequence());
    return choice(options);
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#characters.length && !["|", ")"].includes(this.#peek)) {
      const part = this.#atom();
      if (part !== undefined) parts.push(this.#repeated(part));
    }
    return sequence(parts);
  }

  /** Parses the repetition after an atom. */
  #repeated(atom: PatternNode): PatternNode {
    let part = atom;
    for (let times = this.#times(); times !== undefined; times = this.#times()) {
      if (this.#takes("+")) throw this.#refused("a possessive repetition");
      part = { kind: "repeat", part, ...times, isLazy: this.#takes("?") };
    }
    return part;
  }

  #times(): { min: number; max: number } | undefined {
    if (this.#takes("*")) return { min: 0, max: Infinity };
    if (this.#takes("+")) return { min: 1, max: Infinity };
    if (this.#takes("?")) return { min: 0, max: 1 };
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const [whole, first, comma, last] = /^\{(\d*)(,?)(\d*)\}/.exec(rest) ?? [];
    // As in Perl, a brace that does not begin a repetition is a literal.
    if (whole === undefined || first === "" && last === "") return undefined;
    this.#at += whole.length;
    const min = Number(first);
    const max = comma === "" ? min : last === "" ? Infinity : Number(last);
    if (min > MOST_TIMES || max !== Infinity && max > MOST_TIMES) {
      throw this.#wrong(`a part may be repeated ${MOST_TIMES} times at most`);
    }
    if (max < min) throw this.#wrong(`${whole} is no range`);
    return { min, max };
  }

  /** Parses one part; undefined if it only sets flags. */
  #atom(): PatternNode | undefined {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#brackets();
      case ".":
        return { kind: "set", set: this.#flags.dotAll ? ANY : NO_NEWLINE };
      case "^":
        return { kind: "assert", what: "line start" };
      case "$":
        return { kind: "assert", what: "line end" };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw this.#wrong(`nothing comes before \`${character}\``);
      default:
        return characterNode(character, utf8, this.#flags.ignoreCase);
    }
  }

  #group(): PatternNode | undefined {
    if (++this.#depth > DEEPEST) throw this.#wrong("groups are nested too deeply");
    const outer = this.#flags;
    if (this.#takes("?") && this.#groupFlags()) {
      this.#depth--;
      return undefined;
    }
    const node = this.#choice();
    if (!this.#takes(")")) throw this.#wrong("a `(` is not closed");
    this.#flags = outer;
    this.#depth--;
    return node;
  }

  /** Parses the text after `(?`; true if it sets flags for the rest of the enclosing group. */
  #groupFlags(): boolean {
    let isOn = true;
    for (;;) {
      const letter = this.#next();
      if (letter === ":") return false;
      if (letter === ")") return true;
      if (letter === "-") isOn = false;
      else if (letter === "i") this.#flags = { ...this.#flags, ignoreCase: isOn };
      else if (letter === "s") this.#flags = { ...this.#flags, dotAll: isOn };
      else if (letter === "P" || letter === "<" && /[^=!]/.test(this.#peek)) {
        // Names of groups are ignored.
        while (this.#next() !== ">");
        return false;
      } else if (["=", "!", "<", ">", "|", "#", "R", "&"].includes(letter)) {
        throw this.#refused(`\`(?${letter}\``);
      } else if (letter !== "m") throw this.#wrong(`there is no flag \`${letter}\``);
    }
  }

  #escape(): PatternNode {
    const letter = this.#next();
    const assertion = ASSERTIONS[letter];
    if (assertion !== undefined) return { kind: "assert", what: assertion };
    if (/[1-9kgGKRXpPCZQE]/.test(letter)) throw this.#refused(`\`\\${letter}\``);
    const set = CLASSES[letter];
    if (set !== undefined) return { kind: "set", set };
    const value = this.#escapedByte(letter);
    if (typeof value === "string") return characterNode(value, utf8, this.#flags.ignoreCase);
    const one = rangeSet(value, value);
    return { kind: "set", set: this.#flags.ignoreCase ? withBothCases(one) : one };
  }

  /** The byte or character of an escape. */
  #escapedByte(letter: string): number | string {
    if (letter === "x") return this.#hex();
    if (letter === "u") return String.fromCodePoint(this.#digits(4, 16));
    if (letter === "0") {
      const rest = this.#characters.slice(this.#at, this.#at + 2).join("");
      const digits = /^[0-7]*/.exec(rest)![0];
      this.#at += digits.length;
      return parseInt(`0${digits}`, 8);
    }
    const control = CONTROLS[letter];
    if (control !== undefined) return control;
    if (/[a-zA-Z]/.test(letter)) throw this.#wrong(`\`\\${letter}\` stands for nothing`);
    return letter;
  }

  /** `\x41`, a byte, or `\x{20ac}`, a character; `\x{…}` below 0x100 is a byte, too. */
  #hex(): number | string {
    if (!this.#takes("{")) return this.#digits(2, 16);
    let digits = "";
    for (let digit = this.#next(); digit !== "}"; digit = this.#next()) digits += digit;
    const code = /^[\da-f]{1,6}$/i.test(digits) ? parseInt(digits, 16) : Infinity;
    if (code > 0x10ffff) throw this.#wrong(`there is no character ${digits}`);
    return code < 0x100 ? code : String.fromCodePoint(code);
  }

  #digits(count: number, radix: number): number {
    const digits = this.#characters.slice(this.#at, this.#at + count).join("");
    if (!/^[\da-f]+$/i.test(digits) || digits.length !== count) {
      throw this.#wrong(`${count} hexadecimal digits are missing`);
    }
    this.#at += count;
    return parseInt(digits, radix);
  }

  /** Parses the text after a `[`. */
  #brackets(): PatternNode {
    const isNegated = this.#takes("^");
    let set: ByteSet = new Uint8Array(256);
    /** Characters of more than one byte. */
    const long: PatternNode[] = [];
    for (let isFirst = true; isFirst || this.#peek !== "]"; isFirst = false) {
      if (this.#at >= this.#characters.length) throw this.#wrong("a `[` is not closed");
      const item = this.#bracketItem();
      if (typeof item === "object") {
        set = union(set, item);
        continue;
      }
      const last = this.#rangeEnd() ?? item;
      if (typeof item === "number" && typeof last === "number") {
        if (last < item) throw this.#wrong("a range goes from a larger byte to a smaller one");
        set = union(set, rangeSet(item, last));
      } else if (item === last) {
        long.push(characterNode(item as string, utf8, this.#flags.ignoreCase));
      } else throw this.#refused("a range of characters beyond ASCII");
    }
    this.#next();
    if (this.#flags.ignoreCase) set = withBothCases(set);
    if (isNegated && long.length > 0) throw this.#refused("a `[^…]` of characters beyond ASCII");
    if (isNegated) set = complement(set);
    return choice([{ kind: "set", set }, ...long]);
  }

  /** The end of a range, if one follows. */
  #rangeEnd(): number | string | undefined {
    const [dash, after] = this.#characters.slice(this.#at, this.#at + 2);
    if (dash !== "-" || after === "]" || after === undefined) return undefined;
    this.#at++;
    const last = this.#bracketItem();
    if (typeof last === "object") throw this.#wrong("a range ends in a class");
    return last;
  }

  /** A class, a byte, or a character of several bytes. */
  #bracketItem(): ByteSet | number | string {
    const character = this.#next();
    if (character === "[" && this.#peek === ":") return this.#namedClass();
    if (character === "\\") {
      const letter = this.#next();
      const set = CLASSES[letter];
      if (set !== undefined) return set;
      if (letter === "b") return 8;
      const value = this.#escapedByte(letter);
      return typeof value === "string" ? byteOrCharacter(value) : value;
    }
    return byteOrCharacter(character);
  }

  #namedClass(): ByteSet {
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const [whole, not, name] = /^:(\^?)(\w+):\]/.exec(rest) ?? [];
    const set = name !== undefined && Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    if (set === undefined) throw this.#wrong("there is no such class as the one after `[:`");
    this.#at += whole!.length;
    return not === "" ? set : complement(set);
  }

  get #peek(): string {
    return this.#characters[this.#at] ?? "";
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw this.#wrong("it ends too early");
    return character;
  }

  #takes(character: string): boolean {
    if (this.#peek !== character) return false;
    this.#at++;
    return true;
  }

  #wrong(reason: string): CritError {
    return new CritError("usage", `the expression ${this.text}: ${reason}`);
  }

  #refused(what: string): CritError {
    const reason = `the expression ${this.text}: ${what} is not supported`;
    return new CritError("unsupported", reason);
  }
}

function byteOrCharacter(character: string): number | string {
  const code = character.codePointAt(0)!;
  return code < 0x80 ? code : character;
}
