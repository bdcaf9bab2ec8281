/** The dump that a converted one will build upon. @module */

import { canonicalPath, isDirectory } from "../../../images/bytes/io.ts";
import {
  baseName,
  below,
  directoryOf,
  plainPath,
  withoutSlash,
} from "../../../images/bytes/paths.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { openDump } from "../../../images/dump/open.ts";
import { PARENT } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import { linkText } from "../../files/new_directory.ts";
import { treeAround } from "../../files/tree.ts";
import type { Arguments } from "../../line/command.ts";
import type { ChainDump } from "./chain.ts";
import type { declaration } from "./declaration.ts";

/**
 * Opens the dump that the new one will build upon: what the link `parent` leads to where it will
 * be, which may be converted already; or what it leads to now, where that is not known.
 *
 * @returns undefined if there is none, or it cannot be opened
 */
export async function parentOfOutput(
  { dump: path, output }: Arguments<typeof declaration>,
  { dump, place }: ChainDump,
): Promise<Dump | undefined> {
  if (dump.source.parentLink === undefined) return undefined;
  try {
    const tree = treeAround(path, dump.source);
    const link = tree.links.find((link) => link.place === below(place, PARENT));
    if (link !== undefined && tree.directory !== undefined && output !== undefined) {
      const to = withoutSlash(output);
      const text = linkText(link, tree.directory, to);
      // The new directory is not there yet, so that the kernel cannot follow a link in it.
      const above = canonicalPath(directoryOf(to)) ?? directoryOf(to);
      const led = below(below(below(above, baseName(to)), place), text);
      const parent = text.startsWith("/") ? text : `/${plainPath(led)}`;
      if (isDirectory(parent)) return await openDump(parent);
    }
    return new Dump(dump.source.openParent());
  } catch (error) {
    // That a parent cannot be opened is no matter of the conversion.
    if (error instanceof CritError) return undefined;
    throw error;
  }
}
