/** What `crit help` takes. @module */

import type { Command } from "../../line/command.ts";
import { TOPICS } from "../../line/global.ts";

export const declaration = {
  name: "help",
  group: "self",
  summary: "explain crit or one of its commands",
  description: `
    Without a command, an overview. With one, all that the command takes and does; crit COMMAND
    --help prints the same.`,
  positionals: {
    command: {
      kind: "command",
      others: TOPICS,
      value: "COMMAND",
      count: "optional",
      doc: "the command to explain; or `options`, `exit-codes`, `environment`",
    },
  },
  options: {
    man: { kind: "flag", doc: "the manual page of all of crit, for `man -l -`" },
  },
  examples: [
    { line: "crit help decode", doc: "all about decode" },
    { line: "crit help --man | man -l -", doc: "read the manual page" },
  ],
} as const satisfies Command;
