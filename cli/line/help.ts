/**
 * The text of `crit --help` and `crit help`.
 *
 * @module
 */

import type { Look } from "../terminal/terminal.ts";
import type { Command, Option, Options, Positional } from "./command.ts";
import { GROUPS } from "./command.ts";
import { environmentVariables, exitCodes, globalOptions, SUMMARY, type Topic } from "./global.ts";
import { indented, labelled, paragraphs } from "./text.ts";
import { choicesOf, meaning, optionLabel, usageLine } from "./usage.ts";

/** The summary of crit and its commands, on about one screen. */
export function overview(commands: readonly Command[], look: Look): string {
  const blocks = [
    `crit: ${SUMMARY}`,
    heading("Usage", look) + "\n  crit COMMAND [OPTION…] [ARGUMENT…]",
  ];
  for (const [group, title] of Object.entries(GROUPS)) {
    const members = commands.filter((command) => command.group === group);
    if (members.length === 0) continue;
    const lines = members.map(({ name, summary }) =>
      labelled(name, summary, { label: 2, text: 16 }, look)
    );
    blocks.push([heading(title, look), ...lines].join("\n"));
  }
  blocks.push(optionBlock("Options", globalOptions, look));
  blocks.push("See crit help COMMAND for what a command takes and does.");
  return blocks.join("\n\n") + "\n";
}

/** The help of a command. */
export function commandHelp(command: Command, look: Look): string {
  const blocks = [
    indented(`crit ${command.name}: ${command.summary}`, 0, look),
    `${heading("Usage", look)}\n  ${usageLine(command)}`,
    ...paragraphs(command.description).map((paragraph) =>
      typeof paragraph === "string"
        ? indented(paragraph, 0, look)
        : paragraph.map((line) => `  ${line}`.trimEnd()).join("\n")
    ),
  ];
  const positionals = Object.values(command.positionals ?? {});
  if (positionals.length > 0) {
    const lines = positionals.map((positional) => explained(positional.value, positional, look));
    blocks.push([heading("Arguments", look), ...lines].join("\n"));
  }
  if (command.options !== undefined) blocks.push(optionBlock("Options", command.options, look));
  blocks.push(
    heading("Examples", look) + "\n" + command.examples.map(({ line, doc }) => {
      return `  ${look.paint("bold", line)}\n${indented(doc, 6, look)}`;
    }).join("\n"),
  );
  if (command.exitCodes !== undefined) {
    blocks.push(termBlock("Exit codes of this command", command.exitCodes, look));
  }
  blocks.push(indented(SHARED, 0, look));
  return blocks.join("\n\n") + "\n";
}

/** What all commands share, in one line of each command's help. */
const SHARED = "See also `crit help options`, `crit help exit-codes`, `crit help environment`.";

/** The help of a topic. */
export function topicHelp(topic: Topic, look: Look): string {
  switch (topic) {
    case "options":
      return optionBlock("Options of every command", globalOptions, look) + "\n";
    case "exit-codes":
      return termBlock("Exit codes", exitCodes, look) + "\n";
    case "environment":
      return termBlock("Environment", environmentVariables, look) + "\n";
  }
}

function heading(title: string, look: Look): string {
  return look.paint("underline", title) + ":";
}

function optionBlock(title: string, options: Options, look: Look): string {
  const lines = Object.entries(options).map(([key, option]) =>
    explained(optionLabel(key, option), option, look)
  );
  return [heading(title, look), ...lines].join("\n");
}

function explained(label: string, value: Option | Positional, look: Look): string {
  const choices = choicesOf(value).map(([word, doc]) =>
    labelled(word, doc, { label: 30, text: 42 }, look)
  );
  return [labelled(label, meaning(value), { label: 2, text: 28 }, look), ...choices].join("\n");
}

function termBlock(title: string, terms: Readonly<Record<string, string>>, look: Look): string {
  const lines = Object.entries(terms).map(([term, doc]) =>
    labelled(term, doc, { label: 2, text: 16 }, look)
  );
  return [heading(title, look), ...lines].join("\n");
}
