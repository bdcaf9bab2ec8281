/**
 * The differences between two dumps or two images, as `crit diff` finds them.
 *
 * ```ts
 * import { diffDumps, diffImages } from "@crit/crit/diff";
 * import { openDump } from "@crit/crit/dump";
 *
 * using before = await openDump("fixtures/dumps/shloop");
 * using after = await openDump("fixtures/dumps/pyapp");
 * const { images, rows, memory } = diffDumps(before, after);
 * console.log(images.added, rows.tasks?.removed, memory.length);
 *
 * const bytes = Deno.readFileSync("fixtures/dumps/shloop/pstree.img");
 * const other = Deno.readFileSync("fixtures/dumps/pyapp/pstree.img");
 * for (const { path, a, b } of diffImages(bytes, other)) console.log(path, a, b);
 * ```
 *
 * @module
 */

import { DumpComparison } from "../images/diff/dumps.ts";
import type { FieldChange } from "../images/diff/fields.ts";
import { imageChanges } from "../images/diff/images.ts";
import type { Dump } from "../images/dump/dump.ts";
import { HeldFile } from "../images/dump/source.ts";
import { dataError } from "../images/errors.ts";
import "../plugins/mod.ts";

export type { FieldChange };
export { DumpComparison, type ImageChange, type MemoryChange } from "../images/diff/dumps.ts";
export { FileBytes } from "../images/diff/bytes.ts";
export type { HoleCounts, PageChange, PagePlace } from "../images/diff/pages.ts";
export type { Pretty } from "../images/diff/pretty.ts";
export type { RowChange, RowChanges, RowValueChange } from "../images/diff/rows.ts";
export { CritError } from "../images/errors.ts";
export type { Row } from "../images/explore/view.ts";

/**
 * Compares two dumps. Each member of the comparison is computed when it is read. Faults of images
 * are then in its `faults`, and never thrown.
 */
export function diffDumps(a: Dump, b: Dump): DumpComparison {
  return new DumpComparison(a, b);
}

/**
 * The differences between two images of one type. The image version and the order of entries with
 * an identity do not count.
 *
 * @throws {CritError} `data` if an image is damaged or the types differ, after the differences that
 * were found
 */
export function* diffImages(a: Uint8Array, b: Uint8Array): Generator<FieldChange> {
  const faults: Error[] = [];
  const files = [new HeldFile("a", a), new HeldFile("b", b)] as const;
  for (const change of imageChanges(...files, (_side, fault) => faults.push(fault))) {
    if (change.path === "magic") {
      throw dataError(`a is a ${change.a} image, b is a ${change.b} image`);
    }
    yield change;
  }
  if (faults.length > 0) throw faults[0];
}
