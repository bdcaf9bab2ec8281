/** What `crit completion` does. @module */

import { bashCompletion } from "./completion_bash.ts";
import { fishCompletion } from "./completion_fish.ts";
import { zshCompletion } from "./completion_zsh.ts";
import type { Arguments, Context } from "./command.ts";
import { allCommands } from "./commands.ts";
import type { completion } from "./completion.ts";
import { writeText } from "./terminal.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Runs `crit completion`. */
export function run(args: Arguments<typeof completion>, _context: Context): number {
  writeText(SCRIPTS[args.shell](allCommands));
  return 0;
}
