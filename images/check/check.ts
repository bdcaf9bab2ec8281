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

/** What checking a dump came to. */
export interface Report {
  /** What the directory holds. */
  readonly kind: DumpKind;
  /** What it is if it is no whole dump of processes, as {@link Dump.part} says. */
  readonly part: string | undefined;
  /** Errors first, then warnings, then notes; each in the order of the rules. */
  readonly findings: readonly RuleFinding[];
  /** How many there are of each severity, those that are left out included. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Findings beyond {@link MOST_FINDINGS} and {@link MOST_OF_RULE}: only counted. */
  readonly leftOut: number;
  /** Number of images that were read. */
  readonly images: number;
  /** Why the dump looks as if it, or a copy of it, was never finished. */
  readonly unfinished: Unfinished | undefined;
}

/** Most findings of a rule about one image that are told one by one. */
export const MOST_FINDINGS = 50;

/** Most findings of a rule that are told one by one. */
export const MOST_OF_RULE = 2000;

/**
 * Checks a dump. What is wrong with it is told, not thrown.
 *
 * @param host what uname(1) calls the machine on which it may be restored; any machine if undefined
 * @throws {CritError} `unsupported` when it is too much to look at
 */
export function checkDump(dump: Dump, rules: readonly Rule[], host?: string): Report {
  return checkIn(new CheckContext(dump, host), rules);
}

/**
 * Checks a dump of which others ask as well: each image is read once for all of them.
 *
 * @throws {CritError} as {@link checkDump}
 */
export function checkIn(context: CheckContext, rules: readonly Rule[]): Report {
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

/** What the user can do about a finding. */
export function fixFor({ rule, image }: RuleFinding): string {
  return rule.fix.replaceAll("{image}", image);
}
