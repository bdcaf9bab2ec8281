/** How `crit preflight` words what it found. @module */

import { printable } from "../../../images/bytes/printable.ts";
import { countOf } from "../../../images/bytes/sizes.ts";
import type { DumpPlace } from "../../../images/dump/dump_place.ts";
import { type State, STATES } from "../../../images/restore/demand.ts";
import {
  type ChosenOption,
  commandLine,
  type DemandOutcome,
  type Preflight,
  shellWord,
} from "../../../images/restore/preflight.ts";
import { wrapLine } from "../../terminal/cut.ts";
import { jsonText } from "../../terminal/json_text.ts";
import type { Look, Style } from "../../terminal/terminal.ts";

/** What a preflight is about. */
export interface PreflightTextOptions {
  /** Path of the dump, as the user gave it. */
  readonly dump: string;
  /** The directory of the images; undefined if they are in an archive. */
  readonly images: string | undefined;
  /** Where files were looked for, if that was given. */
  readonly root: string | undefined;
  /** Whether demands that are fulfilled are told one by one. */
  readonly all: boolean;
  /** Whether the machine was not asked. */
  readonly offline: boolean;
}

const STYLES: Readonly<Record<State, Style>> = { fails: "red", unknown: "yellow", ok: "green" };

/** The options with what the user gave filled in. */
function filledIn(options: readonly ChosenOption[], root: string | undefined): ChosenOption[] {
  return options.map((option) =>
    root !== undefined && option.words[0] === "--root"
      ? { ...option, words: ["--root", root], placeholder: undefined }
      : option
  );
}

/** All that was found, for people. */
export function preflightText(found: Preflight, options: PreflightTextOptions, look: Look): string {
  if (found.kind !== "dump") {
    const what = found.report.part ?? "no dump of processes";
    return printable(`${options.dump}: it is ${what}, which cannot be restored`) + "\n";
  }
  const lines = [
    ...commandText(found, options, look),
    ...(options.offline ? [] : machineText(found, options, look)),
    ...dumpText(found, look),
    ...lossText(found, look),
    ...logText(found, look),
    wrapLine(printable(summary(found, options)), 2),
  ];
  return `${lines.join("\n")}\n`;
}

/** What stands for the directory of a dump that is in an archive. */
const UNPACKED = "IMAGES";

function heading(text: string, look: Look): string {
  return look.paint("bold", text);
}

function commandText(
  { options: all }: Preflight,
  options: PreflightTextOptions,
  look: Look,
): string[] {
  const filled = filledIn(all, options.root);
  const line = commandLine(options.images ?? UNPACKED, filled);
  const lines = [heading("Command", look), `  ${printable(line)}`];
  if (options.images === undefined) {
    const name = look.paint("cyan", UNPACKED);
    lines.push(`  ${name}: the directory into which ${printable(options.dump)} is to be unpacked`);
  }
  for (const { words, environment, reason, option, placeholder } of filled) {
    const name = environment ?? words.map(shellWord).join(" ");
    const may = option.isOptional ? " (optional)" : "";
    const fill = placeholder === undefined ? "" : `; put in ${placeholder}`;
    const head = `  ${look.paint("cyan", printable(name))}${may}`;
    lines.push(wrapLine(`${head}: ${printable(reason)}${fill}`, 4));
    if (!option.isOptional) {
      lines.push(wrapLine(look.paint("dim", `    without it: ${printable(option.without)}`), 6));
    }
  }
  return [...lines, ""];
}

function machineText(
  { outcomes, fulfilled }: Preflight,
  { all, root }: PreflightTextOptions,
  look: Look,
): string[] {
  const where = root === undefined ? "" : ` (files below ${root})`;
  const lines = [printable(`This machine${where}`)].map((line) => heading(line, look));
  for (const state of STATES) {
    if (state === "ok" && !all) lines.push(...okText(fulfilled, look));
    else {
      const those = outcomes.filter((outcome) => outcome.state === state);
      for (const [demand, some] of Map.groupBy(those, ({ demand }) => demand)) {
        for (const outcome of some.slice(0, MOST_OUTCOMES)) {
          lines.push(...outcomeText(outcome, look));
        }
        const rest = some.length - MOST_OUTCOMES;
        if (rest > 0) lines.push(`  ${label(state, look)}${demand.id}  and ${rest} more: --json`);
      }
    }
  }
  return [...lines, ""];
}

/** Most outcomes of a demand that are told one by one. */
const MOST_OUTCOMES = 50;

const label = (state: State, look: Look) =>
  look.paint(STYLES[state], state) + " ".repeat(9 - state.length);

function outcomeText(
  { demand, state, what, expected, found, place, fix }: DemandOutcome,
  look: Look,
): string[] {
  const is = state === "ok" ? found : `${found}; expected: ${expected}`;
  const where = place === undefined || state === "ok" ? "" : ` (${placeText(place)})`;
  const line = `  ${label(state, look)}${demand.id}  ${printable(`${what}: ${is}${where}`)}`;
  const hint = `${" ".repeat(11)}${look.paint("dim", printable(`hint: ${fix}`))}`;
  const lines = fix === undefined || state === "ok" ? [line] : [line, hint];
  return lines.map((line) => wrapLine(line, 13));
}

