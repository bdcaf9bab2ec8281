/** The page of one task. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { Area, ReportData, TaskLine, TaskPage } from "../data.ts";
import { type Child, h, whole } from "./dom.ts";
import { badge } from "./findings.ts";
import { countText } from "./format.ts";
import { addressMap, kindText } from "./memory.ts";
import { factList } from "./overview.ts";
import { rowsOf } from "./rows.ts";
import { tableElement, taskLink, taskLinks } from "./tables.ts";

/** All about a task. */
export function taskPage(data: ReportData, page: TaskPage): HTMLElement {
  const { pid, args, env, areas } = page;
  const line = data.tasks.find((task) => task.pid === pid);
  const heads = new Map(data.taskViews.map((head) => [head.name, head]));
  return h(
    "article",
    {},
    h("p", { class: "path" }, ancestors(data, line)),
    h("h2", { tabindex: -1 }, line?.comm ?? "", " ", h("small", {}, `task ${pid}`)),
    findingsOf(data, pid),
    h("div", { class: "card" }, factList(page.facts, children(data, pid))),
    texts("Command line", args, true),
    areas.length === 0
      ? undefined
      : [memoryHeading(data, line, areas), addressMap(areas), areaTable(areas)],
    page.tables.map(({ name, rows }) => tableElement({ ...heads.get(name)!, rows })),
    texts("Environment", env, false),
  );
}

/** Links to the tasks above, the root first. */
function ancestors(data: ReportData, line: TaskLine | undefined): Child {
  const byPid = new Map(data.tasks.map((task) => [task.pid, task]));
  const above: TaskLine[] = [];
  const seen = new Set([line?.pid]);
  for (let at = byPid.get(line?.ppid ?? 0); at !== undefined && !seen.has(at.pid);) {
    seen.add(at.pid);
    above.unshift(at);
    at = byPid.get(at.ppid);
  }
  const shown = above.slice(-6);
  return [
    h("a", { href: "#tasks" }, "All tasks"),
    above.length > shown.length ? " › …" : "",
    shown.map(({ pid, comm }) => [" › ", taskLink(pid, `${pid} ${comm}`)]),
  ];
}

function children(data: ReportData, pid: number): Child {
  const pids = data.tasks.filter((task) => task.ppid === pid && task.pid !== pid)
    .map(({ pid }) => pid);
  return pids.length === 0
    ? undefined
    : h("div", {}, h("dt", {}, "Children"), h("dd", {}, taskLinks(pids)));
}

function findingsOf(data: ReportData, pid: number): Child {
  const own = data.findings.filter(({ place }) => place.pid === pid);
  if (own.length === 0) return undefined;
  const items = own.slice(0, 20).map(({ rule, message, severity }) =>
    h("li", {}, badge(severity), " ", h("a", { href: `#finding-${rule}` }, rule), " ", message)
  );
  return h("ul", { class: "notes" }, items);
}

function memoryHeading(
  data: ReportData,
  line: TaskLine | undefined,
  areas: readonly Area[],
): Child {
  const owner = line !== undefined && line.memory !== line.pid
    ? [" It is the address space of ", taskLink(line.memory), "."]
    : "";
  const sharers = data.tasks.filter(({ memory, pid }) => memory === line?.pid && pid !== memory)
    .map(({ pid }) => pid);
  return [
    h("h3", {}, "Address space ", h("small", {}, countText(areas.length, "area"))),
    h(
      "p",
      { class: "soft" },
      `${binarySize(line?.mapped ?? 0)} mapped, ${binarySize(line?.present ?? 0)} in this dump.`,
      owner,
      sharers.length === 0 ? "" : [" Shared with ", taskLinks(sharers), "."],
    ),
  ];
}

function texts(title: string, list: readonly string[] | null, isOpen: boolean): Child {
  if (list === null) {
    return [h("h3", {}, title), h("p", { class: "soft" }, "Left out of this report.")];
  }
  if (list.length === 0) return undefined;
  const heading = h("h3", {}, title, " ", h("small", {}, list.length));
  if (isOpen) {
    const words = list.map((text) => h("span", {}, whole(text)));
    return [heading, h("p", { class: "words card" }, words)];
  }
  const items = list.map((text) => {
    const at = text.indexOf("=");
    if (at < 0) return h("li", {}, h("code", {}, whole(text)));
    return h("li", {}, h("code", {}, h("b", {}, whole(text.slice(0, at))), whole(text.slice(at))));
  });
  return h("details", {}, h("summary", {}, heading), h("ul", { class: "texts card" }, items));
}

function areaTable(areas: readonly Area[]): HTMLElement {
  const size = (bytes: number) =>
    bytes === 0 ? "" : h("span", { title: `${bytes} bytes` }, binarySize(bytes));
  const hasParent = areas.some(({ parent }) => parent > 0);
  const hasLazy = areas.some(({ lazy }) => lazy > 0);
  const rows = rowsOf<Area>("Memory areas", [
    { title: "Start", cell: ({ start }) => h("code", {}, start) },
    { title: "Size", isNumber: true, cell: ({ size: bytes }) => size(bytes) },
    { title: "Access", cell: ({ prot }) => h("code", {}, prot) },
    { title: "Kind", cell: ({ kind }) => kindText(kind) },
    { title: "In this dump", isNumber: true, cell: ({ present }) => size(present) },
    ...hasParent
      ? [{ title: "In a parent", isNumber: true, cell: ({ parent }: Area) => size(parent) }]
      : [],
    ...hasLazy ? [{ title: "Lazy", isNumber: true, cell: ({ lazy }: Area) => size(lazy) }] : [],
    { title: "Name", cell: ({ name }) => name === "" ? "" : h("code", {}, name) },
  ]);
  rows.show(areas);
  return h(
    "details",
    { class: "areas" },
    h("summary", {}, "Areas as a table"),
    rows.element,
  );
}
