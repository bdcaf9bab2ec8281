/** What `crit flatten` does. @module */

import { below, isWithin } from "../../../images/bytes/paths.ts";
import { countOf } from "../../../images/bytes/sizes.ts";
import type { DumpImages } from "../../../images/dump/images.ts";
import { openDump } from "../../../images/dump/open.ts";
import { type ImageSource, PARENT } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import { FlattenedSource } from "../../../images/flatten/flattened.ts";
import "../../../plugins/mod.ts";
import { copyBytes } from "../../files/copy.ts";
import { inDump, namingDump } from "../../files/error_places.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { becomesArchive, type NewDump, newDump } from "../../files/new_archive.ts";
import {
  asInput,
  placeOfParent,
  placeOfSource,
  type Tree,
  treeAround,
  treeBelow,
} from "../../files/tree.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const { out } = args;
  if (out === undefined) throw new CritError("usage", "flatten needs -o OUT");
  const dump = await openDump(args.dump, { parent: args.parent, ...archiveLimits(args) });
  using flat = await namingDump(args.dump, () => new FlattenedSource(dump));
  const { made } = flat;
  // Whatever else is wrong with the chain, a dump that is to stand alone must be right.
  const [fault] = dump.allFaults;
  if (fault !== undefined) throw inDump(fault, args.dump);
  const isArchive = becomesArchive(out);
  // An archive keeps what an engine has put beside the dump.
  const whole = treeAround(isArchive ? args.dump : dump.source.path, dump.source);
  const place = placeOfSource(whole, dump.source);
  const tree = isArchive ? whole : treeBelow(whole, place);
  const top = isArchive ? place : "";
  using output = newDump(out, tree, { links: !args.copy });
  output.omit(below(top, PARENT));
  for (const parent of isArchive ? parentsOf(dump) : []) {
    omitParent(output, tree, place, parent.source);
  }
  for (const [name, image] of made) {
    using input = asInput(image);
    using file = output.create(below(top, name));
    await copyBytes(input, file);
    file.commit();
  }
  await output.commit();
  const holes = dump.holes.files.reduce((sum, { holes }) => sum + holes, 0);
  if (holes > 0) {
    warn(
      `crit: ${countOf(holes, "page")} of the last dump ${
        holes === 1 ? "was" : "were"
      } punched out by --auto-dedup: zeros`,
    );
  }
  if (args.json) writeText(jsonText(summaryOf(args.dump, flat)));
  return 0;
}

/** The dumps that a dump builds upon, the next one first. */
function* parentsOf(dump: DumpImages): Generator<DumpImages> {
  for (let parent = dump.parent; parent !== undefined; parent = parent.parent) yield parent;
}

/** Leaves out a parent dump that is in the tree; the one dump that is made has no need of it. */
function omitParent(output: NewDump, tree: Tree, dump: string, source: ImageSource): void {
  const place = placeOfParent(tree, source);
  if (place === undefined || place === dump) return;
  if (place !== "" && !isWithin(new Set([place]), dump)) output.omit(place);
  else for (const name of [PARENT, ...source.files.keys()]) output.omit(below(place, name));
}

function summaryOf(path: string, { made, dump, files }: FlattenedSource) {
  const parents = [...parentsOf(dump)].length;
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
