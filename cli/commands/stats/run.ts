/** What `crit stats` does. @module */

import { jsonOf } from "../../../images/stats/json.ts";
import { pagesBytes } from "../../../images/stats/pages.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import { withDump } from "../../files/dumps.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { Progress } from "../../terminal/progress.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { statsText } from "./text.ts";

/** Runs `crit stats`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
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
