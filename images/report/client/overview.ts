/** The first page, and the short ones. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { ReportData, ReportFinding, RestoreAdvice } from "../data.ts";
import { type Child, h } from "./dom.ts";
import { countText, timeText } from "./format.ts";
import { rowsOf } from "./rows.ts";
import { tableElement, taskLink } from "./tables.ts";

const VERDICTS = {
  consistent: "The images are complete and consistent.",
  suspicious: "The images have oddities that may hinder a restore.",
  broken: "The images have errors: CRIU could not restore them, or data is lost.",
} as const;

/** The summary. */
export function overview(data: ReportData): HTMLElement {
  const counts = Object.entries(Object.groupBy(data.findings, ({ severity }) => severity))
    .map(([severity, list]) => countText(list?.length ?? 0, severity)).join(", ");
  return h(
    "div",
    {},
    h(
      "p",
      { class: `verdict ${data.verdict}` },
      h("strong", {}, data.verdict),
      ` ${VERDICTS[data.verdict]} `,
      counts === "" ? "" : h("a", { href: "#findings" }, counts),
    ),
    data.redacted
      ? h("p", { class: "note" }, "Command lines, environments and queued data are left out.")
      : undefined,
    h(
      "dl",
      { class: "facts" },
      data.facts.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value))),
    ),
    data.faults.length === 0 ? undefined : [
      h("h3", {}, "What could not be read"),
      h("ul", { class: "faults" }, data.faults.map((fault) => h("li", {}, fault))),
    ],
    data.restore === null ? undefined : restoreAdvice(data.restore),
    data.timings.length === 0 ? undefined : [
      h("h3", {}, "Time that the dump took"),
      bars(data.timings.map(({ label, microseconds }) => ({
        label,
        value: microseconds,
        text: timeText(microseconds),
      }))),
    ],
    data.chain.length < 2 ? undefined : [
      h("h3", {}, "Chain of incremental dumps, the newest first"),
      bars(data.chain.map(({ path, stored }) => ({
        label: path,
        value: stored,
        text: `${binarySize(stored)} of pages`,
      }))),
    ],
    h("h3", {}, "Sizes of images"),
    bars(
      data.images.toSorted((a, b) => b.bytes - a.bytes).slice(0, 12).map((
        { type, count, bytes },
      ) => ({
        label: `${type} (${count})`,
        value: bytes,
        text: binarySize(bytes),
      })),
    ),
  );
}

function restoreAdvice({ command, options, losses }: RestoreAdvice): Child {
  return [
    h("h3", {}, "To restore it"),
    h("pre", { tabindex: 0 }, h("code", {}, command)),
    h(
      "ul",
      {},
      options.map(({ option, reason }) => h("li", {}, h("code", {}, option), ": ", reason)),
    ),
    losses.length === 0 ? undefined : [
      h("h3", {}, "A restore loses without a word"),
      h("ul", {}, losses.map(({ what, why }) => h("li", { title: why }, what))),
    ],
  ];
}

/** Bars of amounts, the longest as wide as there is room. */
function bars(items: ReadonlyArray<{ label: string; value: number; text: string }>): HTMLElement {
  const most = Math.max(1, ...items.map(({ value }) => value));
  return h(
    "table",
    { class: "bars" },
    h(
      "tbody",
      {},
      items.map(({ label, value, text }) => {
        const bar = h("span", { class: "bar" });
        bar.style.width = `${(value / most * 100).toFixed(2)}%`;
        return h(
          "tr",
          {},
          h("th", { scope: "row" }, label),
          h("td", {}, bar),
          h("td", { class: "number" }, text),
        );
      }),
    ),
  );
}

/** What check found. */
export function findings({ findings }: ReportData): HTMLElement {
  if (findings.length === 0) return h("p", {}, "No findings.");
  const rows = rowsOf<ReportFinding>("Findings", [
    {
      title: "Severity",
      cell: ({ severity }) => h("span", { class: `state ${severity}` }, severity),
    },
    { title: "Rule", cell: ({ rule }) => h("code", { id: `finding-${rule}` }, rule) },
    {
      title: "Where",
      cell: ({ image, entry, field, pid }): Child => [
        pid === null ? image : taskLink(pid, image),
        entry === null ? "" : ` entry ${entry}`,
        field === null ? "" : ` ${field}`,
      ],
    },
    { title: "Finding", cell: ({ message, fix }) => h("span", { title: fix }, message) },
  ]);
  rows.show(findings);
  return rows.element;
}

/** The tables of views that are about the dump as a whole. */
export function wholeViews({ tables }: ReportData): HTMLElement {
  return h("div", {}, tables.map(tableElement));
}

/** What differs from another dump. */
export function comparison({ comparison }: ReportData): HTMLElement {
  if (comparison === null) return h("p", {}, "Nothing was compared.");
  return h(
    "div",
    {},
    h("p", {}, "Compared with ", h("code", {}, comparison.path), "."),
    comparison.tables.length === 0
      ? h("p", {}, "The dumps do not differ.")
      : comparison.tables.map(tableElement),
  );
}
