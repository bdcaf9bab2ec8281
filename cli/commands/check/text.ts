/** How `crit check` words what it found. @module */

import { printable } from "../../../images/bytes/printable.ts";
import { countOf } from "../../../images/bytes/sizes.ts";
import { type CheckReport, fixFor, type RuleFinding } from "../../../images/check/check.ts";
import { type Rule, SEVERITIES, type Severity } from "../../../images/check/rule.ts";
import type { Unfinished } from "../../../images/check/unfinished.ts";
import { indented } from "../../line/text.ts";
import { wrapLine } from "../../terminal/cut.ts";
import { jsonText } from "../../terminal/json_text.ts";
import type { Look, Style } from "../../terminal/terminal.ts";

/** What a report is about. */
export interface CheckTextOptions {
  /** Path of the dump, as the user gave it. */
  readonly dump: string;
  /** Number of rules that were checked. */
  readonly rules: number;
  /** Whether to say what can be done about each finding. */
  readonly hints: boolean;
}

const STYLES: Readonly<Record<Severity, Style>> = { error: "red", warning: "yellow", note: "cyan" };

/** A report for people: a line a finding, why the dump looks unfinished, and how many there are. */
export function findingsText(report: CheckReport, options: CheckTextOptions, look: Look): string {
  const { findings, unfinished, leftOut } = report;
  const width = findings.reduce((most, { rule }) => Math.max(most, rule.id.length), 0);
  const lines = findings.flatMap((finding) => {
    const { rule: { id, severity } } = finding;
    const label = look.paint(STYLES[severity], severity) + " ".repeat(9 - severity.length);
    const line = `${label}${id.padEnd(width)}  ${printable(placeAndMessage(finding))}`;
    const hint = `${" ".repeat(11 + width)}${
      look.paint("dim", printable(`hint: ${fixFor(finding)}`))
    }`;
    return (options.hints ? [line, hint] : [line]).map((line) => wrapLine(line, 11 + width));
  });
  if (leftOut > 0) lines.push(`${leftOut} further findings of the same kinds are left out`);
  if (unfinished !== undefined) lines.push(unfinishedText(unfinished));
  return [...lines, summary(report, options)].join("\n") + "\n";
}

/** `core-12.img: entry 0 at 8: tc: it is missing` */
function placeAndMessage({ image, entry, offset, field, message }: RuleFinding): string {
  const at = offset === undefined ? "" : ` at ${offset}`;
  const place = entry === undefined ? [] : [`entry ${entry}${at}`];
  return [image, ...place, ...field === undefined ? [] : [field], message].join(": ");
}

function unfinishedText({ isCopy, signs }: Unfinished): string {
  const why = isCopy
    ? "not all of the dump is here, as after a copy that was cut off or on a disk that was full"
    : "the dump looks unfinished";
  return printable(`${why}: ${signs.join("; ")}`);
}

function summary({ counts, images, part }: CheckReport, { dump, rules }: CheckTextOptions): string {
  const what = part === undefined ? "" : ` (${part})`;
  const scope = `${countOf(images, "image")}, ${countOf(rules, "rule")}`;
  const some = SEVERITIES.filter((severity) => counts[severity] > 0)
    .map((severity) => countOf(counts[severity], severity));
  const result = some.length === 0 ? "nothing is wrong" : some.join(", ");
  return printable(`${dump}${what}: ${result} (${scope})`);
}

/** A report for programs; its keys are those of docs/CHECK.md. */
export function reportObject(report: CheckReport, { dump, hints }: CheckTextOptions): object {
  const { kind, findings, counts, leftOut, unfinished } = report;
  return {
    dump,
    kind,
    unfinished: unfinished === undefined ? null : unfinishedText(unfinished),
    findings: findings.map((finding) => ({
      rule: finding.rule.id,
      severity: finding.rule.severity,
      image: finding.image,
      entry: finding.entry ?? null,
      offset: finding.offset ?? null,
      field: finding.field ?? null,
      message: finding.message,
      ...(hints ? { hint: fixFor(finding) } : {}),
    })),
    left_out: leftOut,
    errors: counts.error,
    warnings: counts.warning,
    notes: counts.note,
  };
}

/** The rules for people. */
export function rulesText(rules: readonly Rule[], look: Look): string {
  const width = rules.reduce((most, { id }) => Math.max(most, id.length), 0) + 2;
  return rules.map(({ id, severity, summary, explanation }) => {
    const label = look.paint("bold", id.padEnd(width));
    const head = `${label}${look.paint(STYLES[severity], severity.padEnd(9))}`;
    const [words, reason] = [summary, explanation].map((text) => indented(text, width + 9, look));
    return `${head}${words!.trimStart()}\n${reason}\n`;
  }).join("");
}

/** The rules for programs. */
export function rulesJson(rules: readonly Rule[]): string {
  const facts = rules.map(({ id, severity, summary, explanation, fix }) => ({
    id,
    severity,
    summary,
    explanation,
    fix,
  }));
  return jsonText(facts);
}
