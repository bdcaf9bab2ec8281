/** What `crit completion` takes. @module */

import type { Command } from "../../line/command.ts";

/** Declaration of `crit completion`. */
export const declaration = {
  name: "completion",
  group: "self",
  summary: "print a shell's completions for crit",
  description: `
    Prints a script that teaches a shell to complete crit's commands, options, choices and file
    names.`,
  positionals: {
    shell: {
      kind: "choice",
      value: "SHELL",
      count: "one",
      choices: {
        bash: "for ~/.bashrc: `source <(crit completion bash)`",
        zsh: "into a directory of `$fpath`, as `_crit`",
        fish: "into ~/.config/fish/completions, as `crit.fish`",
      },
      doc: "which shell's",
    },
  },
  examples: [
    { line: "source <(crit completion bash)", doc: "in this shell" },
    { line: "crit completion zsh >~/.zfunc/_crit", doc: "for good, in zsh" },
  ],
} as const satisfies Command;
