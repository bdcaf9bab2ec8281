/** Target of a remapped path: the top bit of `remap_id` ⇄ `remap_type`, CRIU 1.4. @module */

import type { Step } from "./step.ts";

/** Set in `remap_id` for a ghost file (CRIU: REMAP_GHOST). */
const GHOST = 0x8000_0000;

export const remapType: Step = {
  name: "remap types",
  since: "1.4",
  messages: {
    remap_file_path_entry: {
      up(entry) {
        if (entry.remap_type !== undefined) return entry;
        const isGhost = entry.remap_id >= GHOST;
        const remap_id = isGhost ? entry.remap_id - GHOST : entry.remap_id;
        return { ...entry, remap_id, remap_type: isGhost ? "GHOST" : "LINKED" };
      },
      down(entry) {
        const { remap_type, ...rest } = entry;
        // An id with this bit would be read as that of a ghost file.
        if (entry.remap_id >= GHOST) return entry;
        if (remap_type === "LINKED") return rest;
        if (remap_type === "GHOST") return { ...rest, remap_id: entry.remap_id + GHOST };
        return entry;
      },
    },
  },
};
