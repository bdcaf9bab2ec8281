/** What `crit stats` does with one dump. @module */

import { snakeCased } from "../../../images/bytes/snake_case.ts";
import { openDump } from "../../../images/dump/open.ts";
import { pagesBytes } from "../../../images/stats/pages.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import "../../../plugins/mod.ts";
import { fleetWork } from "../../fleet/work.ts";
import { Progress } from "../../terminal/progress.ts";
import { painter } from "../../terminal/terminal.ts";
import { statsText } from "./text.ts";

/** How dumps are counted. */
export interface StatsWorkOptions {
  readonly pages: boolean;
  readonly parent: string | undefined;
  readonly maxSize: number | undefined;
  /** Whether it is the only dump, whose pages have a progress bar. */
  readonly isSingle: boolean;
  /** Whether text is coloured; undefined when an object is wanted. */
  readonly color: boolean | undefined;
  /** Columns of the text. */
  readonly width: number;
}

/** Figures, as text or as an object. */
export type Counted = { readonly text: string } | { readonly object: object };

/** Counts what is in a dump. */
export const statsWork = fleetWork<StatsWorkOptions, Counted>(
  import.meta.url,
  "crit stats",
  async (path, { pages, parent, maxSize, isSingle, color, width }) => {
    using dump = await openDump(path, { parent, maxSize });
    using progress = isSingle ? new Progress("pages", pages ? pagesBytes(dump) : 0) : undefined;
    const figures = statsOf(dump, { pages, onRead: (bytes) => progress?.advance(bytes) });
    progress?.clear();
    const object = snakeCased(figures) as object;
    const result = color === undefined
      ? { object: isSingle ? object : { dump: path, ...object } }
      : { text: statsText(figures, { paint: painter(color), width }) };
    const faults = dump.allFaults;
    return { code: faults.length > 0 ? 3 : 0, result, faults };
  },
);
