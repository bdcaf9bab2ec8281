/** What `crit convert` does. @module */

import { convertDump } from "../images/convert/convert.ts";
import { acceptedNames } from "../images/convert/drops.ts";
import { parseTarget } from "../images/convert/releases.ts";
import { Report } from "../images/convert/report.ts";
import { CritError } from "../images/errors.ts";
import type { Arguments, Context } from "./command.ts";
import type { convert } from "./convert.ts";
import { DirectoryProducts, type Finished, ImageProducts, noProducts } from "./convert_output.ts";
import { reportJson, reportText, sayRefusals } from "./convert_report.ts";
import { openSubject, type Subject } from "./convert_source.ts";
import { breathe } from "./interrupt.ts";
import { loadPlugins } from "./plugins.ts";
import { lookOf, writeText } from "./terminal.ts";

/** Runs `crit convert`. */
export async function run(args: Arguments<typeof convert>, context: Context): Promise<number> {
  await loadPlugins(context);
  const target = parseTarget(args.to);
  const report = new Report(acceptedNames(args.drop));
  using subject = await openSubject(args.dump);
  using products = productsFor(args, subject);
  for (const _turn of convertDump(subject.dump, target, products, report)) {
    const turn = breathe();
    if (turn !== undefined) await turn;
  }
  const isRefused = report.refusals.length > 0;
  if (!isRefused) products.commit();
  if (args.json) writeText(reportJson(target, report));
  else if (args.dryRun) writeText(reportText(target, report, lookOf("stdout", context.color)));
  if (isRefused) sayRefusals(target, report);
  return isRefused ? 1 : 0;
}

function productsFor(args: Arguments<typeof convert>, { dump, image }: Subject): Finished {
  if (args.dryRun) return noProducts;
  if (args.output === undefined) {
    throw new CritError("usage", "OUT is missing", {}, "--dry-run needs none");
  }
  return image === undefined
    ? new DirectoryProducts(args.output, dump.source, args.copy)
    : new ImageProducts(args.output, dump.source, image);
}
