/** Options of the commands that convert whole dumps. @module */

import type { Options } from "../line/command.ts";

/** Options for a directory, an archive or several files. */
export const batchOptions = {
  match: {
    kind: "text",
    value: "GLOB",
    list: "repeat",
    doc: "only files of a dump whose names match, such as `core-*` or `{core,mm}-[1-5].img`",
  },
  keepGoing: {
    kind: "flag",
    short: "k",
    doc: "continue after a file that cannot be converted, and report failures at the end",
  },
  jobs: {
    kind: "number",
    short: "j",
    value: "N",
    min: 1,
    max: 256,
    doc: "convert with N threads; by default, as many as are useful",
  },
  json: {
    kind: "flag",
    doc: "report the result for each file of a dump as JSON on standard output",
  },
  link: {
    kind: "flag",
    doc: "make hard links instead of copies if possible, mainly for memory pages",
  },
} as const satisfies Options;
