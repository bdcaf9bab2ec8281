/** What `crit show` takes. @module */

import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "show",
  group: "image",
  summary: "print an image for reading",
  description: `
    Prints an image as indented JSON with flags, addresses and devices in readable form: the same as
    decode --pretty.`,
  positionals: {
    image: {
      kind: "path",
      value: "IMAGE",
      count: "optional",
      doc: "the image; standard input without it, or with `-`",
    },
  },
  options: {
    nopl: { kind: "flag", doc: "the size of extra bytes instead of the bytes" },
  },
  examples: [
    { line: "crit show files.img", doc: "every open file of the dump" },
    { line: "crit show --nopl pipes-data.img", doc: "without what is in the pipes" },
  ],
} as const satisfies Command;
