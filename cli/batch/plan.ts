/**
 * The plan of a batch: which files are converted, copied or refused.
 *
 * @module
 */

import { below, withoutSlash } from "../../images/bytes/paths.ts";
import type { Found } from "../files/found.ts";
import { HEADERS, type Tree } from "../files/tree.ts";
import { leadsOut, type Link, type Unfit } from "../files/tree_lists.ts";
import type { Conversion, Job } from "./convert.ts";

/** The rules of a command for the files of a tree. */
export interface Rules {
  readonly conversion: Conversion;
  /** Place of the converted file; undefined if the file is copied. */
  convertedPlace(tree: Tree, file: Found): string | undefined;
  /** Whether a file of this name is converted, by its name alone. */
  convertsName(place: string): boolean;
  /** Completes the jobs of a tree with facts from other jobs. */
  complete?(tree: Tree, jobs: Job[]): Promise<Job[]>;
}

/** The plan. */
export interface BatchPlan {
  /** Files to convert, the largest first, so that threads finish at the same time. */
  readonly jobs: readonly Job[];
  /** Inventories, which are converted last: a dump with an inventory is complete. */
  readonly inventories: readonly Job[];
  /** Files to copy. */
  readonly copies: readonly Found[];
  /** Links to copy. */
  readonly links: readonly Link[];
  /** Files that cannot be written, and images whose bytes are outside the tree. */
  readonly refused: readonly Unfit[];
  /** Places of files that are not copied because a converted file has the same name. */
  readonly shadowed: readonly string[];
}

/** A file of a tree as the user would name it. */
export function labelOf(tree: Tree, place: string): string {
  return tree.named?.get(place) ?? below(withoutSlash(tree.path), place);
}

/** Makes the plan for a tree. */
export async function planBatch(tree: Tree, out: string, rules: Rules): Promise<BatchPlan> {
  const jobs: Job[] = [];
  const others: Found[] = [];
  const taken = new Set<string>();
  for (const file of tree.files) {
    if (file.place === HEADERS) continue;
    const place = rules.convertedPlace(tree, file);
    if (place === undefined) {
      others.push(file);
      continue;
    }
    taken.add(place);
    const label = labelOf(tree, file.place);
    jobs.push({ ...file, label, target: place, output: below(out, place) });
  }
  const completed = await rules.complete?.(tree, jobs) ?? jobs;
  completed.sort((a, b) => b.size - a.size);
  const isWanting = (link: Link) => link.leadsOut && rules.convertsName(link.place);
  const isInventory = ({ place }: Job) => /(^|\/)inventory\.img(\.json)?$/.test(place);
  return {
    jobs: completed.filter((job) => !isInventory(job)),
    inventories: completed.filter(isInventory),
    links: tree.links.filter((link) => !isWanting(link)),
    refused: [
      ...tree.unfit,
      ...tree.links.filter(isWanting).map((link) => ({ place: link.place, error: leadsOut(link) })),
    ],
    copies: others.filter(({ place }) => !taken.has(place)),
    shadowed: others.map(({ place }) => place).filter((place) => taken.has(place)),
  };
}
