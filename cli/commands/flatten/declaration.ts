/** What `crit flatten` takes. @module */

import { dumpOptions, dumpPositional } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "flatten",
  group: "dump",
  summary: "turn a chain of incremental dumps into one dump without parents",
  description: `
    Writes the last dump of a chain with all pages of its parents, so that it needs no other dump.
    The other images are those of the last dump; they are hard-linked if possible.

    The new dump is complete or absent. It is an error if a page is in no dump of the chain.

    OUT becomes an archive if it ends in .tar, .tar.gz or .tar.zst. If DUMP is in an archive of a
    container engine, OUT has all its members, unchanged and in their order, except the dumps that
    are no longer needed.`,
  positionals: {
    dump: { ...dumpPositional, doc: "the last dump of the chain: a directory or an archive" },
  },
  options: {
    out: { kind: "path", short: "o", value: "OUT", doc: "the new directory, or the new archive" },
    copy: { kind: "flag", doc: "copy unchanged files, so that the dumps share no files" },
    json: { kind: "flag", doc: "report the result as JSON" },
    ...dumpOptions,
  },
  examples: [
    { line: "crit flatten chain/3 -o whole", doc: "then: criu restore -D whole" },
    { line: "crit flatten chain.tar.zst -o whole", doc: "of the last dump in an archive" },
    {
      line: "crit flatten dump.tar --parent pre-dump.tar -o whole.tar",
      doc: "what `podman … --with-previous` wrote, with the archive of its pre-checkpoint",
    },
  ],
} as const satisfies Command;
