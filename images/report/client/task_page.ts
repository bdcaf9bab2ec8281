/** The page of one task. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { Area, ReportData, TaskPage } from "../data.ts";
import { type Child, h } from "./dom.ts";
import { addressMap, kindText } from "./memory.ts";
import { rowsOf } from "./rows.ts";
import { tableElement, taskLink } from "./tables.ts";

/** All about a task. */
export function taskPage(data: ReportData, page: TaskPage): HTMLElement {
  const line = data.tasks.find(({ pid }) => pid === page.pid);
  const children = data.tasks.filter(({ ppid, pid }) => ppid === page.pid && pid !== page.pid);
  const findings = data.findings.filter(({ pid }) => pid === page.pid);
  return h(
    "article",
    {},
    h("h2", { tabindex: -1 }, `Task ${page.pid} `, line?.comm ?? ""),
    h("p", {}, h("a", { href: "#tasks" }, "All tasks")),
    findings.map(({ rule, message, severity }) =>
      h("p", { class: severity }, h("a", { href: `#finding-${rule}` }, rule), ": ", message)
    ),
    h(
      "dl",
      { class: "facts" },
      page.facts.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value))),
      children.length === 0 ? undefined : h(
        "div",
        {},
        h("dt", {}, "Children"),
        h(
          "dd",
          {},
          children.slice(0, 40).flatMap(({ pid }): Child[] => [taskLink(pid), " "]),
          children.length > 40 ? "…" : "",
        ),
      ),
    ),
    texts("Command line", page.args),
    page.areas.length === 0
      ? undefined
      : [h("h3", {}, "Memory"), addressMap(page.areas), areaTable(page.areas)],
    page.tables.map(tableElement),
    texts("Environment", page.env),
  );
}

function texts(title: string, list: readonly string[] | null): Child {
  if (list === null) return h("p", {}, h("strong", {}, title), ": left out of this report.");
  if (list.length === 0) return undefined;
  const items = list.map((text) => h("li", {}, h("code", {}, text)));
  return h(
    "details",
    { open: title === "Command line" },
    h("summary", {}, `${title} (${list.length})`),
    h("ol", { class: "texts" }, items),
  );
}

function areaTable(areas: readonly Area[]): HTMLElement {
  const rows = rowsOf<Area>("Memory areas", [
    { title: "Start", cell: ({ start }) => h("code", {}, start) },
    {
      title: "Size",
      isNumber: true,
      cell: ({ size }) => h("span", { title: `${size} bytes` }, binarySize(size)),
    },
    { title: "Access", cell: ({ prot }) => h("code", {}, prot) },
    { title: "Kind", cell: ({ kind }) => kindText(kind) },
    { title: "In this dump", isNumber: true, cell: ({ present }) => binarySize(present) },
    {
      title: "In a parent",
      isNumber: true,
      cell: ({ parent }) => parent === 0 ? "" : binarySize(parent),
    },
    { title: "Name", cell: ({ name }) => name },
  ]);
  rows.show(areas);
  return h("details", {}, h("summary", {}, `Memory areas (${areas.length})`), rows.element);
}
