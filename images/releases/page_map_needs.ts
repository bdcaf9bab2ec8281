/**
 * What a release must know to read the ranges of a page map.
 *
 * @module
 */

import type { PageMap } from "../dump/page_map.ts";
import { PAGES } from "../kernel/memory.ts";
import { featuresOf, type FieldFeatures } from "./features.ts";

/** Fields of `pagemap_entry`. */
enum RangeField {
  Flags = 4,
  NewCount = 5,
}

/**
 * The fields of its ranges without which a release would take a page map for another one.
 *
 * A range's new count of pages stands beside the old one, which CRIU writes as 0: only then must a
 * reader know the new one. Flags say something unless they say what an older release takes for
 * granted: the pages are there.
 */
export function neededFields({ fields: present, flags, hasNewCounts }: PageMap): FieldFeatures[] {
  const { fields } = featuresOf("pagemap_entry");
  const needed: FieldFeatures[] = [];
  const hasFlags = (present & 1 << RangeField.Flags) !== 0;
  if (hasFlags && flags.some(isElsewhere)) needed.push(fields.get(RangeField.Flags)!);
  if (hasNewCounts) needed.push(fields.get(RangeField.NewCount)!);
  return needed;
}

/** Whether a range's pages are not in the dump itself. */
function isElsewhere(flags: number): boolean {
  return (flags & PAGES.PRESENT) === 0 || (flags & PAGES.PARENT) !== 0;
}
