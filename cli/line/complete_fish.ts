/**
 * Completions for fish.
 *
 * @module
 */

import type { Command, Option, Positional } from "./command.ts";
import { longName } from "./command.ts";
import { globalOptions } from "./global.ts";

/** A script for fish that completes crit's command line. */
export function fishCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const before = quoted(`not __fish_seen_subcommand_from ${names}`);
  const lines = [
    "# crit's completions for fish: crit completion fish >~/.config/fish/completions/crit.fish",
    "complete -c crit -f",
  ];
  for (const { name, summary } of commands) {
    lines.push(`complete -c crit -n ${before} -a ${name} -d ${quoted(plain(summary))}`);
  }
  for (const [key, option] of Object.entries(globalOptions)) {
    lines.push(optionLine("", key, option, names));
  }
  for (const command of commands) {
    const condition = ` -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    for (const positional of Object.values(command.positionals ?? {})) {
      const words = action(positional, names);
      if (words !== "") lines.push(`complete -c crit${condition} ${words}`);
    }
    for (const [key, option] of Object.entries(command.options ?? {})) {
      lines.push(optionLine(condition, key, option, names));
    }
  }
  return lines.join("\n") + "\n";
}

function optionLine(condition: string, key: string, option: Option, commands: string): string {
  const short = option.short === undefined ? "" : ` -s ${option.short}`;
  const long = [longName(key), ...option.aliases ?? []].map((name) => ` -l ${name}`).join("");
  const words = option.kind === "flag" ? "" : action(option, commands);
  const value = option.kind === "flag" ? "" : words === "-F" ? " -r -F" : ` -x ${words}`.trimEnd();
  return `complete -c crit${condition}${short}${long}${value} -d ${quoted(plain(option.doc))}`;
}

/** The words that complete a value; nothing when it is free text. */
function action(value: Option | Positional, commands: string): string {
  switch (value.kind) {
    case "path":
      return value.only === "directory" ? "-a '(__fish_complete_directories)'" : "-F";
    case "choice": {
      const words = Object.entries(value.choices).map(([word, doc]) =>
        `${word}\\t${quoted(plain(doc))}`
      );
      return `-a ${quoted(words.join(" "))}`;
    }
    case "text":
    case "number":
      return value.words === undefined ? "" : `-a ${quoted(asked(value.words, value))}`;
    case "command":
      return `-a ${quoted(commands)}`;
    default:
      return "";
  }
}

/** What asks crit for words; after a comma, for another item of a list. */
function asked(words: string, value: Option | Positional): string {
  const dumps = words === "pids" ? " --dump=(commandline -opc)" : "";
  const command = `crit completion --words ${words}${dumps} 2>/dev/null`;
  const isList = "list" in value && value.list === "commas";
  return isList ? `(__fish_complete_list , "${command}")` : `(${command})`;
}

function plain(text: string): string {
  return text.replaceAll("`", "");
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
