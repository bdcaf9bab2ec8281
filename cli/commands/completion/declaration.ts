/** What `crit completion` takes. @module */

import { type Command, WORDS } from "../../line/command.ts";

export const declaration = {
  name: "completion",
  group: "self",
  summary: "print a shell's completions for crit",
  description: `
    Prints a script that teaches a shell to complete crit's commands, options, choices and file
    names. For names of rules, image types, releases and processes the script asks crit itself, with
    --words.`,
  positionals: {
    shell: {
      kind: "choice",
      value: "SHELL",
      count: "optional",
      choices: {
        bash: "for ~/.bashrc: `source <(crit completion bash)`",
        zsh: "into a directory of `$fpath`, as `_crit`",
        fish: "into ~/.config/fish/completions, as `crit.fish`",
      },
      doc: "which shell's",
    },
  },
  options: {
    words: {
      kind: "choice",
      value: "WORDS",
      choices: WORDS,
      doc: "print words that complete a value, each on a line, instead of a script",
    },
    dump: {
      kind: "path",
      value: "DUMP",
      list: "repeat",
      doc: "a dump whose processes are meant; what is none is passed over",
    },
  },
  examples: [
    { line: "source <(crit completion bash)", doc: "in this shell" },
    { line: "crit completion zsh >~/.zfunc/_crit", doc: "for good, in zsh" },
  ],
} as const satisfies Command;
