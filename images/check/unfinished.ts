/**
 * Distinguishes unfinished and incompletely copied dumps from dumps with other faults.
 *
 * @module
 */

import type { DumpKind } from "../dump/kind.ts";
import type { CheckContext } from "./context.ts";

/** Signs that a dump is incomplete. */
export interface Unfinished {
  /**
   * Whether the dump was finished and this copy of it is incomplete: it has an inventory, which
   * CRIU writes last, or the archive is damaged.
   */
  readonly isCopy: boolean;
  /** What is missing, as phrases: `pages-1.img is 4096 bytes short`. */
  readonly signs: readonly string[];
}

/** What holds no dump of its own that could be finished. */
const NEVER_FINISHED: ReadonlySet<DumpKind> = new Set(["service", "nothing", "pages"]);

/** Most signs that are told. */
const MOST_SIGNS = 4;

/** The signs that a dump is unfinished; undefined if there are none. */
export function signsOfUnfinished(context: CheckContext): Unfinished | undefined {
  if (NEVER_FINISHED.has(context.kind)) return undefined;
  const hasInventory = (context.dump.sizeOf("inventory.img") ?? 0) > 0;
  const { fault } = context.dump.source;
  const signs: string[] = [];
  let count = 0;
  for (const found of [cutImages(context), missingPages(context)]) {
    for (const sign of found) if (++count <= MOST_SIGNS) signs.push(sign);
  }
  const known = signs.length;
  if (fault !== undefined) signs.unshift(fault.reason);
  else if (!hasInventory) signs.unshift("inventory.img, which CRIU writes last, is not there");
  else if (context.kind === "dump" && !context.dump.has("pstree.img")) {
    signs.unshift("pstree.img is not there");
  }
  if (signs.length === 0) return undefined;
  const more = count + signs.length - known - MOST_SIGNS;
  if (more > 0) signs.splice(MOST_SIGNS, more, `and ${more} more`);
  return { isCopy: hasInventory || fault !== undefined, signs };
}

/** Images that end before an entry does. */
function* cutImages(context: CheckContext): Generator<string> {
  for (const { name, size, type, isCut } of context.scans.values()) {
    if (name === "inventory.img" && size === 0) continue;
    if (size === 0) yield `${name} is empty`;
    else if (isCut) {
      yield type === undefined ? `${name} ends inside its magic` : `${name} ends inside an entry`;
    }
  }
}

/** Files of pages that have less than their page maps say. */
function* missingPages({ dump, pageMaps }: CheckContext): Generator<string> {
  for (const { map, pages, pageSize } of pageMaps) {
    const expected = map.storedPages * pageSize;
    const size = dump.sizeOf(pages);
    if (size === undefined && expected > 0) yield `${pages} is not there`;
    else if (size !== undefined && size < expected) {
      yield `${pages} is ${expected - size} bytes short`;
    }
  }
}
