/** What `crit completion` does. @module */

import type { Arguments, Context } from "../../line/command.ts";
import { bashCompletion } from "../../line/complete_bash.ts";
import { fishCompletion } from "../../line/complete_fish.ts";
import { zshCompletion } from "../../line/complete_zsh.ts";
import { writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Runs `crit completion`. */
export async function run(
  args: Arguments<typeof declaration>,
  context: Context,
): Promise<number> {
  writeText(SCRIPTS[args.shell](await context.allDeclarations()));
  return 0;
}
