/** What check found, what a restore needs, and what differs from another dump. @module */

import type { MachineOutcome, ReportData, ReportFinding, RestoreAdvice } from "../data.ts";
import { type Child, h, prose, whole } from "./dom.ts";
import { countText } from "./format.ts";
import { rowsOf } from "./rows.ts";
import { placeElement, tableElement } from "./tables.ts";

/** What check found, rule by rule. */
export function findings({ findings, leftOutFindings }: ReportData): HTMLElement {
  if (findings.length === 0) {
    return h("p", { class: "empty" }, "crit check found nothing wrong with this dump.");
  }
  return h(
    "div",
    {},
    leftOutFindings === 0
      ? undefined
      : h("p", { class: "soft" }, `${countText(leftOutFindings, "more finding")} not listed.`),
    [...Map.groupBy(findings, ({ rule }) => rule).values()].map(ruleElement),
  );
}

function ruleElement(findings: readonly ReportFinding[]): HTMLElement {
  const { rule, severity, summary, why } = findings[0]!;
  const rows = rowsOf<ReportFinding>(`Findings of ${rule}`, [
    { title: "Where", cell: ({ place }) => placeElement(place) },
    { title: "Finding", cell: ({ message }) => message, isWide: true },
    { title: "What to do", cell: ({ fix }) => prose(fix), isWide: true },
  ]);
  rows.show(findings);
  return h(
    "section",
    { class: "view rule", id: `finding-${rule}` },
    h(
      "h3",
      { tabindex: -1 },
      badge(severity),
      " ",
      rule,
      " ",
      h("small", {}, countText(findings.length, "finding")),
    ),
    // A rule is a phrase of what must be so: alone it would contradict the finding.
    h("p", {}, "Expected: ", prose(summary), ". ", h("span", { class: "soft" }, prose(why))),
    rows.element,
  );
}

/** A word in the colour of its meaning. */
export function badge(word: string): HTMLElement {
  return h("span", { class: `badge ${word}` }, word);
}

/** How the dump is restored, and whether it can be. */
export function restoreSection({ restore }: ReportData): HTMLElement {
  if (restore === null) {
    return h("p", { class: "empty" }, "This is no dump of processes that could be restored.");
  }
  return h("div", {}, command(restore), machine(restore), losses(restore));
}

function command({ command, options }: RestoreAdvice): Child {
  return [
    h("h3", {}, "The command"),
    h(
      "pre",
      { class: "card", tabindex: 0, role: "region", "aria-label": "The command" },
      h("code", {}, whole(command)),
    ),
    options.length === 0
      ? h("p", { class: "soft" }, "The dump asks for no option.")
      : optionTable(options),
  ];
}

function optionTable(options: RestoreAdvice["options"]): HTMLElement {
  const rows = rowsOf<RestoreAdvice["options"][number]>("Options", [
    {
      title: "Option",
      cell: ({ option, isOptional }) => [
        h("code", {}, option),
        isOptional ? h("span", { class: "soft" }, " optional") : "",
      ],
    },
    { title: "Because of", cell: ({ reason }) => prose(reason), isWide: true },
    { title: "Without it", cell: ({ without }) => prose(without), isWide: true },
    {
      title: "Where",
      cell: ({ places }) =>
        places.slice(0, 3).flatMap((
          place,
          i,
        ): Child[] => [i > 0 ? h("br") : "", placeElement(place)]),
      isWide: true,
    },
  ]);
  rows.show(options);
  return rows.element;
}

function machine({ machine, outcomes, fulfilled, counts }: RestoreAdvice): Child {
  if (machine === null) {
    return [
      h("h3", { id: "machine" }, "The machine"),
      h(
        "p",
        { class: "soft" },
        "No machine was asked whether it has what the dump needs: see crit preflight.",
      ),
    ];
  }
  return [
    h("h3", { id: "machine" }, "Demands on the machine"),
    h(
      "p",
      {},
      `Asked of ${machine}: ${counts.fails} ${counts.fails === 1 ? "fails" : "fail"}, `,
      `${counts.unknown} unknown, ${counts.ok} fulfilled.`,
      counts.fails + counts.unknown > outcomes.length
        ? ` The first ${outcomes.length} are listed.`
        : "",
    ),
    outcomes.length === 0 ? undefined : outcomeTable(outcomes),
    fulfilled.length === 0 ? undefined : fulfilledTable(fulfilled),
  ];
}

function outcomeTable(outcomes: readonly MachineOutcome[]): HTMLElement {
  const rows = rowsOf<MachineOutcome>("Demands", [
    { title: "State", cell: ({ state }) => badge(state) },
    { title: "Of", cell: ({ what }) => what, isWide: true },
    { title: "Found", cell: ({ found }) => found, isWide: true },
    { title: "Expected", cell: ({ expected }) => expected, isWide: true },
    { title: "What to do", cell: ({ fix }) => prose(fix), isWide: true },
    { title: "Demand", cell: ({ demand, summary }) => h("code", { title: summary }, demand) },
    {
      title: "Where",
      cell: ({ place }) => place === null ? "" : placeElement(place),
      isWide: true,
    },
  ]);
  rows.show(outcomes);
  return rows.element;
}

function fulfilledTable(fulfilled: RestoreAdvice["fulfilled"]): HTMLElement {
  const rows = rowsOf<RestoreAdvice["fulfilled"][number]>("Fulfilled demands", [
    { title: "State", cell: () => badge("ok") },
    { title: "Demand", cell: ({ demand }) => h("code", {}, demand) },
    { title: "What is so", cell: ({ summary }) => prose(summary), isWide: true },
    { title: "Times", isNumber: true, cell: ({ count }) => count.toLocaleString("en") },
  ]);
  rows.show(fulfilled);
  return h("div", { class: "below" }, rows.element);
}

function losses({ losses }: RestoreAdvice): Child {
  if (losses.length === 0) return undefined;
  const rows = rowsOf<RestoreAdvice["losses"][number]>("Losses", [
    { title: "Lost", cell: ({ what }) => what, isWide: true },
    { title: "Why", cell: ({ why }) => prose(why), isWide: true },
    { title: "Where", cell: ({ place }) => placeElement(place) },
  ]);
  rows.show(losses);
  return [
    h("h3", {}, "What a restore loses silently ", h("small", {}, losses.length)),
    rows.element,
  ];
}

/** The tables of views that are about the dump as a whole. */
export function wholeViews({ tables }: ReportData): HTMLElement {
  if (tables.length === 0) {
    return h("p", { class: "empty" }, "The dump has no files, mounts, networks or namespaces.");
  }
  const links = tables.map(({ name, rows }) =>
    h("a", { href: `#view-${name}` }, name, h("small", {}, ` ${rows.length.toLocaleString("en")}`))
  );
  return h(
    "div",
    {},
    h("nav", { class: "within", "aria-label": "Tables" }, links),
    tables.map(tableElement),
  );
}

/** What differs from another dump. */
export function comparison({ comparison, path }: ReportData): HTMLElement {
  if (comparison === null) return h("p", { class: "empty" }, "Nothing was compared.");
  return h(
    "div",
    {},
    h(
      "dl",
      { class: "facts card" },
      h("div", {}, h("dt", {}, "Before"), h("dd", {}, h("code", {}, comparison.path))),
      h("div", {}, h("dt", {}, "After"), h("dd", {}, h("code", {}, path))),
    ),
    comparison.tables.length === 0
      ? h("p", { class: "empty" }, "The dumps do not differ in tasks, files, sockets or areas.")
      : comparison.tables.map(tableElement),
  );
}
