/**
 * A dump and those that it builds upon, as one tree: what is not in the tree of the dump comes into
 * a directory `parent` in the dump that builds upon it.
 *
 * @module
 */

import { canonicalPath } from "../../../images/bytes/io.ts";
import { below, placeAbove } from "../../../images/bytes/paths.ts";
import { Dump } from "../../../images/dump/dump.ts";
import type { DumpImages } from "../../../images/dump/images.ts";
import { type ImageSource, PARENT } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import type { Found } from "../../files/found.ts";
import type { Input } from "../../files/input.ts";
import { placeOfParent, placeOfSource, type Tree, treeAround } from "../../files/tree.ts";

/** A dump of a chain, and where it is in the tree. */
export interface ChainDump {
  readonly dump: Dump;
  readonly place: string;
}

/** A chain in one tree. */
export interface Chain {
  /** The last dump first. */
  readonly links: readonly ChainDump[];
  readonly tree: Tree;
}

/** Longest place of a dump in the new one: the paths of its images must not pass PATH_MAX. */
const LONGEST_PLACE = 2048;

/**
 * The chain that ends with a dump.
 *
 * @param tree what the dump is in
 * @throws {CritError} `data` when a parent is missing, `unsupported` when the chain is too long
 */
export function chainInTree(dump: Dump, tree: Tree): Chain {
  const parts: Part[] = [{ tree, prefix: "" }];
  const links: ChainDump[] = [{ dump, place: placeOfSource(tree, dump.source) }];
  let link: DumpImages = dump;
  for (;;) {
    const { parent, source } = link;
    if (parent === undefined) {
      const fault = link.faults.find(({ place }) => place.image === PARENT);
      if (source.parentLink !== undefined && fault !== undefined) throw fault;
      break;
    }
    const place = placeOf(parent.source, parts) ??
      addPart(parts, parent.source, below(links.at(-1)!.place, PARENT));
    if (place.length > LONGEST_PLACE) {
      const reason = `the chain has more than ${links.length} dumps`;
      throw new CritError("unsupported", reason, { image: dump.path }, "crit flatten makes it one");
    }
    links.push({ dump: new Dump(parent.source), place });
    link = parent;
  }
  return { links, tree: joined(parts) };
}

/** A tree of its own, and where it goes. */
interface Part {
  readonly tree: Tree;
  readonly prefix: string;
}

/** Where a parent is in the trees that there are. */
function placeOf(source: ImageSource, parts: readonly Part[]): string | undefined {
  for (const { tree, prefix } of parts) {
    const place = placeOfParent(tree, source);
    if (place !== undefined) return below(prefix, place);
  }
  return undefined;
}

function addPart(parts: Part[], source: ImageSource, prefix: string): string {
  const tree = treeAround(source.path, source);
  parts.push({ tree, prefix });
  return below(prefix, placeOfSource(tree, source));
}

/** All parts as one tree, in which nothing leads out to a parent that is a part. */
function joined(parts: readonly Part[]): Tree {
  const [{ tree: first }] = parts as [Part];
  if (parts.length === 1) return first;
  const openers = new Map<string, () => Input>();
  const gathered = new Set(parts.map(({ prefix }) => prefix));
  const moved = <T extends { readonly place: string }>(list: (tree: Tree) => readonly T[]): T[] =>
    parts.flatMap(({ tree, prefix }) =>
      list(tree).map((one) => ({ ...one, place: below(prefix, one.place) }))
    );
  for (const { tree, prefix } of parts) {
    for (const file of tree.files) {
      openers.set(below(prefix, file.place), () => tree.open(file));
    }
  }
  const links = parts.flatMap(({ tree, prefix }) =>
    tree.links.map((link) => {
      const old = tree === first || tree.directory === undefined
        ? undefined
        : canonicalPath(below(below(tree.directory, placeAbove(link.place)), link.target));
      return { ...link, place: below(prefix, link.place), target: old ?? link.target };
    })
  );
  return {
    ...first,
    original: undefined,
    files: moved<Found>((tree) => tree.files),
    links: links.filter(({ place }) => !gathered.has(place)),
    directories: moved((tree) => tree.directories),
    others: parts.flatMap(({ tree, prefix }) => tree.others.map((place) => below(prefix, place))),
    unfit: moved((tree) => tree.unfit),
    fault: parts.find(({ tree }) => tree.fault !== undefined)?.tree.fault,
    open: ({ place }) => openers.get(place)!(),
  };
}
