/** The program of a report's page. @module */

import type { ReportData } from "../data.ts";
import { h, refill } from "./dom.ts";
import { dateText } from "./format.ts";
import { graphSection } from "./graph.ts";
import { loadReport, loadTask } from "./load.ts";
import { memoryMaps } from "./memory.ts";
import { badge, comparison, findings, restoreSection, wholeViews } from "./findings.ts";
import { overview } from "./overview.ts";
import { searchBox } from "./search.ts";
import { taskPage } from "./task_page.ts";
import { taskTree } from "./tasks.ts";

/** A section of the report, made when it is first seen. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly make: (data: ReportData) => HTMLElement;
}

const SECTIONS: readonly Section[] = [
  { id: "overview", title: "Overview", make: overview },
  { id: "tasks", title: "Tasks", make: taskTree },
  { id: "memory", title: "Memory", make: memoryMaps },
  { id: "connections", title: "Connections", make: graphSection },
  { id: "views", title: "Files, mounts, network", make: wholeViews },
  { id: "findings", title: "Findings", make: findings },
  { id: "restore", title: "Restore", make: restoreSection },
  { id: "comparison", title: "Comparison", make: comparison },
];

/** Shows the report, and follows the address. */
async function main(): Promise<void> {
  const data = await loadReport();
  const sections = SECTIONS.filter(({ id }) => id !== "comparison" || data.comparison !== null);
  const links = sections.map(({ id, title }) => h("a", { href: `#${id}`, class: "nav" }, title));
  const elements = sections.map(({ id, title }) =>
    h("section", { id, class: "part", hidden: true }, h("h2", { tabindex: -1 }, title))
  );
  const task = h("section", { id: "task", class: "part", hidden: true });
  refill(
    document.getElementById("app")!,
    h(
      "header",
      {},
      h("h1", { title: data.path }, data.title, " ", badge(data.verdict)),
      searchBox(data),
      h("nav", { "aria-label": "Sections" }, links),
    ),
    h("main", {}, elements, task),
    h(
      "footer",
      {},
      `Made by crit ${data.version} on ${dateText(data.made)} of `,
      h("code", {}, data.path),
    ),
  );
  const made = new Set<string>();
  const make = (index: number) => {
    const { id, make } = sections[index]!;
    if (made.has(id)) return;
    made.add(id);
    elements[index]!.appendChild(make(data));
  };
  const show = async () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    const pid = /^task-(\d+)$/.exec(hash)?.[1];
    const id = sectionOf(hash);
    if (pid !== undefined) {
      const page = await loadTask(data, Number(pid));
      refill(
        task,
        page === undefined ? h("p", {}, `There is no task ${pid}.`) : taskPage(data, page),
      );
    }
    task.hidden = pid === undefined;
    for (const [index, section] of sections.entries()) {
      const isShown = pid === undefined && section.id === id;
      if (isShown) elements[index]!.hidden = false;
      if (isShown) make(index);
      elements[index]!.hidden = !isShown;
      const isCurrent = isShown || (pid !== undefined && section.id === "tasks");
      if (isCurrent) links[index]!.setAttribute("aria-current", "page");
      else links[index]!.removeAttribute("aria-current");
    }
    const target = hash === "" ? null : document.getElementById(hash);
    const isInside = target !== null && !target.classList.contains("part");
    if (isInside) target.scrollIntoView();
    else scrollTo(0, 0);
    if (hash !== "") {
      const place = pid === undefined ? target : task;
      place?.querySelector<HTMLElement>("h2, h3")?.focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", () => void show());
  addEventListener("beforeprint", () => {
    sections.forEach((_, index) => make(index));
  });
  await show();
}

/** The section that an address is in. */
function sectionOf(hash: string): string {
  if (hash.startsWith("finding-")) return "findings";
  if (hash.startsWith("view-compare-")) return "comparison";
  if (hash.startsWith("view-")) return "views";
  if (hash === "machine") return "restore";
  return SECTIONS.some(({ id }) => id === hash) ? hash : "overview";
}

await main();
