/** What `crit help` does. @module */

import type { Arguments, Context } from "../../line/command.ts";
import { type Topic, TOPICS } from "../../line/global.ts";
import { commandHelp, overview, topicHelp } from "../../line/help.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  const commands = await context.allDeclarations();
  if (args.man) {
    const { manPage }: typeof import("../../line/man_page.ts") = await import(
      lazySpecifier("../../line/man_page.ts")
    );
    writeText(manPage(commands));
    return 0;
  }
  const look = lookOf("stdout", context.color);
  if (isTopic(args.command)) {
    writeText(topicHelp(args.command, look));
    return 0;
  }
  const command = commands.find(({ name }) => name === args.command);
  writeText(command === undefined ? overview(commands, look) : commandHelp(command, look));
  return 0;
}

function isTopic(word: string | undefined): word is Topic {
  return word !== undefined && Object.hasOwn(TOPICS, word);
}
