/** What `crit report` does. @module */

import { openDump } from "../../../images/dump/open.ts";
import { comparisonOf } from "../../../images/report/compare.ts";
import { reportPage } from "../../../images/report/page.ts";
import { VERSION } from "../../../version.ts";
import { withDump } from "../../files/dumps.ts";
import { openOutput } from "../../files/output.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import type { declaration } from "./declaration.ts";

/** Runs `crit report`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  return await withDump(args, async (dump) => {
    const encoder = new TextEncoder();
    const { compare, redact } = args;
    using other = compare === undefined ? undefined : await openDump(compare);
    const comparison = other === undefined ? undefined : comparisonOf(other, dump);
    using output = openOutput(args.out);
    const options = { redact, made: new Date(), version: VERSION, comparison };
    for await (const piece of reportPage(dump, options)) {
      output.write(encoder.encode(piece));
      await yieldToEventLoop();
    }
    output.commit();
    return 0;
  });
}
