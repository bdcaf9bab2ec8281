/** What `crit completion` does. @module */

import { CritError } from "../../../images/errors.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { bashCompletion } from "../../line/complete_bash.ts";
import { fishCompletion } from "../../line/complete_fish.ts";
import { zshCompletion } from "../../line/complete_zsh.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function run(
  { shell, words, dump }: Arguments<typeof declaration>,
  context: Context,
): Promise<number> {
  if (words !== undefined) {
    const { wordsOf }: typeof import("./words.ts") = await import(lazySpecifier("./words.ts"));
    const lines = await wordsOf(words, { dumps: dump, plugins: context.plugins });
    writeText(lines.map((line) => `${line}\n`).join(""));
    return 0;
  }
  if (shell === undefined) {
    const shells = Object.keys(SCRIPTS).join(", ");
    throw new CritError("usage", `completion: SHELL is missing: ${shells}`);
  }
  writeText(SCRIPTS[shell](await context.allDeclarations()));
  return 0;
}
