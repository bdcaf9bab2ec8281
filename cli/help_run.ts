/** What `crit help` does. @module */

import type { Arguments, Context } from "./command.ts";
import { allCommands } from "./commands.ts";
import type { help } from "./help.ts";
import { commandHelp, overview } from "./help_text.ts";
import { later } from "./later.ts";
import { lookOf, writeText } from "./terminal.ts";

/** Runs `crit help`. */
export async function run(args: Arguments<typeof help>, context: Context): Promise<number> {
  if (args.man) {
    const { manPage }: typeof import("./man_page.ts") = await import(later("./man_page.ts"));
    writeText(manPage(allCommands));
    return 0;
  }
  const look = lookOf("stdout", context.color);
  const command = allCommands.find(({ name }) => name === args.command);
  writeText(command === undefined ? overview(allCommands, look) : commandHelp(command, look));
  return 0;
}
