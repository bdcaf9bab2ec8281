/**
 * Checks that the images of a dump are complete and consistent, as `crit check` does.
 *
 * ```ts
 * import { checkDump } from "@crit/crit/check";
 * import { openDump } from "@crit/crit/dump";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * const { counts, findings } = checkDump(dump);
 * for (const { rule, image, message } of findings) console.log(rule.id, image, message);
 * if (counts.error > 0) throw new Error("the dump cannot be restored");
 * ```
 *
 * @module
 */

import { checkDump as checkByRules, type CheckReport } from "../images/check/check.ts";
import type { Rule } from "../images/check/rule.ts";
import { RULES } from "../images/check/rules/mod.ts";
import type { Dump } from "../images/dump/dump.ts";
import "../plugins/mod.ts";

export type { CheckReport, RuleFinding } from "../images/check/check.ts";
export type { CheckContext, DescriptorTable, TaskAreas } from "../images/check/context.ts";
export type { DumpKind } from "../images/dump/kind.ts";
export type { CheckedPageMap } from "../images/check/page_ranges.ts";
export type { FieldFaultKind } from "../images/check/payload.ts";
export type { FieldFault, ImageScan, ScanError } from "../images/check/scan.ts";
export type { Finding, Rule, Severity } from "../images/check/rule.ts";
export type { Unfinished } from "../images/check/unfinished.ts";
export { RULES };

/** Checks a dump against the given rules, or all rules. Faults of the dump are never thrown. */
export function checkDump(dump: Dump, rules: readonly Rule[] = RULES): CheckReport {
  return checkByRules(dump, rules);
}
