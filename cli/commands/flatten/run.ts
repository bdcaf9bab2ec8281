/** What `crit flatten` does. @module */

import { openDump } from "../../../images/dump/open.ts";
import { PARENT } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import { FlattenedSource } from "../../../images/flatten/flattened.ts";
import "../../../plugins/mod.ts";
import { copyBytes } from "../../files/copy.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { NewDirectory } from "../../files/new_directory.ts";
import { asInput, placeIn, treeAround, treeBelow } from "../../files/tree.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

/** Runs `crit flatten`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const { out } = args;
  if (out === undefined) throw new CritError("usage", "flatten needs -o OUT");
  const dump = await openDump(args.dump, { parent: args.parent, ...archiveLimits(args) });
  using flat = new FlattenedSource(dump);
  const { made } = flat;
  // Whatever else is wrong with the chain, a dump that is to stand alone must be right.
  const [fault] = dump.allFaults;
  if (fault !== undefined) throw fault;
  const whole = treeAround(dump.source.path, dump.source);
  const tree = treeBelow(whole, placeIn(whole, dump.source));
  using directory = new NewDirectory(out, tree, !args.copy);
  directory.omit(PARENT);
  for (const [name, image] of made) {
    using input = asInput(image);
    using output = directory.create(name);
    await copyBytes(input, output);
    output.commit();
  }
  await directory.commit();
  if (args.json) writeText(jsonText(summaryOf(args.dump, flat)));
  return 0;
}

function summaryOf(path: string, { made, dump, files }: FlattenedSource) {
  let parents = 0;
  for (let parent = dump.parent; parent !== undefined; parent = parent.parent) parents++;
  const sizes = (wanted: ReadonlyMap<string, number>) =>
    [...wanted].filter(([name]) => /^pages-/.test(name)).reduce((sum, [, size]) => sum + size, 0);
  return {
    dump: path,
    parents,
    images: [...made.keys()],
    pages_before: sizes(dump.source.files),
    pages_after: sizes(files),
  };
}
