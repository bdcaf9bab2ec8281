/** What `crit stats` does. @module */

import { jsonOf } from "../images/stats/json.ts";
import { pagesBytes } from "../images/stats/pages.ts";
import { statsOf } from "../images/stats/stats.ts";
import type { Arguments, Context } from "./command.ts";
import { withDump } from "./dumps.ts";
import { jsonText } from "./json_text.ts";
import { loadPlugins } from "./plugins.ts";
import { Progress } from "./progress.ts";
import type { stats } from "./stats.ts";
import { statsText } from "./stats_text.ts";
import { lookOf, writeText } from "./terminal.ts";

/** Runs `crit stats`. */
export async function run(args: Arguments<typeof stats>, context: Context): Promise<number> {
  await loadPlugins(context);
  return await withDump(args, (dump) => {
    using progress = new Progress("pages", args.pages ? pagesBytes(dump) : 0);
    const figures = statsOf(dump, {
      pages: args.pages,
      onRead: (bytes) => progress.advance(bytes),
    });
    progress.clear();
    if (args.json) writeText(jsonText(jsonOf(figures)));
    else writeText(statsText(figures, lookOf("stdout", context.color)));
    return 0;
  });
}
