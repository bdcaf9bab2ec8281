/**
 * Paths of edits: `core-*.img:[0].tc.comm`, `files.img:[reg.name=/a].reg.name`.
 *
 * ```text
 * TARGET ::= (FILE ":")? WHICH ("." FIELD WHICH?)*
 * WHICH  ::= "[" (INDEX | "*" | "+") "]" | CONDITION+
 * CONDITION ::= "[" FIELD ("." FIELD)* ("=" VALUE | "~" GLOB) "]"
 * ```
 *
 * @module
 */

import { CritError } from "../errors.ts";

/** The entries of an image, or items of a list, that a path selects. */
export type Which =
  /** One by its number, from 0; a negative one counts from the end, -1 is the last. */
  | { readonly kind: "index"; readonly index: number }
  /** All of them. */
  | { readonly kind: "all" }
  /** A new one at the end. */
  | { readonly kind: "append" }
  /** Those that fulfil all of the conditions. */
  | { readonly kind: "where"; readonly conditions: readonly Condition[] };

/** A condition on the value of a field. */
export interface Condition {
  /** Names of the fields that lead to the value; in a list, any item may have it. */
  readonly fields: readonly string[];
  /** `=` for an equal value, `~` for a value that matches a pattern. */
  readonly operator: "=" | "~";
  /** The value in any form that `encode` accepts, or the pattern. */
  readonly value: string;
}

/** A step into a field. */
export interface PathStep {
  readonly field: string;
  /** The selected items of a list; undefined for the whole list. */
  readonly which?: Which;
}

/** A path inside an image. */
export interface Path {
  /** The selected entries. */
  readonly entries: Which;
  /** The steps into fields; none for the whole entry. */
  readonly steps: readonly PathStep[];
}

/** A path with the pattern of its images. */
export interface EditTarget extends Path {
  /** Pattern of file names; undefined if the image is given otherwise. */
  readonly files: string | undefined;
}

/** A target and its new value. */
export interface Assignment extends EditTarget {
  readonly value: string;
}

/**
 * Reads `TARGET=VALUE`.
 *
 * @throws {CritError} `usage` if the text is invalid
 */
export function parseAssignment(text: string): Assignment {
  const parser = new PathParser(text);
  const target = parser.target();
  parser.expect("=");
  return { ...target, value: parser.rest };
}

/**
 * Reads `TARGET`.
 *
 * @throws {CritError} `usage` if the text is invalid
 */
export function parseEditTarget(text: string): EditTarget {
  const parser = new PathParser(text);
  const target = parser.target();
  if (parser.rest !== "") throw parser.unexpected("the end");
  return target;
}

const FIELD = /^[A-Za-z_]\w*/;
const INDEX = /^-?\d+/;
const DOTTED = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)([=~])/;

/** What tells a path without `FILE:` from a pattern that begins with a bracket: `[cm]*.img:[0]`. */
const BEGINS_WITH_WHICH = /^\[(?:(?:-?\d+|[*+])\](?:[.=[]|$)|[A-Za-z_]\w*(?:\.\w+)*=)/;

/** Largest number of an entry or item. */
const MAX_INDEX = 2 ** 32;

class PathParser {
  #pos = 0;

  constructor(readonly text: string) {}

  get rest(): string {
    return this.text.slice(this.#pos);
  }

  target(): EditTarget {
    return { files: this.#files(), entries: this.#which(), steps: this.#steps() };
  }

  /** Takes `FILE:`. */
  #files(): string | undefined {
    const end = this.text.indexOf(":[");
    const isPattern = end > 0 && !BEGINS_WITH_WHICH.test(this.text);
    if (this.rest.startsWith("[") && !isPattern) return undefined;
    if (end < 0) {
      const hint = "as in files.img:[0].reg.name: the image's name, which entry, the field";
      throw this.#error("it does not say which entry", hint);
    }
    this.#pos = end + 1;
    return this.text.slice(0, end);
  }

  #steps(): PathStep[] {
    const steps: PathStep[] = [];
    while (this.rest.startsWith(".")) {
      this.#pos++;
      const field = this.#take(FIELD)?.[0];
      if (field === undefined) throw this.unexpected("a field's name");
      steps.push(this.rest.startsWith("[") ? { field, which: this.#which() } : { field });
    }
    return steps;
  }

  #which(): Which {
    this.expect("[");
    const index = this.#take(INDEX)?.[0];
    if (index !== undefined) {
      if (Math.abs(Number(index)) > MAX_INDEX) throw this.#error(`there is no ${index}`);
      this.expect("]");
      return { kind: "index", index: Number(index) };
    }
    if (/^[*+]\]/.test(this.rest)) {
      const kind = this.rest.startsWith("*") ? "all" : "append";
      this.#pos += 2;
      return { kind };
    }
    const conditions = [this.#condition()];
    while (this.rest.startsWith("[")) {
      this.#pos++;
      conditions.push(this.#condition());
    }
    return { kind: "where", conditions };
  }

  /** Takes what stands between brackets, and the closing one. */
  #condition(): Condition {
    const [, fields, operator] = this.#take(DOTTED) ?? [];
    if (fields === undefined) throw this.unexpected("a number, *, +, FIELD=VALUE or FIELD~GLOB");
    const value = this.#quoted() ?? this.#bracketed();
    this.expect("]");
    return { fields: fields.split("."), operator: operator as Condition["operator"], value };
  }

  /** Takes a value in JSON's quotes, which may hold any bracket; the quotes stay. */
  #quoted(): string | undefined {
    return this.#take(/^"(?:[^"\\]|\\.)*"(?=\])/s)?.[0];
  }

  /** Takes a value up to its closing bracket; brackets inside come in pairs. */
  #bracketed(): string {
    let depth = 0;
    for (let end = this.#pos; end < this.text.length; end++) {
      const letter = this.text[end];
      if (letter === "[") depth++;
      else if (letter === "]" && depth-- === 0) {
        const value = this.text.slice(this.#pos, end);
        this.#pos = end;
        return value;
      }
    }
    this.#pos = this.text.length;
    throw this.unexpected('"]"');
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.rest);
    if (match === null) return undefined;
    this.#pos += match[0].length;
    return match;
  }

  expect(letter: string): void {
    if (this.text[this.#pos] !== letter) throw this.unexpected(`"${letter}"`);
    this.#pos++;
  }

  unexpected(expected: string): CritError {
    const found = this.rest === "" ? "it ends" : `${JSON.stringify(this.rest[0])} stands`;
    return this.#error(`expected ${expected} where ${found}, at character ${this.#pos + 1}`);
  }

  #error(reason: string, hint?: string): CritError {
    return new CritError("usage", `the path ${JSON.stringify(this.text)}: ${reason}`, {}, hint);
  }
}

/** The text of a {@link Which} in a path. */
export function whichText(which: Which): string {
  switch (which.kind) {
    case "index":
      return `[${which.index}]`;
    case "all":
      return "[*]";
    case "append":
      return "[+]";
    case "where":
      return which.conditions.map(({ fields, operator, value }) =>
        `[${fields.join(".")}${operator}${value}]`
      ).join("");
  }
}
