/** What `crit x` takes. @module */

import { VIEW_SUMMARIES } from "../../../images/explore/names.ts";
import { dumpOptions, dumpPositional, pidOption } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "x",
  group: "dump",
  summary: "look into a dump: tasks, files, memory, sockets and more",
  description: `
    Prints one view of a dump as a table, or with --json as a list of objects whose keys docs/X.md
    explains. ps, fds, mems and rss are printed as CRIU's own tool prints them.

    Missing or damaged images are named on standard error; everything else is shown.`,
  positionals: {
    dump: dumpPositional,
    view: {
      kind: "choice",
      value: "VIEW",
      count: "one",
      choices: VIEW_SUMMARIES,
      doc: "what to show",
    },
  },
  options: {
    ...dumpOptions,
    pid: { ...pidOption, doc: "only this task" },
    args: { kind: "flag", doc: "ps: the full command line, read from memory" },
    tree: { kind: "flag", doc: "ps: draw the tree" },
    json: { kind: "flag", doc: "as JSON, for programs" },
  },
  examples: [
    { line: "crit x dump ps --args --tree", doc: "what was running" },
    { line: "crit x dump sk", doc: "which connections and listeners there are" },
    { line: "crit x checkpoint.tar.zst fds -p 1 --json", doc: "open files, for a program" },
  ],
} as const satisfies Command;
