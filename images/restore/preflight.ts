/**
 * Whether a dump can be restored on a machine, how, and what a restore loses.
 *
 * @module
 */

import { checkIn, type CheckReport } from "../check/check.ts";
import type { CheckContext } from "../check/context.ts";
import type { Rule } from "../check/rule.ts";
import type { Dump } from "../dump/dump.ts";
import { CritError } from "../errors.ts";
import type { Demand, Outcome, Setting, State } from "./demand.ts";
import { type Loss, LOSSES, type LossRule } from "./losses.ts";
import type { Machine } from "./machine.ts";
import { type NeededOption, OPTIONS, type RestoreOption } from "./options.ts";
import { RestoreSubject } from "./subject.ts";

/** An option, with its declaration. */
export interface ChosenOption extends NeededOption {
  readonly option: RestoreOption;
}

/** The result of a demand, with its declaration. */
export interface DemandOutcome extends Outcome {
  readonly demand: Demand;
}

/** Something that a restore loses, with its declaration. */
export interface RuleLoss extends Loss {
  readonly rule: LossRule;
}

/** The results of a check before a restore. */
export interface Preflight {
  /** Kind of dump; only a `dump` can be restored. */
  readonly kind: CheckReport["kind"];
  /** Options that the dump needs, in the order of the command line. */
  readonly options: readonly ChosenOption[];
  /** The findings of `crit check`; CRIU cannot restore a dump with errors. */
  readonly report: CheckReport;
  /** What the machine lacks, what is unknown, and what it has if that was asked for. */
  readonly outcomes: readonly DemandOutcome[];
  /** Demands that are fulfilled, and how often. */
  readonly fulfilled: ReadonlyMap<Demand, number>;
  /** Number of results of each state. */
  readonly counts: Readonly<Record<State, number>>;
  /** What a restore loses silently. */
  readonly losses: readonly RuleLoss[];
}

/** Options of a preflight. */
export interface PreflightOptions extends Setting {
  /** The machine; undefined to skip all demands. */
  readonly machine: Machine | undefined;
  readonly rules: readonly Rule[];
  readonly demands: readonly Demand[];
  /** Whether outcomes of what is fulfilled, which are many, are counted and not listed. */
  readonly onlyUnfulfilled?: boolean;
  /** Facts about the dump that are already known. */
  readonly context?: CheckContext;
}

/** Checks whether a dump can be restored. */
export function preflight(dump: Dump, options: PreflightOptions): Preflight {
  const subject = new RestoreSubject(dump, options.context);
  const report = checkIn(subject.context, options.rules);
  const machine = report.kind === "dump" ? options.machine : undefined;
  return {
    kind: report.kind,
    options: OPTIONS.flatMap((option) =>
      [...option.find(subject)].map((needed) => ({ option, ...needed }))
    ),
    report,
    ...machine === undefined ? NOT_ASKED : ask(machine, subject, options),
    losses: LOSSES.flatMap((rule) => [...rule.find(subject)].map((loss) => ({ rule, ...loss }))),
  };
}

/** What came of asking a machine. */
type Answers = Pick<Preflight, "outcomes" | "fulfilled" | "counts">;

const NOT_ASKED: Answers = {
  outcomes: [],
  fulfilled: new Map(),
  counts: { ok: 0, fails: 0, unknown: 0 },
};

function ask(machine: Machine, subject: RestoreSubject, options: PreflightOptions): Answers {
  const { demands, onlyUnfulfilled = false } = options;
  const outcomes: DemandOutcome[] = [];
  const fulfilled = new Map<Demand, number>();
  const counts: Record<State, number> = { ok: 0, fails: 0, unknown: 0 };
  for (const demand of demands) {
    const before = counts.ok;
    try {
      for (const outcome of demand.ask(subject, machine, options)) {
        counts[outcome.state]++;
        if (outcome.state !== "ok" || !onlyUnfulfilled) outcomes.push({ demand, ...outcome });
      }
    } catch (error) {
      counts.unknown++;
      outcomes.push({ demand, ...outcomeOf(error, demand, subject) });
    }
    if (counts.ok > before) fulfilled.set(demand, counts.ok - before);
  }
  return { outcomes, fulfilled, counts };
}

/** Whether no known problem prevents a restore. */
export function canRestore({ kind, report, counts }: Preflight): boolean {
  return kind === "dump" && report.counts.error === 0 && counts.fails === 0;
}

/** What keeps a demand from being asked as an outcome of it. */
function outcomeOf(error: unknown, demand: Demand, subject: RestoreSubject): Outcome {
  if (!(error instanceof CritError)) throw error;
  const { image = subject.dump.path } = error.place;
  return { state: "unknown", what: image, expected: demand.summary, found: error.reason };
}

/** Characters that a shell takes as they are. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word, quoted for a shell. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command line with the needed options, without the optional ones. */
export function commandLine(images: string, options: readonly ChosenOption[]): string {
  const needed = options.filter(({ option }) => !option.isOptional);
  const environment = [...new Set(needed.flatMap(({ environment = [] }) => environment))];
  const words = [
    "criu",
    "restore",
    "--images-dir",
    images,
    ...needed.flatMap(({ words }) => words),
  ];
  const redirections = needed.flatMap(({ redirection = [] }) => redirection);
  return [...environment, ...words.map(shellWord), ...redirections].join(" ");
}
