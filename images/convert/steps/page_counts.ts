/** Page counts of 64 bits: `compat_nr_pages` ⇄ `nr_pages`, CRIU 4.2. @module */

import type { PagemapEntry } from "../../../proto/types.ts";
import { dataError } from "../../errors.ts";
import type { Step } from "./step.ts";

/** Most pages that the older field can tell: they are many terabytes. */
const MOST = 0xffff_ffff;

/** Most bytes in a range: what user space can have on today's machines, and some more. */
const LARGEST = 1n << 48n;

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
      down(entry, facts) {
        const { nr_pages, ...rest } = entry;
        if (nr_pages === undefined) return entry;
        if (nr_pages <= MOST) return { ...rest, compat_nr_pages: Number(nr_pages) };
        return split(rest, nr_pages, BigInt(facts.dump.pageSize));
      },
    },
  },
};

/** Several ranges for one that is too long for the older field. */
function split(entry: PagemapEntry, pages: bigint, pageSize: bigint): PagemapEntry[] {
  if (pages * pageSize > LARGEST) throw dataError(`a range of ${pages} pages is impossible`);
  const ranges: PagemapEntry[] = [];
  const part = BigInt(MOST);
  for (let done = 0n; done < pages; done += part) {
    const left = pages - done;
    ranges.push({
      ...entry,
      vaddr: entry.vaddr + done * pageSize,
      compat_nr_pages: Number(left < part ? left : part),
    });
  }
  return ranges;
}
