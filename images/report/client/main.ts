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

/** The report in the page: its sections, each made when it is first shown, and a task's page. */
class Report {
  readonly #sections: readonly Section[];
  readonly #links: readonly HTMLElement[];
  readonly #elements: readonly HTMLElement[];
  readonly #task = h("section", { id: "task", class: "part", hidden: true });
  readonly #made = new Set<string>();

  constructor(readonly data: ReportData) {
    this.#sections = SECTIONS.filter(({ id }) => id !== "comparison" || data.comparison !== null);
    this.#links = this.#sections.map(({ id, title }) =>
      h("a", { href: `#${id}`, class: "nav" }, title)
    );
    this.#elements = this.#sections.map(({ id, title }) =>
      h("section", { id, class: "part", hidden: true }, h("h2", { tabindex: -1 }, title))
    );
  }

  /** Puts the report into an element of the page. */
  fill(element: HTMLElement): void {
    const { title, path, verdict, version, made } = this.data;
    refill(
      element,
      h(
        "header",
        {},
        h("h1", { title: path }, title, " ", badge(verdict)),
        searchBox(this.data),
        h("nav", { "aria-label": "Sections" }, this.#links),
      ),
      h("main", {}, this.#elements, this.#task),
      h("footer", {}, `Made by crit ${version} on ${dateText(made)} of `, h("code", {}, path)),
    );
  }

  /** Shows what an address leads to. */
  async show(hash: string): Promise<void> {
    const pid = /^task-(\d+)$/.exec(hash)?.[1];
    if (pid !== undefined) {
      const page = await loadTask(this.data, Number(pid));
      // Meanwhile the reader may have gone elsewhere.
      if (hash !== addressed()) return;
      refill(this.#task, page === undefined ? noTask(pid) : taskPage(this.data, page));
    }
    this.#task.hidden = pid === undefined;
    this.#showSection(pid === undefined ? sectionOf(hash) : undefined);
    const target = hash === "" ? null : document.getElementById(hash);
    const isInside = target !== null && !target.classList.contains("part");
    if (isInside) target.scrollIntoView();
    else scrollTo(0, 0);
    if (hash === "") return;
    const place = pid === undefined ? target : this.#task;
    place?.querySelector<HTMLElement>("h2, h3")?.focus({ preventScroll: true });
  }

  /** Shows one section; none if a task's page is shown, which belongs to that of tasks. */
  #showSection(wanted: string | undefined): void {
    for (const [index, { id }] of this.#sections.entries()) {
      // What is hidden has no size to lay things out in.
      this.#elements[index]!.hidden = id !== wanted;
      if (id === wanted) this.#make(index);
      if (id === (wanted ?? "tasks")) this.#links[index]!.setAttribute("aria-current", "page");
      else this.#links[index]!.removeAttribute("aria-current");
    }
  }

  #make(index: number): void {
    const { id, make } = this.#sections[index]!;
    if (this.#made.has(id)) return;
    this.#made.add(id);
    this.#elements[index]!.appendChild(make(this.data));
  }

  /** Makes all sections, as they are printed. */
  makeAll(): void {
    this.#sections.forEach((_, index) => this.#make(index));
  }
}

/** What stands in for the page of a task that is not in the dump. */
function noTask(pid: string): HTMLElement {
  return h(
    "article",
    {},
    h("h2", { tabindex: -1 }, `Task ${pid}`),
    h(
      "p",
      { class: "empty" },
      `There is no task ${pid}. `,
      h("a", { href: "#tasks" }, "All tasks"),
    ),
  );
}

/** What the page's address leads to; a damaged one as it stands there. */
function addressed(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

/** Shows the report, and follows the address. */
async function main(): Promise<void> {
  const report = new Report(await loadReport());
  report.fill(document.getElementById("app")!);
  addEventListener("hashchange", () => void report.show(addressed()));
  addEventListener("beforeprint", () => report.makeAll());
  await report.show(addressed());
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
