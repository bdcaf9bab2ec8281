/** What `crit convert` does. @module */

import { convertDump } from "../../../images/convert/convert.ts";
import { acceptedNames } from "../../../images/convert/drops.ts";
import { ConversionReport } from "../../../images/convert/report.ts";
import { CritError } from "../../../images/errors.ts";
import { parseTarget } from "../../../images/releases/releases.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { treeAround } from "../../files/tree.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { DumpProducts, type Finished, ImageProducts, noProducts } from "./output.ts";
import { reportJson, reportText, sayRefusals } from "./report.ts";
import { openSubject, type Subject } from "./source.ts";

/** Runs `crit convert`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const target = parseTarget(args.to);
  const report = new ConversionReport(acceptedNames(args.drop));
  using subject = await openSubject(args.dump, archiveLimits(args));
  using products = productsFor(args, subject);
  for (const _turn of convertDump(subject.dump, target, products, report)) {
    const turn = yieldToEventLoop();
    if (turn !== undefined) await turn;
  }
  const isRefused = report.refusals.length > 0;
  if (!isRefused) await products.commit();
  if (args.json) writeText(reportJson(target, report));
  else if (args.dryRun) writeText(reportText(target, report, lookOf("stdout", context.color)));
  if (isRefused) sayRefusals(target, report);
  return isRefused ? 1 : 0;
}

function productsFor(args: Arguments<typeof declaration>, subject: Subject): Finished {
  if (args.dryRun) return noProducts;
  if (args.output === undefined) {
    throw new CritError("usage", "OUT is missing", {}, "--dry-run needs none");
  }
  const { source } = subject.dump;
  if (subject.image === undefined) {
    return new DumpProducts(args.output, treeAround(args.dump, source), source, args.copy);
  }
  return new ImageProducts(args.output, source, subject.image, subject.mode);
}
