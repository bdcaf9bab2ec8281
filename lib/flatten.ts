/**
 * Turns a chain of incremental dumps into one dump, as `crit flatten` does.
 *
 * ```ts
 * import { openDump, writeDump } from "@crit/crit/dump";
 * import { flattenDump } from "@crit/crit/flatten";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * using whole = flattenDump(dump);
 * console.log(whole.parent === undefined, [...whole.changed.keys()]);
 * await writeDump(whole, `${await Deno.makeTempDir()}/whole`);
 * ```
 *
 * @module
 */

import { DerivedDump, type DerivedImage } from "../images/dump/derived.ts";
import type { Dump } from "../images/dump/dump.ts";
import { FlattenedSource } from "../images/flatten/flattened.ts";
import "../plugins/mod.ts";

export type { DerivedDump, DerivedImage };
export type { Derivation } from "../images/dump/derived.ts";
export { CritError } from "../images/errors.ts";

/**
 * A dump with all pages of its parents, which it no longer needs. Pages are read from the dumps of
 * the chain, which must stay open.
 *
 * @throws {CritError} `data` when a page map is damaged, or pages are in no dump of the chain
 */
export function flattenDump(dump: Dump): DerivedDump {
  const { made } = new FlattenedSource(dump);
  const [fault] = dump.allFaults;
  if (fault !== undefined) throw fault;
  const changed = new Map(
    [...made].map(([name, file]) => [name, { size: file.size, open: () => file }] as const),
  );
  return new DerivedDump(dump, { changed, standsAlone: true });
}
