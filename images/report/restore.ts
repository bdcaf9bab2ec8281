/**
 * What check and preflight found, for the report.
 *
 * @module
 */

import { fixFor, type RuleFinding } from "../check/check.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpPlace } from "../dump/dump_place.ts";
import { commandLine, type DemandOutcome, type Preflight } from "../restore/preflight.ts";
import { imageNumber } from "../types/registry.ts";
import type { MachineOutcome, ReportFinding, ReportPlace, RestoreAdvice } from "./data.ts";

/** Most outcomes that the report lists one by one. */
const MOST_OUTCOMES = 1000;

/** A finding of check. */
export function findingOf(dump: Dump, finding: RuleFinding): ReportFinding {
  const { rule, message } = finding;
  return {
    rule: rule.id,
    severity: rule.severity,
    summary: rule.summary,
    why: rule.explanation,
    place: placeOf(dump, finding),
    message,
    fix: fixFor(finding),
  };
}

/** A place, with the task whose image it is in. */
function placeOf(dump: Dump, { image, entry, field }: DumpPlace): ReportPlace {
  const number = imageNumber(image);
  const isOfTask = number !== undefined && OF_TASK.test(image);
  const pid = isOfTask ? taskOf(dump, number) : taskInTree(dump, image, entry);
  return { image, entry: entry ?? null, field: field ?? null, pid: pid ?? null };
}

/** Images whose number is the process id of a task, or the thread id of one of its threads. */
const OF_TASK = /^(core|mm|pagemap|ids|fs|vmas|creds|sigacts|itimers|posix-timers|rlimit)-/;

function taskOf(dump: Dump, id: number): number | undefined {
  if (dump.task(id) !== undefined) return id;
  return dump.tasks.find(({ entry }) => entry.threads?.includes(id))?.pid;
}

/** The task of an entry of pstree.img. */
function taskInTree(dump: Dump, image: string, entry: number | undefined): number | undefined {
  return image === "pstree.img" && entry !== undefined ? dump.tasks[entry]?.pid : undefined;
}

/** How the dump is restored; null for one that cannot be, as a pre-dump. */
export function adviceOf(
  dump: Dump,
  found: Preflight,
  machine: string | null,
): RestoreAdvice | null {
  const { kind, options, losses, outcomes, fulfilled, counts } = found;
  if (kind !== "dump") return null;
  return {
    command: commandLine(dump.path, options),
    options: options.map(({ option, words, environment, redirection, reason, places }) => ({
      option: environment ??
        [...words, ...redirection === undefined ? [] : [redirection]].join(" "),
      reason,
      without: option.without,
      isOptional: option.isOptional ?? false,
      places: places.map((place) => placeOf(dump, place)),
    })),
    losses: losses.map(({ what, place, rule }) => ({
      rule: rule.id,
      what,
      why: rule.explanation,
      place: placeOf(dump, place),
    })),
    machine,
    outcomes: (["fails", "unknown"] as const).flatMap((wanted) =>
      outcomes.filter(({ state }) => state === wanted)
        .map((outcome) => outcomeOf(dump, outcome, wanted))
    ).slice(0, MOST_OUTCOMES),
    fulfilled: [...fulfilled].map(([{ id, summary }, count]) => ({ demand: id, summary, count })),
    counts,
  };
}

function outcomeOf(
  dump: Dump,
  outcome: DemandOutcome,
  state: MachineOutcome["state"],
): MachineOutcome {
  const { demand, what, expected, found, place, fix } = outcome;
  return {
    demand: demand.id,
    summary: demand.summary,
    state,
    what,
    expected,
    found,
    fix: fix ?? null,
    place: place === undefined ? null : placeOf(dump, place),
  };
}