/** A line for each demand that is fulfilled. */
function okText(fulfilled: Preflight["fulfilled"], look: Look): string[] {
  return [...fulfilled].map(([{ id, summary }, count]) =>
    wrapLine(`  ${label("ok", look)}${id}  ${summary} (${count})`, 13)
  );
}

/** `files.img: entry 3: reg.size` */
function placeText({ image, entry, field }: DumpPlace): string {
  const parts = [image, ...entry === undefined ? [] : [`entry ${entry}`], ...field ? [field] : []];
  return parts.join(": ");
}

function dumpText({ report }: Preflight, look: Look): string[] {
  const errors = report.findings.filter(({ rule }) => rule.severity === "error");
  if (errors.length === 0) return [];
  const lines = errors.map(({ rule, image, message }) =>
    wrapLine(
      `  ${look.paint("red", "error")}    ${rule.id}  ${printable(`${image}: ${message}`)}`,
      13,
    )
  );
  return [heading("The dump (crit check has more)", look), ...lines, ""];
}

function lossText({ losses }: Preflight, look: Look): string[] {
  if (losses.length === 0) return [];
  const lines = [...Map.groupBy(losses, ({ rule }) => rule)].flatMap(([{ id }, some]) => {
    const told = some.slice(0, MOST_OUTCOMES)
      .map(({ what, place }) =>
        wrapLine(`  ${id}  ${printable(`${what} (${placeText(place)})`)}`, 4)
      );
    const rest = some.length - told.length;
    return rest > 0 ? [...told, `  ${id}  and ${rest} more: --json`] : told;
  });
  return [heading("Lost silently", look), ...lines, ""];
}

/** What logs in the dump say. */
function logText({ report }: Preflight, look: Look): string[] {
  const logs = report.findings.filter(({ rule }) => rule.id === LOG_RULE);
  if (logs.length === 0) return [];
  const lines = logs.map(({ image, message }) =>
    wrapLine(`  ${printable(`${image}: ${message}`)}`, 4)
  );
  return [heading("Logs in the dump (crit explain has more)", look), ...lines, ""];
}

/** The rule of `crit check` about logs. */
const LOG_RULE = "log-failed";

function summary(
  { counts, report, options: all }: Preflight,
  { dump, offline }: PreflightTextOptions,
): string {
  const errors = report.counts.error;
  const parts = [
    ...(errors > 0 ? [`${countOf(errors, "error")} in the dump`] : []),
    ...(offline ? [] : STATES.map((state) => `${counts[state]} ${state}`)),
  ];
  const open = all.filter(({ placeholder }) => placeholder !== undefined).length;
  const rest = offline && parts.length === 0 ? countOf(all.length, "option") : parts.join(", ");
  return `${dump}: ${rest}${open > 0 && offline ? `, ${open} of them to be filled in` : ""}`;
}

/** All that was found, for programs; the keys are those of docs/RESTORE.md. */
export function preflightJson(
  found: Preflight,
  { dump, images, root, offline }: PreflightTextOptions,
): string {
  const { kind, options, report, outcomes, counts, losses } = found;
  const filled = filledIn(options, root);
  const place = (place: DumpPlace | undefined) =>
    place === undefined
      ? null
      : { image: place.image, entry: place.entry ?? null, field: place.field ?? null };
  const facts = {
    dump,
    kind,
    command: kind === "dump" ? commandLine(images ?? UNPACKED, filled) : null,
    options: filled.map((
      { words, environment, reason, placeholder, redirection, option, places },
    ) => ({
      words,
      environment: environment ?? null,
      redirection: redirection ?? null,
      placeholder: placeholder ?? null,
      optional: option.isOptional ?? false,
      reason,
      without: option.without,
      places: places.map(place),
    })),
    errors: report.findings.filter(({ rule }) => rule.severity === "error")
      .map(({ rule, image, entry, field, message }) => ({
        rule: rule.id,
        image,
        entry: entry ?? null,
        field: field ?? null,
        message,
      })),
    demands: offline
      ? null
      : outcomes.map(({ demand, state, what, expected, found, place: at, fix }) => ({
        demand: demand.id,
        state,
        what,
        expected,
        found,
        place: place(at),
        fix: fix ?? null,
      })),
    logs: report.findings.filter(({ rule }) => rule.id === LOG_RULE)
      .map(({ image, message }) => ({ log: image, message })),
    losses: losses.map(({ rule, what, place: at }) => ({ loss: rule.id, what, place: place(at) })),
    ok: counts.ok,
    fails: counts.fails,
    unknown: counts.unknown,
  };
  return jsonText(facts);
}
