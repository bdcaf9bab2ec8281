/**
 * What a batch makes of each file.
 *
 * @module
 */

import { below, withoutSlash } from "../../images/bytes/paths.ts";
import type { Found } from "../files/found.ts";
import { HEADERS, type Tree } from "../files/tree.ts";
import { leadsOut, type Link, type Unfit } from "../files/tree_lists.ts";
import type { Conversion, Job } from "./convert.ts";

/** What a command does with the files of a tree. */
export interface Rules {
  readonly conversion: Conversion;
  /** Place of what is made of a file; undefined when it is copied. */
  convertedPlace(tree: Tree, file: Found): string | undefined;
  /** Whether a file of this name is converted, by its name alone. */
  convertsName(place: string): boolean;
  /** Adds what the jobs of a tree need to know of each other. */
  complete?(tree: Tree, jobs: Job[]): Promise<Job[]>;
}

/** What there is to do. */
export interface BatchPlan {
  /** Files to convert, the largest first, so that threads end together. */
  readonly jobs: readonly Job[];
  /** Inventories, which are converted last: what has one is whole. */
  readonly inventories: readonly Job[];
  /** Files to copy. */
  readonly copies: readonly Found[];
  /** Links to copy. */
  readonly links: readonly Link[];
  /** What cannot be written, and images of which the bytes are out of the tree. */
  readonly refused: readonly Unfit[];
  /** Places of files that are not copied, as what is made of another has their names. */
  readonly shadowed: readonly string[];
}

/** A file of a tree as the user would name it. */
export function labelOf(tree: Tree, place: string): string {
  return tree.named?.get(place) ?? below(withoutSlash(tree.path), place);
}

/** Tells what to do with each file of a tree. */
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
