/** Looking at a dump with a view. @module */

import { openDump } from "../../../images/dump/open.ts";
import { views } from "../../../images/explore/mod.ts";
import type { ViewName } from "../../../images/explore/names.ts";
import "../../../mod.ts";

/** Rows of a view of the dump at `path`, as JSON has them. */
export async function rowsOf(path: string, name: ViewName): Promise<Record<string, unknown>[]> {
  using dump = await openDump(path);
  const { rows } = views[name].show(dump, { tasks: dump.tasks });
  return rows.map((row) => ({ ...row }));
}
