/**
 * What each step of an incremental chain added.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { extentsOf } from "../dump/extent.ts";
import type { DumpImages } from "../dump/images.ts";
import { PAGES } from "../kernel/memory.ts";
import type { ChainLink } from "./data.ts";

/** This dump and those that it builds on, the newest first; one alone is no chain. */
export function chainOf(dump: Dump): ChainLink[] {
  const links: DumpImages[] = [];
  for (let at: DumpImages | undefined = dump; at !== undefined; at = at.parent) links.push(at);
  if (links.length === 1) return [];
  const used = usedBytes(dump);
  return links.map((link) => {
    const modified = link.source.modified?.("inventory.img");
    return {
      path: link.path,
      made: modified ? new Date(Math.floor(modified) * 1000).toISOString() : null,
      tasks: link.optionalEntries("pstree.img", "pstree_entry").length,
      stored: storedBytes(link, dump.pageSize),
      used: used.get(link) ?? 0,
      frozen: link.optionalEntry("stats-dump", "stats_entry")?.dump?.frozen_time ?? null,
    };
  });
}

/** Bytes of the pages that a dump itself stores. */
function storedBytes(images: DumpImages, pageSize: number): number {
  return pageMapNames(images)
    .reduce((sum, name) => sum + images.pageMap(name).storedPages * pageSize, 0);
}

function pageMapNames({ dumpFiles }: DumpImages): string[] {
  return dumpFiles.ofTypes(({ entry }) => entry === "pagemap_entry").map(({ name }) => name);
}

/** How many bytes of a dump's memory are in it and in each of its parents. */
function usedBytes(dump: Dump): Map<DumpImages, number> {
  const used = new Map<DumpImages, number>();
  const { pageSize } = dump;
  for (const name of pageMapNames(dump)) {
    const { count, addresses, lengths, flags } = dump.pageMap(name);
    for (let i = 0; i < count; i++) {
      if ((flags[i]! & (PAGES.PRESENT | PAGES.PARENT)) === 0) continue;
      const span = { from: addresses[i]!, to: addresses[i]! + lengths[i]! * pageSize };
      for (const extent of extentsOf({ dump, name, pageSize }, span, () => [])) {
        if (extent.kind !== "image") continue;
        used.set(extent.dump, (used.get(extent.dump) ?? 0) + extent.length);
      }
    }
  }
  return used;
}
