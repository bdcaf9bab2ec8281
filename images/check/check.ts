/**
 * Checks a dump against rules.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { DumpKind } from "../dump/kind.ts";
import { CritError } from "../errors.ts";
import { CheckContext } from "./context.ts";
import { withOffsets } from "./places.ts";
import { type Finding, type Rule, SEVERITIES, type Severity } from "./rule.ts";
import { signsOfUnfinished, type Unfinished } from "./unfinished.ts";

/** A finding, with the rule that it breaks. */
export interface RuleFinding extends Finding {
  /** The rule. */
  readonly rule: Rule;
}

/** The result of checking a dump. */
export interface CheckReport {
  /** What the directory holds. */
  readonly kind: DumpKind;
  /** {@link Dump.part}: what the directory holds if it is not a whole dump of processes. */
  readonly part: string | undefined;
  /** Errors first, then warnings, then notes; each in the order of the rules. */
  readonly findings: readonly RuleFinding[];
  /** Number of findings of each severity, including those that are left out. */
  readonly counts: Readonly<Record<Severity, number>>;
  /**
   * Number of findings beyond {@link MOST_FINDINGS} and {@link MOST_OF_RULE}, which are not listed.
   */
  readonly leftOut: number;
  /** Number of images that were read. */
  readonly images: number;
  /** Signs that the dump, or this copy of it, was never finished. */
  readonly unfinished: Unfinished | undefined;
}

/** Most findings of a rule in one image that are listed. */
export const MOST_FINDINGS = 50;

/** Most findings of a rule that are listed. */
export const MOST_OF_RULE = 2000;

/**
 * Checks a dump. Faults of the dump are returned, not thrown.
 *
 * @param host what uname(1) calls the machine on which it may be restored; any machine if undefined
 * @throws {CritError} `unsupported` if the dump is too large to check
 */
export function checkDump(dump: Dump, rules: readonly Rule[], host?: string): CheckReport {
  return checkIn(new CheckContext(dump, host), rules);
}

/**
 * Checks a dump whose context others use too: each image is read once for all of them.
 *
 * @throws {CritError} as {@link checkDump}
 */
export function checkIn(context: CheckContext, rules: readonly Rule[]): CheckReport {
  const { dump } = context;
  if (dump.has("pstree.img")) void dump.tasks;
  const counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
  const findings: RuleFinding[] = [];
  let leftOut = 0;
  for (const severity of SEVERITIES) {
    for (const rule of rules.filter((rule) => rule.severity === severity)) {
      const perImage = new Map<string, number>();
      let ofRule = 0;
      for (const finding of findingsOf(rule, context)) {
        counts[severity]++;
        const before = perImage.get(finding.image) ?? 0;
        if (before >= MOST_FINDINGS || ofRule >= MOST_OF_RULE) {
          leftOut++;
          continue;
        }
        perImage.set(finding.image, before + 1);
        findings.push({ rule, ...finding });
        ofRule++;
      }
    }
  }
  return {
    kind: context.kind,
    part: dump.part,
    findings: withOffsets(dump, findings),
    counts,
    leftOut,
    images: context.scans.size,
    unfinished: signsOfUnfinished(context),
  };
}

/** A rule's findings; what keeps it from being asked is one, too. */
function* findingsOf(rule: Rule, context: CheckContext): Generator<Finding> {
  try {
    yield* rule.check(context);
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    const { image = context.dump.path, entry, offset, field } = error.place;
    yield { image, entry, offset, field, message: error.reason };
  }
}

/** The fix for a finding. */
export function fixFor({ rule, image }: RuleFinding): string {
  return rule.fix.replaceAll("{image}", image);
}
