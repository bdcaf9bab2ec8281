/**
 * The manual page crit(1), in the man(7) macros of troff.
 *
 * @module
 */

import { VERSION } from "../../version.ts";
import type { Command, Option, Options, Positional } from "./command.ts";
import { spellings } from "./command.ts";
import { environmentVariables, exitCodes, globalOptions, SUMMARY } from "./global.ts";
import { paragraphs, wrap } from "./text.ts";
import { choicesOf, meaning, usageLine } from "./usage.ts";

/** The whole manual page. */
export function manPage(commands: readonly Command[]): string {
  const lines = [
    `.TH CRIT 1 "" "crit ${VERSION}" "User Commands"`,
    ".SH NAME",
    `crit \\- ${escaped(SUMMARY)}`,
    ".SH SYNOPSIS",
    ".B crit",
    ".I COMMAND",
    escaped("[OPTION…] [ARGUMENT…]"),
    ".SH DESCRIPTION",
    "Options may stand before or after the command's name.",
    "A value that begins with a dash is written with an equals sign:",
    `${bold("--in=-x")}.`,
    ".SH COMMANDS",
    ...commands.flatMap(commandSection),
    ".SH OPTIONS OF EVERY COMMAND",
    ...optionList(globalOptions),
    ".SH EXIT STATUS",
    ...termList(exitCodes),
    ".SH ENVIRONMENT",
    ...termList(environmentVariables),
    ".SH SEE ALSO",
    ".BR criu (8)",
  ];
  return lines.join("\n") + "\n";
}

function commandSection(command: Command): string[] {
  const positionals = Object.values(command.positionals ?? {});
  return [
    `.SS ${escaped(command.name)}: ${escaped(command.summary)}`,
    bold(usageLine(command)),
    ...paragraphs(command.description).flatMap((paragraph) =>
      typeof paragraph === "string"
        ? [".PP", marked(paragraph)]
        : [".PP", ".nf", ...paragraph.map(escaped), ".fi"]
    ),
    ...positionals.flatMap((positional) => item(italic(positional.value), positional)),
    ...optionList(command.options ?? {}),
    ...Object.entries(command.exitCodes ?? {}).flatMap(([code, doc]) => {
      return [".TP", `exit status ${code}`, marked(doc)];
    }),
    ...command.examples.flatMap(({ line, doc }) => [".TP", bold(line), marked(doc)]),
  ];
}

function optionList(options: Options): string[] {
  return Object.entries(options).flatMap(([key, option]) => {
    const names = spellings(key, option).map(bold).join(", ");
    return item(option.kind === "flag" ? names : `${names} ${italic(option.value)}`, option);
  });
}

function item(label: string, value: Option | Positional): string[] {
  const choices = choicesOf(value).flatMap(([word, doc]) => [".TP", bold(word), marked(doc)]);
  const nested = choices.length === 0 ? [] : [".RS", ...choices, ".RE"];
  return [".TP", label, marked(meaning(value)), ...nested];
}

function termList(terms: Readonly<Record<string, string>>): string[] {
  return Object.entries(terms).flatMap(([term, doc]) => [".TP", bold(term), marked(doc)]);
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

/** Prose on lines of its own, with what stands between back quotes in bold. */
function marked(text: string): string {
  const lines = wrap(text, 72).join("\n").split("`");
  return lines.map((part, i) => i % 2 === 0 ? escaped(part) : bold(part)).join("");
}

/** Text that troff takes literally, also at the beginning of a line. */
function escaped(text: string): string {
  const literal = text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("…", "...");
  return literal.replace(/^[.']/gm, "\\&$&");
}
