/**
 * Paths of FIFOs and terminals: a REG file with the same id ⇄ another one that `regf_id` names,
 * CRIU 3.6. Newer releases read both.
 *
 * @module
 */

import type { DumpContext } from "../../releases/dump_context.ts";
import type { Step } from "./step.ts";

export const pathFiles: Step = {
  name: "paths of FIFOs and terminals",
  since: "3.6",
  messages: {
    fifo_entry: { down: withoutPath },
    tty_file_entry: { down: withoutPath },
    reg_file_entry: {
      down: (entry, { pathIds }) => renumbered(entry, pathIds.get(entry.id)),
    },
    file_entry: {
      down(entry, { pathIds }) {
        return entry.type === "REG" ? renumbered(entry, pathIds.get(entry.id)) : entry;
      },
    },
    remap_file_path_entry: {
      down(entry, { pathIds }) {
        const orig_id = pathIds.get(entry.orig_id) ?? entry.orig_id;
        const isFile = entry.remap_type === undefined || entry.remap_type === "LINKED";
        const remap_id = (isFile ? pathIds.get(entry.remap_id) : undefined) ?? entry.remap_id;
        const isSame = orig_id === entry.orig_id && remap_id === entry.remap_id;
        return isSame ? entry : { ...entry, orig_id, remap_id };
      },
    },
  },
};

function withoutPath<T extends { id: number; regf_id?: number }>(entry: T, facts: DumpContext): T {
  const { regf_id, ...rest } = entry;
  const isPossible = regf_id === entry.id ||
    regf_id !== undefined && facts.pathIds.get(regf_id) === entry.id;
  return isPossible ? rest as T : entry;
}

function renumbered<T extends { id: number }>(entry: T, id: number | undefined): T {
  return id === undefined ? entry : { ...entry, id };
}
