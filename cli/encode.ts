/** What `crit encode` takes. @module */

import type { Command } from "./command.ts";

/** Declaration of `crit encode`. */
export const encode = {
  name: "encode",
  group: "image",
  summary: "turn JSON into an image",
  description: `
    Writes the image that a JSON file describes. It takes every form that decode writes, plain and
    pretty, with keys in any order and numbers as numbers or strings. JSON that does not make a
    whole, correct image is refused with its line and column; nothing is written then.`,
  positionals: {
    json: {
      kind: "path",
      value: "JSON",
      count: "optional",
      doc: "the JSON file, where `--in` does not name it",
    },
  },
  options: {
    in: {
      kind: "path",
      short: "i",
      aliases: ["input"],
      value: "IN",
      doc: "the JSON to read; standard input without it, or with `-`",
    },
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc: "where to write the image; standard output without it, or with `-`",
    },
    imageVersion: {
      kind: "choice",
      value: "VERSION",
      choices: { "1.0": "as CRIU up to 1.5.2 wrote it", "1.1": "as CRIU writes it since 1.6" },
      default: "1.1",
      doc: "which image version to write",
    },
    strict: {
      kind: "flag",
      doc: "refuse field names and shapes that only older tools and go-criu write",
    },
  },
  examples: [
    { line: "crit encode -i pstree.json -o pstree.img", doc: "put an edited image back" },
    {
      line: "crit decode -i core-1.img | sed s/old/new/ | crit encode -o new.img",
      doc: "edit on the way",
    },
  ],
} as const satisfies Command;
