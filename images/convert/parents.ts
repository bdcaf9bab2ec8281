/**
 * Checks whether the release of a converted dump can read parents that are not converted.
 *
 * @module
 */

import type { DumpImages } from "../dump/images.ts";
import { leavesToParent } from "../dump/page_map.ts";
import { PARENT } from "../dump/source.ts";
import { neededFields } from "../releases/page_map_needs.ts";
import type { Target } from "../releases/releases.ts";
import type { ConversionReport } from "./report.ts";

/** The name by which a user accepts that parents are not converted. */
export const PARENTS = PARENT;

/**
 * Reports as losses the parts of the parents' page maps that the release cannot read. CRIU opens
 * each with the image version of the dump's inventory, and counts pages in those that it needs.
 *
 * @param parent the parent of the converted dump
 */
export function checkParents(
  dump: DumpImages,
  parent: DumpImages,
  target: Target,
  report: ConversionReport,
): void {
  for (const { name, type } of dump.dumpFiles) {
    if (type?.entry !== "pagemap_entry") continue;
    let isNeeded = leavesToParent(dump.pageMap(name));
    let image = name;
    for (let link: DumpImages | undefined = parent; link?.has(name); link = link.parent) {
      image = `${PARENT}/${image}`;
      const map = link.pageMap(name);
      // Faults of a parent are not the subject of the conversion.
      if (map.head === undefined) break;
      const lose = (what: string) =>
        report.lose({ image, entry: undefined, field: undefined, what, name: PARENTS });
      if (map.head.version !== target.version) lose(`image version ${map.head.version}`);
      if (isNeeded && target.kind === "release") {
        for (const field of neededFields(map)) if (field.since > target.rank) lose(field.name);
      }
      isNeeded &&= leavesToParent(map);
    }
  }
}
