/** Page counts of 64 bits: `compat_nr_pages` ⇄ `nr_pages`, CRIU 4.2. @module */

import type { PagemapEntry } from "../../../proto/types.ts";
import { dataError } from "../../errors.ts";
import type { Step } from "./step.ts";

/** Largest count of the older field, equal to many terabytes. */
const MOST = 0xffff_ffff;

/** Largest range in bytes: more than the user space of today's machines. */
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

/** Splits a range that is too long for the older field. */
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
