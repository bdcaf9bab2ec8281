/**
 * What a batch makes of each file.
 *
 * @module
 */

import type { Conversion, Job } from "./convert.ts";
import { below, type Found, type Tree } from "./tree.ts";

/** What a command does with the files of a tree. */
export interface Rules {
  readonly conversion: Conversion;
  /** Place of what is made of a file; undefined when it is copied. */
  convertedPlace(tree: Tree, file: Found): string | undefined;
  /** Adds what the jobs of a tree need to know of each other. */
  complete?(tree: Tree, jobs: Job[]): Promise<Job[]>;
}

/** What there is to do. */
export interface Plan {
  /** Files to convert, the largest first, so that threads end together. */
  readonly jobs: readonly Job[];
  /** Inventories, which are converted last: what has one is whole. */
  readonly inventories: readonly Job[];
  /** Files to copy. */
  readonly copies: readonly Found[];
  /** Places of files that are not copied, as what is made of another has their names. */
  readonly shadowed: readonly string[];
}

/** Tells what to do with each file of a tree. */
export async function planBatch(tree: Tree, out: string, rules: Rules): Promise<Plan> {
  const jobs: Job[] = [];
  const others: Found[] = [];
  const taken = new Set<string>();
  for (const file of tree.files) {
    const place = rules.convertedPlace(tree, file);
    if (place === undefined) {
      others.push(file);
      continue;
    }
    taken.add(place);
    jobs.push({ ...file, output: below(out, place) });
  }
  const completed = await rules.complete?.(tree, jobs) ?? jobs;
  completed.sort((a, b) => b.size - a.size);
  const isInventory = ({ place }: Job) => /(^|\/)inventory\.img(\.json)?$/.test(place);
  return {
    jobs: completed.filter((job) => !isInventory(job)),
    inventories: completed.filter(isInventory),
    copies: others.filter(({ place }) => !taken.has(place)),
    shadowed: others.map(({ place }) => place).filter((place) => taken.has(place)),
  };
}
