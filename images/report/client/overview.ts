/** The first page. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { ChainLink, Fact, ReportData } from "../data.ts";
import { type Child, h } from "./dom.ts";
import { countText, dateText, timeText } from "./format.ts";

const VERDICTS = {
  consistent: "The images are complete and consistent.",
  suspicious: "The images have oddities that may hinder a restore.",
  broken: "The images have errors: CRIU could not restore them, or data is lost.",
} as const;

/** Image types whose sizes are shown one by one. */
const MOST_TYPES = 12;

/** The summary. */
export function overview(data: ReportData): HTMLElement {
  return h(
    "div",
    {},
    verdict(data),
    data.redacted
      ? h("p", { class: "soft" }, "Command lines and environments are left out of this report.")
      : undefined,
    h("div", { class: "groups" }, data.groups.map(({ title, facts }) => group(title, facts))),
    data.faults.length === 0 ? undefined : [
      h("h3", {}, "What could not be read ", h("small", {}, data.faults.length)),
      h("ul", { class: "faults" }, data.faults.slice(0, 200).map((fault) => h("li", {}, fault))),
    ],
    data.chain.length === 0 ? undefined : chain(data.chain),
    data.timings.length === 0 ? undefined : [
      h("h3", {}, "Time that the dump took"),
      bars(data.timings.map(({ label, microseconds }) => ({
        label,
        value: microseconds,
        text: timeText(microseconds),
      }))),
    ],
    imageSizes(data),
  );
}

function verdict({ verdict, counts, unfinished, restore }: ReportData): HTMLElement {
  const found = Object.entries(counts).filter(([, count]) => count > 0)
    .map(([severity, count]) => countText(count, severity)).join(", ");
  const fails = restore?.counts.fails ?? 0;
  return h(
    "div",
    { class: `verdict ${verdict}` },
    h(
      "p",
      {},
      h("strong", {}, verdict),
      ` ${VERDICTS[verdict]} `,
      found === "" ? "" : h("a", { href: "#findings" }, found),
    ),
    unfinished === null ? undefined : h(
      "p",
      {},
      unfinished.isCopy ? "This copy of the dump is not whole: " : "The dump was never finished: ",
      `${unfinished.signs.join("; ")}.`,
    ),
    fails === 0 ? undefined : h(
      "p",
      {},
      h("a", { href: "#restore" }, countText(fails, "demand")),
      ` of the dump ${fails === 1 ? "fails" : "fail"} on ${restore?.machine ?? "the machine"}.`,
    ),
  );
}

function group(title: string, facts: readonly Fact[]): HTMLElement {
  return h("section", { class: "card" }, h("h3", {}, title), factList(facts));
}

/** Labels with their values. */
export function factList(facts: readonly Fact[], more?: Child): HTMLElement {
  return h(
    "dl",
    { class: "facts" },
    facts.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value))),
    more,
  );
}

/** What each step of a chain added, the oldest first. */
function chain(links: readonly ChainLink[]): Child {
  const steps = links.toReversed();
  const most = Math.max(1, ...steps.map(({ stored }) => stored));
  const row = (link: ChainLink, index: number) => {
    const { path, made, tasks, stored, used, frozen } = link;
    const bar = h("span", { class: "bar split" }, h("i"));
    bar.style.width = `${(stored / most * 100).toFixed(2)}%`;
    const part = stored === 0 ? 0 : Math.min(1, used / stored) * 100;
    (bar.firstChild as HTMLElement).style.width = `${part.toFixed(2)}%`;
    return h(
      "tr",
      {},
      h("td", { class: "number" }, index + 1),
      h("th", { scope: "row", title: path }, path.split("/").filter((part) => part).at(-1) ?? path),
      h("td", {}, made === null ? "" : dateText(made)),
      h("td", { class: "number" }, tasks === 0 ? "" : tasks),
      h("td", { class: "wide" }, bar),
      h("td", { class: "number", title: `${stored} bytes` }, binarySize(stored)),
      h("td", { class: "number", title: `${used} bytes` }, binarySize(used)),
      h("td", { class: "number" }, frozen === null ? "" : timeText(frozen)),
    );
  };
  const titles = ["Step", "Directory", "Made", "Tasks", "", "Pages added", "Still used", "Frozen"];
  const total = links.reduce((sum, { used }) => sum + used, 0);
  return [
    h("h3", {}, "What each step of the chain added"),
    h(
      "p",
      { class: "soft" },
      `A restore reads ${binarySize(total)} of pages from ${countText(links.length, "dump")}. `,
      "The full part of a bar is still used; a later step wrote the rest again.",
    ),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Chain of dumps" },
      h(
        "table",
        { class: "chain" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            titles.map((title, i) =>
              title === "" ? h("td", {}) : h(
                "th",
                { scope: "col", class: /[03567]/.test(`${i}`) ? "number" : undefined },
                title,
              )
            ),
          ),
        ),
        h("tbody", {}, steps.map(row)),
      ),
    ),
  ];
}

function imageSizes({ images }: ReportData): Child {
  const sorted = images.toSorted((a, b) => b.bytes - a.bytes);
  const rest = sorted.slice(MOST_TYPES);
  const sum = (key: "bytes" | "count") => rest.reduce((sum, image) => sum + image[key], 0);
  const other = rest.length === 0
    ? []
    : [{ type: countText(rest.length, "other type"), count: sum("count"), bytes: sum("bytes") }];
  return [
    h("h3", {}, "Sizes of images"),
    bars([...sorted.slice(0, MOST_TYPES), ...other].map(({ type, count, bytes }) => ({
      label: type,
      note: countText(count, "file"),
      value: bytes,
      text: binarySize(bytes),
    }))),
  ];
}

/** An amount that is drawn as a bar. */
interface Amount {
  readonly label: string;
  readonly note?: string;
  readonly value: number;
  readonly text: string;
}

/** Bars of amounts, the longest as wide as there is room. */
function bars(items: readonly Amount[]): HTMLElement {
  const most = Math.max(1, ...items.map(({ value }) => value));
  return h(
    "table",
    { class: "bars card" },
    h(
      "tbody",
      {},
      items.map(({ label, note, value, text }) => {
        const bar = h("span", { class: "bar" });
        bar.style.width = `${(value / most * 100).toFixed(2)}%`;
        if (value > 0) bar.style.minWidth = "2px";
        return h(
          "tr",
          {},
          h("th", { scope: "row" }, label, note ? h("small", {}, ` ${note}`) : ""),
          h("td", { class: "wide" }, bar),
          h("td", { class: "number" }, text),
        );
      }),
    ),
  );
}
