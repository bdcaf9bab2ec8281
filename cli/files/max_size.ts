/** How much an archive may decompress to. @module */

import { CritError } from "../../images/errors.ts";

/** Units of sizes, by the letters that dd and truncate take. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
};

/**
 * The limit of `--max-size` for opening a dump.
 *
 * @throws {CritError} `usage` when it is no size
 */
export function archiveLimits(
  { maxSize }: { readonly maxSize?: string | undefined },
): { maxSize: number | undefined } {
  if (maxSize === undefined) return { maxSize: undefined };
  const [, digits, unit] = /^(\d{1,15})([KMGTP]?)(?:iB|B)?$/i.exec(maxSize) ?? [];
  const bytes = digits === undefined ? NaN : Number(digits) * UNITS[unit!.toUpperCase()]!;
  if (!Number.isSafeInteger(bytes)) {
    const hint = "a number of bytes, or one with K, M, G or T";
    throw new CritError("usage", `--max-size ${maxSize}: it is no size`, {}, hint);
  }
  return { maxSize: bytes };
}
