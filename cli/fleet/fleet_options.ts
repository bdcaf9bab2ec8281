/** Options of the commands that take many dumps. @module */

import type { Options } from "../line/command.ts";

/** Which dumps, how many at once, and the form of the answers. */
export const fleetOptions = {
  from: {
    kind: "path",
    value: "FILE",
    doc: "the names of further dumps, one a line; `-` reads them from standard input",
  },
  null: {
    kind: "flag",
    short: "0",
    doc: "the names in `--from` end with a zero byte each, as `find -print0` writes them",
  },
  jobs: {
    kind: "number",
    short: "j",
    value: "N",
    min: 1,
    max: 256,
    doc: "look at so many dumps at once; without it at one",
  },
  jsonl: {
    kind: "flag",
    doc: "as JSON, one object a line and dump; a dump that fails has its object too",
  },
} as const satisfies Options;
