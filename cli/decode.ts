/** What `crit decode` takes. @module */

import type { Command } from "./command.ts";

/** Declaration of `crit decode`. */
export const decode = {
  name: "decode",
  group: "image",
  summary: "turn an image into JSON",
  description: `
    Writes an image as JSON: {"magic": TYPE, "entries": […]}, with the field names of CRIU's own
    protobuf messages and exact numbers. What encode makes of it is the same image byte for byte.

    Without --pretty or --format the JSON is one line in a file or a pipe, and indented on a
    terminal.`,
  positionals: {
    image: {
      kind: "path",
      value: "IMAGE",
      count: "optional",
      doc: "the image, where `--in` does not name it",
    },
  },
  options: {
    in: {
      kind: "path",
      short: "i",
      aliases: ["input"],
      value: "IN",
      doc: "the image to read; standard input without it, or with `-`",
    },
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc: "where to write the JSON; standard output without it, or with `-`",
    },
    pretty: {
      kind: "flag",
      doc: "indented, with flags, addresses and devices in readable form",
    },
    format: {
      kind: "choice",
      short: "f",
      value: "FORMAT",
      choices: { raw: "one line", nice: "indented, with plain values" },
      doc: "how to lay out the JSON",
    },
    nopl: { kind: "flag", doc: "the size of extra bytes instead of the bytes" },
  },
  examples: [
    { line: "crit decode -i core-1.img --pretty", doc: "read a task's registers and state" },
    { line: "crit decode -i pstree.img -o pstree.json", doc: "into a file, as one line" },
  ],
} as const satisfies Command;
