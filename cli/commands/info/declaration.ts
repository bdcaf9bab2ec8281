/** What `crit info` takes. @module */

import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "info",
  group: "image",
  summary: "print an image's type and number of entries",
  description: `
    Prints {"magic": TYPE, "count": ENTRIES} for each image, without decoding the entries, and the
    image's path if there are several. For a directory or an archive, it prints all images.`,
  positionals: {
    images: {
      kind: "path",
      value: "IMAGE",
      count: "any",
      doc: "the images, or dumps of them; standard input without them, or with `-`",
    },
  },
  options: {
    verbose: {
      kind: "flag",
      short: "v",
      doc: "the image version, the byte order, the size, and how much of it is payload and extra " +
        "bytes",
    },
  },
  examples: [
    { line: "crit info pagemap-*.img", doc: "how many page ranges each task has" },
    {
      line: "crit info dump | jq -s 'max_by(.count).image'",
      doc: "which image of a dump has the most entries",
    },
  ],
} as const satisfies Command;
