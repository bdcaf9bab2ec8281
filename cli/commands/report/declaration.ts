/** What `crit report` takes. @module */

import { dumpOptions, dumpsPositional } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "report",
  group: "dump",
  summary: "write an HTML report of a dump",
  description: `
    Writes one self-contained HTML file: summary, process tree, a page for each task, memory as
    pictures, a graph of the connections between tasks, mounts, network, timings, and the findings
    of check. The page needs no network, and opens in any current browser.

    The report shows whether this machine can restore the dump, as \`crit preflight\` does;
    --offline leaves that out. It contains the command lines and environments of the dump; --redact
    leaves them out, for example for a public bug report. It never contains the contents of memory,
    files or queues.

    For several dumps, -o names a directory, which gets one report per dump: web.html for
    web.tar.gz. If a dump cannot be read, the others are still written; the exit code is the worst
    of all.`,
  positionals: { dumps: dumpsPositional },
  options: {
    ...dumpOptions,
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc: "where to write the report, by default `report.html`; `-` is standard output; for " +
        "several dumps, a directory",
    },
    redact: { kind: "flag", doc: "leave out command lines and environments" },
    offline: { kind: "flag", doc: "do not inspect this machine" },
    compare: {
      kind: "path",
      value: "OTHER",
      doc: "another dump; the report also shows the differences from it",
    },
    ...fleetOptions,
  },
  examples: [
    { line: "crit report dump", doc: "write report.html" },
    { line: "crit report checkpoint.tar.gz -o web.html --redact", doc: "a page for a bug report" },
    { line: "crit report dump --compare older-dump", doc: "with what changed since" },
    { line: "crit report *.tar -o pages -j 4", doc: "a page for each archive" },
  ],
} as const satisfies Command;
