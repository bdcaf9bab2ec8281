/** What `crit explain` takes. @module */

import { dumpPositional } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "explain",
  group: "dump",
  summary: "explain why CRIU failed, from its log",
  description: `
    Reads a log of \`criu dump\` or \`criu restore\`, of CRIU 3 or 4, finds the error that ended it,
    and prints what it means and what to do about it. With a DUMP it names the image and the entry
    that the error is about.

    If crit does not know an error, it prints the error as CRIU wrote it. \`crit check\` and \`crit
    preflight\` also look into the logs in a dump's directory.`,
  positionals: {
    log: {
      kind: "path",
      value: "LOG",
      count: "one",
      doc: "restore.log, dump.log, or CRIU's standard error; `-` is standard input",
    },
    dump: { ...dumpPositional, count: "optional" },
  },
  options: {
    list: { kind: "flag", doc: "list further errors in the log" },
    json: { kind: "flag", doc: "as JSON, for programs" },
  },
  examples: [
    { line: "crit explain dump/restore.log dump/", doc: "after a restore that failed" },
    { line: "criu dump -t 12 -D dump 2>&1 | crit explain -", doc: "without a log file" },
  ],
  exitCodes: { 1: "CRIU failed for an unknown reason", 3: "it is not a log of CRIU" },
} as const satisfies Command;
