/** What `crit stats` takes. @module */

import { dumpOptions, dumpsPositional } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "stats",
  group: "dump",
  summary: "print figures of a dump",
  description: `
    Counts tasks, files, sockets, memory areas and images, prints CRIU's own measurements, and names
    the oldest release of CRIU that reads the dump without losing anything.

    It reads the images, not the pages, so a large process takes no longer. With --pages it reads
    the pages too, and finds equal pages by 64-bit hashes.`,
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
    { line: "crit stats DUMP", doc: "count everything" },
    { line: "crit stats --pages DUMP", doc: "what removing zero and equal pages would save" },
    {
      line: "crit stats --json DUMP | jq -r .release.oldest_release",
      doc: "the oldest CRIU that reads the dump",
    },
  ],
} as const satisfies Command;
