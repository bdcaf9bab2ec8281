/** Page counts of 64 bits: `compat_nr_pages` ⇄ `nr_pages`, CRIU 4.2. @module */

import type { PagemapEntry } from "../../../proto/types.ts";
import { dataError } from "../../errors.ts";
import type { Step } from "../step.ts";

/** Most pages that the older field can tell: they are many terabytes. */
const MOST = 0xffff_ffff;

/** Bytes in a page where ranges this large can be: on any machine a range of them is whole. */
const PAGE = 4096n;

/** The change. */
export const pageCounts: Step = {
  name: "page counts",
  since: "4.2",
  messages: {
    pagemap_entry: {
      up(entry) {
        const { nr_pages, compat_nr_pages } = entry;
        if (nr_pages !== undefined) return entry;
        return { ...entry, nr_pages: BigInt(compat_nr_pages), compat_nr_pages: 0 };
      },
      down(entry) {
        const { nr_pages, ...rest } = entry;
        if (nr_pages === undefined) return entry;
        if (nr_pages <= MOST) return { ...rest, compat_nr_pages: Number(nr_pages) };
        return split(rest, nr_pages);
      },
    },
  },
};

/** Several ranges for one that is too long for the older field. */
function split(entry: PagemapEntry, pages: bigint): PagemapEntry[] {
  if (pages * PAGE > 1n << 64n) throw dataError(`a range of ${pages} pages cannot be`);
  const ranges: PagemapEntry[] = [];
  // A multiple of 16, so that every part begins at a page of 64 KiB too.
  const part = BigInt(MOST - 15);
  for (let done = 0n; done < pages; done += part) {
    const left = pages - done;
    ranges.push({
      ...entry,
      vaddr: entry.vaddr + done * PAGE,
      compat_nr_pages: Number(left < part ? left : part),
    });
  }
  return ranges;
}
