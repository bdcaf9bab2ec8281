/** What `crit convert` takes. @module */

import { archiveOptions } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "convert",
  group: "dump",
  summary: "rewrite a dump for another CRIU release or image version",
  description: `
    Writes a dump in the format of a CRIU release, older or newer than the one that made it:
    values are moved to where that release expects them, and fields that it does not know are
    removed. With \`--to 1.0\` or \`--to 1.1\` only the magic numbers change.

    Fields the release does not know are dropped silently if dropping them changes nothing. If
    something would be lost, nothing is written, and every loss is listed with the name for
    \`--drop\` that accepts it.

    The new dump is either complete or absent. Unchanged files are hard-linked if possible; pages
    are not read. Other files and subdirectories are kept.

    A dump that builds on a parent is refused if the release cannot read the parent as it is.
    Convert the dumps of a chain one after the other, the first one first, and give the new
    directories the same places beside each other; or convert the whole chain with
    \`--with-parents\`: each parent then comes into a directory \`parent\` of the dump that builds
    on it, or stays where it is in IN.

    A single image is converted on its own; values that belong in other images need the whole dump.`,
  positionals: {
    dump: {
      kind: "path",
      value: "IN",
      count: "one",
      doc: "the dump: a directory or an archive; or a single image",
    },
    output: {
      kind: "path",
      value: "OUT",
      count: "optional",
      doc: "the new directory or image, or an archive, `OUT.tar`, `OUT.tar.gz` or `OUT.tar.zst`; " +
        "needed without `--dry-run`",
    },
  },
  options: {
    to: {
      kind: "text",
      words: "releases",
      value: "VERSION",
      doc: "a CRIU release from 1.3 on (the newest without this), or image version 1.0 or 1.1",
    },
    drop: {
      kind: "text",
      value: "FIELD",
      list: "commas",
      doc: "accept the loss of a field, `message.field` or `field`, or of an image type; with " +
        "`parent`, that the parents are not converted",
    },
    withParents: {
      kind: "flag",
      doc: "also convert the parent dumps, into OUT",
    },
    dryRun: {
      kind: "flag",
      short: "n",
      doc: "print the changes to each image, and write nothing",
    },
    copy: {
      kind: "flag",
      doc: "copy unchanged files, so that the dumps share no files",
    },
    ...archiveOptions,
    json: { kind: "flag", doc: "print changes and losses as JSON" },
  },
  examples: [
    { line: "crit convert dump for-3.17.1 --to 3.17.1", doc: "for the CRIU of Debian 12" },
    { line: "crit convert old-dump new-dump", doc: "from any release to the newest" },
    { line: "crit convert -n dump --to 3.13", doc: "what would change, and what would be lost" },
    { line: "crit convert dumps/3 for-4.1 --to 4.1 --with-parents", doc: "a chain" },
    {
      line: "crit convert dump out --to 3.16 --drop rseq_entry",
      doc: "without restartable sequences, which CRIU 3.16 does not know",
    },
  ],
  exitCodes: { 1: "something would be lost that `--drop` does not name; nothing was written" },
} as const satisfies Command;
