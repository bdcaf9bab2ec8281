/** Options of the commands that convert whole dumps. @module */

import type { Options } from "../line/command.ts";

/** Options for a directory, an archive or several files. */
export const batchOptions = {
  match: {
    kind: "text",
    value: "GLOB",
    list: "repeat",
    doc: "of a dump only the files whose names match, such as `core-*` or `{core,mm}-[1-5].img`",
  },
  keepGoing: {
    kind: "flag",
    short: "k",
    doc: "go on after a file that cannot be converted, and say at the end which failed",
  },
  jobs: {
    kind: "number",
    short: "j",
    value: "N",
    min: 1,
    max: 256,
    doc: "convert on so many threads; without it on as many as pay",
  },
  json: {
    kind: "flag",
    doc: "say what became of each file of a dump as JSON on standard output, for programs",
  },
  link: {
    kind: "flag",
    doc: "make hard links in place of copies (memory pages, above all), where that can be",
  },
} as const satisfies Options;
