/** What `crit stats` takes. @module */

import { dumpOptions, dumpsPositional } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

/** Declaration of `crit stats`. */
export const declaration = {
  name: "stats",
  group: "dump",
  summary: "tell what is in a dump, in figures",
  description: `
    Counts tasks, files, sockets, memory areas and images, says what CRIU itself measured, and which
    release of CRIU is the oldest that knows all that the dump has.

    Counting looks at the images, not at the pages: it takes no longer for a large process. With
    --pages the pages are read too. Equal pages are told by hashes of 64 bits.`,
  positionals: { dumps: dumpsPositional },
  options: {
    pages: {
      kind: "flag",
      doc: "read all pages of the dump, and count those that are zero and those that are equal",
    },
    json: { kind: "flag", doc: "the figures as JSON, sizes in bytes: see docs/STATS.md" },
    ...fleetOptions,
    ...dumpOptions,
  },
  examples: [
    { line: "crit stats DUMP", doc: "what is in the dump" },
    { line: "crit stats --pages DUMP", doc: "what removing zero and equal pages would save" },
    {
      line: "crit stats --json DUMP | jq -r .release.oldest_release",
      doc: "the oldest CRIU that knows all that the dump has",
    },
  ],
} as const satisfies Command;
