/** Search over everything that the report holds. @module */

import type { ReportData, Table, TaskPage } from "../data.ts";
import { type Child, h, refill } from "./dom.ts";
import { loadBlock } from "./load.ts";
import { cellText } from "./tables.ts";

/** Most results that are shown. */
const MOST = 200;

/** Milliseconds after the last key before the search begins. */
const PAUSE = 120;

/** A place where the text was found. */
interface Found {
  readonly href: string;
  readonly where: string;
  readonly text: string;
}

/** The search box with its results. */
export function searchBox(data: ReportData): HTMLElement {
  const results = h("div", { class: "results", hidden: true, "aria-live": "polite" });
  const input = h("input", {
    type: "search",
    placeholder: "Search everything",
    "aria-label": "Search the report",
  }) as HTMLInputElement;
  let current = 0;
  const later = () => {
    const turn = ++current;
    setTimeout(() => turn === current && void search(), PAUSE);
  };
  const search = async () => {
    const text = input.value.trim().toLowerCase();
    const turn = ++current;
    results.hidden = text.length < 2;
    if (text.length < 2) return;
    refill(results, h("p", { class: "soft" }, "Searching…"));
    const found: Found[] = [];
    for await (const one of everything(data, text)) {
      if (turn !== current) return;
      if (one !== undefined && found.push(one) >= MOST) break;
    }
    if (turn === current) refill(results, resultList(found, () => results.hidden = true));
  };
  input.addEventListener("input", later);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      current++;
      results.hidden = true;
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      results.querySelector("a")?.focus();
    }
  });
  return h("div", { class: "search", role: "search" }, input, results);
}

function resultList(found: readonly Found[], close: () => void): Child {
  if (found.length === 0) return h("p", {}, "Nothing found.");
  const more = found.length === MOST ? h("p", {}, `The first ${MOST} results.`) : undefined;
  return [
    more,
    h(
      "ul",
      {},
      found.map(({ href, where, text }) =>
        h("li", {}, h("a", { href, onclick: close }, h("b", {}, where), " ", text))
      ),
    ),
  ];
}

async function* everything(data: ReportData, text: string): AsyncGenerator<Found | undefined> {
  const has = (value: string) => value.toLowerCase().includes(text);
  for (const { pid, comm } of data.tasks) {
    if (has(`${pid} ${comm}`)) {
      yield { href: `#task-${pid}`, where: "task", text: `${pid} ${comm}` };
    }
  }
  for (const { rule, message, place } of data.findings) {
    const line = `${place.image}: ${message}`;
    if (has(`${rule} ${line}`)) yield { href: `#finding-${rule}`, where: rule, text: line };
  }
  for (const { what, found, demand } of data.restore?.outcomes ?? []) {
    const line = `${what}: ${found}`;
    if (has(`${demand} ${line}`)) yield { href: "#machine", where: demand, text: line };
  }
  for (const { option, reason } of data.restore?.options ?? []) {
    if (has(`${option} ${reason}`)) yield { href: "#restore", where: option, text: reason };
  }
  for (const { label, value } of data.groups.flatMap(({ facts }) => facts)) {
    if (has(`${label} ${value}`)) yield { href: "#overview", where: label, text: value };
  }
  for (const table of [...data.tables, ...data.comparison?.tables ?? []]) {
    yield* inTable(table, has, `#view-${table.name}`, table.name.replace("-", " "));
  }
  for (const { kind, label } of data.nodes) {
    if (kind !== "task" && has(`${kind} ${label}`)) {
      yield { href: "#connections", where: kind, text: label };
    }
  }
  for (let i = 0; i < data.tasks.length; i += data.blockSize) {
    for (const page of await loadBlock(i)) yield* inPage(page, has);
    yield undefined;
  }
}

function* inPage(page: TaskPage, has: (text: string) => boolean): Generator<Found> {
  const href = `#task-${page.pid}`;
  for (const text of [...page.args ?? [], ...page.env ?? []]) {
    if (has(text)) yield { href, where: `task ${page.pid}`, text };
  }
  for (const { start, end, name } of page.areas) {
    const text = `${start}-${end} ${name}`;
    if (has(text)) yield { href, where: `task ${page.pid} memory`, text };
  }
  for (const table of page.tables) {
    yield* inTable(table, has, href, `task ${page.pid} ${table.name}`);
  }
}

function* inTable(
  { rows }: Pick<Table, "rows">,
  has: (text: string) => boolean,
  href: string,
  where: string,
): Generator<Found> {
  for (const row of rows) {
    const text = row.map(cellText).filter((part) => part !== "").join(" ");
    if (has(text)) yield { href, where, text };
  }
}
