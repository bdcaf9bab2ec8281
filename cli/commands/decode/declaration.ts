/** What `crit decode` takes. @module */

import { batchOptions } from "../../batch/batch_options.ts";
import { bigNumbers } from "../../images/big_numbers.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "decode",
  group: "image",
  summary: "turn an image, or a whole dump, into JSON",
  description: `
    Writes an image as JSON: {"magic": TYPE, "entries": […]}, with the field names of CRIU's own
    protobuf messages and exact numbers. A program that reads JSON's numbers as doubles, such as jq
    before 1.7, rounds those beyond 2^53 (registers, addresses): --big-numbers=string keeps them.
    encode turns the JSON back into the same image, byte for byte.

    Without --pretty or --format, the JSON is one line in a file or a pipe, and indented on a
    terminal.

    For a directory, an archive (.tar, .tar.gz, .tar.zst) or several images, the output is a
    directory: NAME.json for each image, and a copy of everything else, such as memory pages. A link
    to the parent dump leads to the same dump. Existing files in the output directory are replaced
    one by one, each when the new one is complete; others stay. encode turns the directory back into
    the same dump, byte for byte, and into the same archive: the archive's headers are kept in
    .archive-headers. The first failure ends the run, unless --keep-going is given.`,
  positionals: {
    images: {
      kind: "path",
      value: "IMAGE",
      count: "any",
      doc: "the image, the dump or several images, unless `--in` names it",
    },
  },
  options: {
    in: {
      kind: "path",
      short: "i",
      aliases: ["input"],
      value: "IN",
      doc: "the image or dump to read; standard input without it, or with `-`",
    },
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc:
        "where to write the JSON: a file, or a directory for a dump or several images; standard " +
        "output without it, or with `-`",
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
      doc: "layout of the JSON",
    },
    nopl: { kind: "flag", doc: "the size of extra bytes instead of the bytes" },
    bigNumbers,
    ...batchOptions,
  },
  examples: [
    { line: "crit decode -i core-1.img --pretty", doc: "read a task's registers and state" },
    { line: "crit decode -i pstree.img -o pstree.json", doc: "into a file, as one line" },
    { line: "crit decode -i dump -o json --pretty", doc: "a whole dump" },
    {
      line: "crit decode --big-numbers=string mm-1.img | jq -r '.entries[0].vmas[].start'",
      doc: "for a jq that rounds numbers",
    },
    { line: "crit decode -i dump -o json --match 'core-*'", doc: "the tasks' cores only" },
  ],
} as const satisfies Command;
