/**
 * Converts dumps for other CRIU releases, as `crit convert` does.
 *
 * ```ts
 * import { convertDump, lossesOf } from "@crit/crit/convert";
 * import { openDump, writeDump } from "@crit/crit/dump";
 *
 * using dump = await openDump("fixtures/dumps/pyapp");
 * for (const { image, what, name } of lossesOf(dump, "3.10")) console.log(image, what, name);
 *
 * using older = convertDump(dump, "3.17.1");
 * console.log([...older.changed.keys()]);
 * await writeDump(older, `${await Deno.makeTempDir()}/older`);
 * ```
 *
 * @module
 */

import { convertDump as convert } from "../images/convert/convert.ts";
import { HeldProducts } from "../images/convert/derive.ts";
import { acceptedNames } from "../images/convert/drops.ts";
import { type ConversionLoss, ConversionReport } from "../images/convert/report.ts";
import { DerivedDump } from "../images/dump/derived.ts";
import type { Dump } from "../images/dump/dump.ts";
import { dataError } from "../images/errors.ts";
import { parseTarget } from "../images/releases/releases.ts";
import "../plugins/mod.ts";

export type { ConversionLoss, DerivedDump };
export { CritError } from "../images/errors.ts";
export type { Derivation, DerivedImage } from "../images/dump/derived.ts";

/** How a dump is converted. */
export interface ConvertOptions {
  /** Names of accepted losses: {@link ConversionLoss.name}, or the name of a field. */
  readonly drop?: readonly string[];
}

/**
 * Converts a dump for a CRIU release. Changed images are kept in memory, at most 1 GiB each. All
 * others are read from the original, which must stay open.
 *
 * @param to a release such as `4.1`, or an image version, `1.0` or `1.1`; the newest release if
 * left out
 * @throws {CritError} `data` if an image is damaged or a loss is not accepted; `usage` if the
 * release does not exist
 */
export function convertDump(dump: Dump, to?: string, options: ConvertOptions = {}): DerivedDump {
  const { report, products } = converted(dump, to, options);
  const [loss, ...more] = report.refusals;
  if (loss !== undefined) {
    const { image, entry, field, what, name } = loss;
    const others = more.length === 0 ? "" : `, and ${more.length} more`;
    const hint = `drop: ["${name}"] accepts it`;
    throw dataError(`${what} would be lost${others}`, { image, entry, field }, hint);
  }
  const gone = products.goneOf(dump.source.files.keys());
  return new DerivedDump(dump, { changed: products.changed, gone });
}

/**
 * The losses of a conversion, accepted or not.
 *
 * @throws {CritError} `data` when an image is damaged, `usage` when there is no such release
 */
export function lossesOf(
  dump: Dump,
  to?: string,
  options: ConvertOptions = {},
): readonly ConversionLoss[] {
  return converted(dump, to, options).report.losses;
}

function converted(dump: Dump, to: string | undefined, { drop = [] }: ConvertOptions) {
  const report = new ConversionReport(acceptedNames(drop));
  const products = new HeldProducts();
  for (const _turn of convert(dump, parseTarget(to), products, report));
  return { report, products };
}
