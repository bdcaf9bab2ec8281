/**
 * Texts made from a declaration: the usage line, and the labels and descriptions of options. Help,
 * the man page and the completions use them.
 *
 * @module
 */

import type { Command, Option, Positional } from "./command.ts";
import { spellings } from "./command.ts";

/** `crit decode [OPTION…] [IMAGE]` */
export function usageLine(command: Command): string {
  const words = ["crit", command.name];
  if (command.options !== undefined) words.push("[OPTION…]");
  words.push(...Object.values(command.positionals ?? {}).map(countedValue));
  return words.join(" ");
}

function countedValue({ value, count }: Positional): string {
  switch (count) {
    case "one":
      return value;
    case "optional":
      return `[${value}]`;
    case "some":
      return `${value}…`;
    case "any":
      return `[${value}…]`;
  }
}

/** `-i, --in, --input IN` */
export function optionLabel(key: string, option: Option): string {
  const names = spellings(key, option);
  // Long names line up whether or not there is a letter before them.
  const lead = option.short === undefined ? "    " : "";
  return lead + names.join(", ") + (option.kind === "flag" ? "" : ` ${option.value}`);
}

/** The description of an option or argument, with its default and how often it may be given. */
export function meaning(value: Option | Positional): string {
  const notes: string[] = [];
  if (value.kind !== "flag" && value.default !== undefined) notes.push(`default: ${value.default}`);
  if ("list" in value && value.list === "repeat") notes.push("may be repeated");
  if ("list" in value && value.list === "commas") notes.push("several separated by commas");
  return notes.length === 0 ? value.doc : `${value.doc} (${notes.join("; ")})`;
}

/**
 * The words that an option or argument accepts, with their meanings; none if it accepts any text.
 */
export function choicesOf(value: Option | Positional): [word: string, doc: string][] {
  return value.kind === "choice" ? Object.entries(value.choices) : [];
}
