/** What `crit report` takes. @module */

import { dumpOptions, dumpPositional } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

/** Declaration of `crit report`. */
export const declaration = {
  name: "report",
  group: "dump",
  summary: "write a dump as one HTML page to look at",
  description: `
    Writes one self-contained HTML file: summary, process tree, a page for each task, memory as
    pictures, a graph of what connects the tasks, mounts, network, timings, and what check finds.
    The page loads nothing and sends nothing; it opens in any current browser by a double click.

    It holds what the dump holds, command lines and environments included. --redact leaves those
    out, for a public bug report.`,
  positionals: { dump: dumpPositional },
  options: {
    ...dumpOptions,
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      default: "report.html",
      doc: "where to write the page; standard output with `-`",
    },
    redact: { kind: "flag", doc: "leave out command lines, environments and queued data" },
    compare: {
      kind: "path",
      value: "OTHER",
      doc: "another dump: the page also shows what differs from it",
    },
  },
  examples: [
    { line: "crit report dump", doc: "write report.html" },
    { line: "crit report checkpoint.tar.gz -o web.html --redact", doc: "a page for a bug report" },
    { line: "crit report dump --compare older-dump", doc: "with what changed since" },
  ],
} as const satisfies Command;
