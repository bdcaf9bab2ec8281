/** Options of the commands that take many dumps. @module */

import type { Options } from "../line/command.ts";

/** Options for the dumps, the number of jobs, and the form of the results. */
export const fleetOptions = {
  from: {
    kind: "path",
    value: "FILE",
    doc: "read names of further dumps from FILE, one per line; `-` is standard input",
  },
  null: {
    kind: "flag",
    short: "0",
    doc: "names in `--from` end with zero bytes, as `find -print0` writes them",
  },
  jobs: {
    kind: "number",
    short: "j",
    value: "N",
    min: 1,
    max: 256,
    doc: "examine N dumps at a time; by default, one",
  },
  jsonl: {
    kind: "flag",
    doc: "print JSON, one object per dump on a line, also for dumps that fail",
  },
} as const satisfies Options;
