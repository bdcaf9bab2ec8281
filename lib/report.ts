/**
 * Makes an HTML report of a dump, as `crit report` does.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 * import { reportPage } from "@crit/crit/report";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * const page = ReadableStream.from(reportPage(dump, { redact: true }));
 * console.log((await new Response(page.pipeThrough(new TextEncoderStream())).text()).length);
 * ```
 *
 * @module
 */

import type { Dump } from "../images/dump/dump.ts";
import { comparisonOf } from "../images/report/compare.ts";
import { reportPage as pagePieces } from "../images/report/page.ts";
import "../plugins/mod.ts";
import { VERSION } from "../version.ts";

export { CritError } from "../images/errors.ts";

/** How a report is made. */
export interface ReportOptions {
  /** Leave out what may be secret: environment, command lines, queue data, contents of memory. */
  readonly redact?: boolean;
  /** An older dump to compare with. */
  readonly compare?: Dump;
  /** Time of the report; now if undefined. */
  readonly made?: Date;
}

/**
 * The pieces of the page, in order. The page needs no other file.
 *
 * @throws {CritError} when the dump cannot be read
 */
export function reportPage(
  dump: Dump,
  { redact, compare, made = new Date() }: ReportOptions = {},
): AsyncGenerator<string> {
  const comparison = compare && comparisonOf(compare, dump);
  return pagePieces(dump, { redact, made, version: VERSION, comparison });
}
