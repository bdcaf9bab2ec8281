/** What `crit check` takes. @module */

import { dumpOptions, dumpsPositional } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "check",
  group: "dump",
  summary: "check that a dump is complete and can be restored",
  description: `
    Reads every image of a dump and checks it against rules: that images are complete, that none is
    missing, and that references between images resolve. Each finding is one line with a severity,
    the rule's name, the image, and what is wrong with it.

    An \`error\` means that CRIU could not restore the dump, or that data is lost; a \`warning\` is
    suspicious; a \`note\` is worth knowing. A pre-dump is checked as a pre-dump. The parent of an
    incremental dump must be there if it stores pages of the dump.

    Several dumps get a report each. One that cannot be read does not stop the others; the exit code
    is the worst of all.

    The rules are explained in docs/CHECK.md and by --list.`,
  positionals: {
    dumps: dumpsPositional,
  },
  options: {
    only: {
      kind: "text",
      words: "rules",
      value: "RULE",
      list: "commas",
      doc: "check these rules only",
    },
    ignore: {
      kind: "text",
      words: "rules",
      value: "RULE",
      list: "commas",
      doc: "leave these rules out",
    },
    fixHints: {
      kind: "flag",
      doc: "say what can be done about each finding",
    },
    ...dumpOptions,
    list: {
      kind: "flag",
      doc: "list the rules instead, all or those of --only and --ignore",
    },
    json: { kind: "flag", doc: "as JSON, for programs; of several dumps a list" },
    ...fleetOptions,
  },
  examples: [
    { line: "crit check dump/", doc: "before the dump is needed" },
    { line: "crit check dump/ --fix-hints", doc: "and what to do" },
    { line: "crit check dump/ --json | jq .errors", doc: "for scripts" },
    {
      line: "crit check --jsonl -j 4 *.tar | jq -r 'select(.errors>0).dump'",
      doc: "which archives have errors",
    },
    { line: "crit check --list", doc: "which rules there are" },
  ],
  exitCodes: { 1: "there is an error among the findings" },
} as const satisfies Command;
