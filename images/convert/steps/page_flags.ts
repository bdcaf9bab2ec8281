/** Location of a range's pages: `in_parent` ⇄ `flags`, CRIU 3.5. @module */

import { PAGES } from "../../kernel/memory.ts";
import type { Step } from "./step.ts";

export const pageFlags: Step = {
  name: "page flags",
  since: "3.5",
  messages: {
    pagemap_entry: {
      up(entry) {
        if (entry.flags !== undefined) return entry;
        const { in_parent, ...rest } = entry;
        return { ...rest, flags: in_parent ? PAGES.PARENT : PAGES.PRESENT };
      },
      down(entry) {
        const { flags, ...rest } = entry;
        // The flag for pages that may be fetched later is irrelevant to pages that are present.
        const place = (flags ?? 0) & PAGES.PRESENT ? flags! & ~PAGES.LAZY : flags;
        if (place === PAGES.PRESENT) return rest;
        if (place === PAGES.PARENT) return { ...rest, in_parent: true };
        // Missing pages, or flags of a later CRIU: the field stays, and is a loss.
        return entry;
      },
    },
  },
};
