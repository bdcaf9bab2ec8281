/** What `crit convert` does. @module */

import { convertDump } from "../../../images/convert/convert.ts";
import { acceptedNames } from "../../../images/convert/drops.ts";
import { checkParents } from "../../../images/convert/parents.ts";
import { ConversionReport } from "../../../images/convert/report.ts";
import { CritError } from "../../../images/errors.ts";
import { parseTarget } from "../../../images/releases/releases.ts";
import { namingDump, namingImage } from "../../files/error_places.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { emptyTree, placeOfSource, treeAround } from "../../files/tree.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import { type Chain, chainInTree } from "./chain.ts";
import type { declaration } from "./declaration.ts";
import { DumpProducts, type Finished, ImageProducts, noProducts } from "./output.ts";
import { parentOfOutput } from "./parent.ts";
import { conversionText, reportJson, reportOfChain, sayRefusals } from "./report.ts";
import { openSubject, type Subject } from "./source.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const target = parseTarget(args.to);
  const accepted = acceptedNames(args.drop);
  using subject = await openSubject(args.dump, archiveLimits(args));
  const chain = chainFor(args, subject);
  using products = productsFor(args, subject, chain);
  const reports: ConversionReport[] = [];
  const convert = async () => {
    for (const [index, { dump }] of chain.links.entries()) {
      const report = new ConversionReport(accepted);
      reports.push(report);
      for (const _turn of convertDump(dump, target, products.of(index), report)) {
        const turn = yieldToEventLoop();
        if (turn !== undefined) await turn;
      }
    }
    if (!args.withParents && subject.image === undefined) {
      using parent = await parentOfOutput(args, chain.links[0]!);
      if (parent !== undefined) checkParents(subject.dump, parent, target, reports[0]!);
    }
  };
  const { image } = subject;
  await (image === undefined ? namingDump(args.dump, convert) : namingImage(args.dump, convert));
  const report = reportOfChain(reports);
  const isRefused = report.refusals.length > 0;
  if (!isRefused) await products.commit();
  if (args.json) writeText(reportJson(target, report));
  else if (args.dryRun) writeText(conversionText(target, report, lookOf("stdout", context.color)));
  if (isRefused) sayRefusals(target, report);
  return isRefused ? 1 : 0;
}

/** What is converted: the dump or image alone, or with its parents. */
function chainFor(args: Arguments<typeof declaration>, { dump, image }: Subject): Chain {
  if (image !== undefined) {
    if (!args.withParents) {
      return { links: [{ dump, place: "" }], tree: emptyTree() };
    }
    throw new CritError("usage", `${args.dump} is an image, which has no parents`);
  }
  const tree = treeAround(args.dump, dump.source);
  if (args.withParents) return chainInTree(dump, tree);
  return { links: [{ dump, place: placeOfSource(tree, dump.source) }], tree };
}

function productsFor(
  args: Arguments<typeof declaration>,
  subject: Subject,
  chain: Chain,
): Finished {
  if (args.dryRun) return noProducts;
  if (args.output === undefined) {
    throw new CritError("usage", "OUT is missing", {}, "--dry-run needs none");
  }
  if (subject.image === undefined) return new DumpProducts(args.output, chain, args.copy);
  return new ImageProducts(args.output, subject.dump.source, subject.image, subject.mode);
}
