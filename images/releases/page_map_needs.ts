/** The fields that a release must know to read a page map. @module */

import type { PageMap } from "../dump/page_map.ts";
import { PAGES } from "../kernel/memory.ts";
import { featuresOf, type FieldFeatures } from "./features.ts";

/** Fields of `pagemap_entry`. */
enum RangeField {
  Flags = 4,
  NewCount = 5,
}

/**
 * The fields without which a release would misread the ranges. The new count of pages is needed
 * only if CRIU wrote 0 as the old one. Flags are needed unless they only state the default of older
 * releases, that the pages are present.
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
