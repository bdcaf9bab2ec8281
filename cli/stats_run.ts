/** What `crit stats` does. @module */

import { pagesBytes } from "../images/stats/pages.ts";
import { statsOf } from "../images/stats/stats.ts";
import type { Arguments, Context } from "./command.ts";
import { withDump } from "./dumps.ts";
import { jsonOf } from "./json.ts";
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
    if (args.json) writeText(`${JSON.stringify(jsonOf(figures), null, 4)}\n`);
    else writeText(statsText(figures, lookOf("stdout", context.color)));
    return 0;
  });
}
