/** What `crit encode` takes. @module */

import { batchOptions } from "../../batch/batch_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "encode",
  group: "image",
  summary: "turn JSON into an image, or a directory of it into a dump",
  description: `
    Writes the image that a JSON file describes. It takes every form that decode writes, plain and
    pretty, with keys in any order and numbers as numbers or strings. JSON that does not describe a
    complete, correct image is refused with its line and column, and nothing is written.

    For a directory that decode wrote, or several JSON files, the output is a dump: the image NAME
    for each NAME.json of an image, and a copy of everything else. The inventory is written last, so
    a directory that has one is complete. Existing files in the output directory are replaced one by
    one, each when the new one is complete; others stay. The first failure ends the run, unless
    --keep-going is given.

    OUT becomes an archive, complete or absent, if it ends in .tar, .tar.gz or .tar.zst. If decode
    made the directory from an archive, members keep their order, owners, times and names, and
    whatever did not change is the same byte for byte: decode keeps the headers of the archive in
    .archive-headers.`,
  positionals: {
    files: {
      kind: "path",
      value: "JSON",
      count: "any",
      doc: "the JSON file, the directory or several files, unless `--in` names it",
    },
  },
  options: {
    in: {
      kind: "path",
      short: "i",
      aliases: ["input"],
      value: "IN",
      doc: "the JSON or directory to read; standard input without it, or with `-`",
    },
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc: "where to write the image, or the directory or archive for a dump; standard output " +
        "without it, or with `-`",
    },
    imageVersion: {
      kind: "choice",
      value: "VERSION",
      choices: { "1.0": "as CRIU up to 1.5.2 wrote it", "1.1": "as CRIU writes it since 1.6" },
      doc: "which image version to write; 1.1 without it, or what a dump's inventory says",
    },
    byteOrder: {
      kind: "choice",
      value: "ORDER",
      choices: { little: "as on most machines", big: "as on s390x" },
      doc: "which byte order the image has if its JSON has no `byte_order`; little without it",
    },
    strict: {
      kind: "flag",
      doc: "refuse field names and shapes that only older tools and go-criu write",
    },
    ...batchOptions,
  },
  examples: [
    { line: "crit encode -i pstree.json -o pstree.img", doc: "put an edited image back" },
    { line: "crit encode -i json -o dump", doc: "put a whole dump back" },
    { line: "crit encode -i json -o checkpoint.tar.zst", doc: "or the archive that it came from" },
    {
      line: "crit decode -i core-1.img | sed s/old/new/ | crit encode -o new.img",
      doc: "edit on the way",
    },
  ],
} as const satisfies Command;
