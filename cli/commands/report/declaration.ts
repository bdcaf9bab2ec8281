/** What `crit report` takes. @module */

import { dumpOptions, dumpsPositional } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "report",
  group: "dump",
  summary: "write a dump as one HTML page to look at",
  description: `
    Writes one self-contained HTML file: summary, process tree, a page for each task, memory as
    pictures, a graph of what connects the tasks, mounts, network, timings, and what check finds.
    The page loads nothing and sends nothing; it opens in any current browser by a double click.

    The page says whether the dump could be restored on this machine, as \`crit preflight\` does;
    --offline leaves that out. It holds what the dump holds, command lines and environments
    included: --redact leaves those out, for a public bug report. No page holds the contents of
    memory, files or queues.

    Several dumps get a page each, in the directory that -o names: the page of web.tar.gz is
    web.html. A dump that cannot be read does not stop the others; the exit code is the worst of
    all.`,
  positionals: { dumps: dumpsPositional },
  options: {
    ...dumpOptions,
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc:
        "where to write the page, `report.html` without it; standard output with `-`; for several dumps a directory",
    },
    redact: { kind: "flag", doc: "leave out command lines and environments" },
    offline: { kind: "flag", doc: "ask nothing of this machine" },
    compare: {
      kind: "path",
      value: "OTHER",
      doc: "another dump: the page also shows what differs from it",
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
