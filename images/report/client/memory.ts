/** Memory as pictures. @module */

// @ts-types="npm:@types/d3-hierarchy@3.1.7"
import { hierarchy, treemap } from "npm:d3-hierarchy@3.1.2";
import { binarySize } from "../../bytes/sizes.ts";
import type { Area, KindBytes, ReportData } from "../data.ts";
import { type Child, h, svg } from "./dom.ts";
import { countText } from "./format.ts";
import { taskLink } from "./tables.ts";

/** What the letters of a fill are called. */
const FILLS: Readonly<Record<string, string>> = {
  p: "in this dump",
  r: "in a parent dump",
  l: "to be fetched later",
  ".": "not stored",
};

/** What becomes of the bytes of an area that no dump has. */
const RESTS: Readonly<Record<Area["rest"], string>> = {
  file: "read from the mapped file",
  zero: "zeros",
  kernel: "made again by the kernel",
  shared: "stored with the shared memory",
};

/** An area kind's colour class; kinds that are alike share one. */
export function kindClass(kind: string): string {
  if (/^(stack|shadow_stack|guard)$/.test(kind)) return "k-stack";
  if (kind === "heap") return "k-heap";
  if (/^file_/.test(kind)) return "k-file";
  if (/shared|sysv|memfd/.test(kind)) return "k-shared";
  if (/^(vdso|vvar|vsyscall|uprobes|aio_ring|socket)$/.test(kind)) return "k-kernel";
  return "k-anonymous";
}

/** `anonymous private` for `anonymous_private`. */
export const kindText = (kind: string): string => kind.replaceAll("_", " ");

/** The map of an address space: its areas in order, each filled by what the dump has of it. */
export function addressMap(areas: readonly Area[]): HTMLElement {
  const detail = h(
    "p",
    { class: "detail", role: "status" },
    "Point at an area, or move to it with Tab.",
  );
  const tell = (area: Area) => () => {
    detail.replaceChildren(document.createTextNode(areaText(area)));
  };
  const parts = areas.map((area) => {
    const label = areaText(area);
    const pieces = [...area.fill].map((letter) => h("i", { class: `f-${FILL_CLASS[letter]}` }));
    const part = h(
      "li",
      {
        class: `area ${kindClass(area.kind)}`,
        tabindex: 0,
        title: label,
        "aria-label": label,
        onmouseenter: tell(area),
        onfocus: tell(area),
      },
      pieces,
    );
    // Sizes lie between a page and gigabytes: by their logarithm all can be seen.
    part.style.flexGrow = String(Math.max(1, Math.log2(area.size / 4096 + 1)));
    return part;
  });
  return h(
    "figure",
    { class: "address-map" },
    h("ol", { "aria-label": "Address space, areas in ascending order" }, parts),
    h("figcaption", {}, legend(areas), detail),
  );
}

const FILL_CLASS: Readonly<Record<string, string>> = {
  p: "present",
  r: "parent",
  l: "lazy",
  ".": "absent",
};

function areaText(area: Area): string {
  const parts = [
    `${area.start}-${area.end}`,
    area.prot,
    kindText(area.kind),
    area.name,
    binarySize(area.size),
    area.present > 0 ? `${binarySize(area.present)} in this dump` : "",
    area.parent > 0 ? `${binarySize(area.parent)} in a parent dump` : "",
    area.lazy > 0 ? `${binarySize(area.lazy)} to be fetched later` : "",
    area.present + area.parent + area.lazy < area.size ? `the rest: ${RESTS[area.rest]}` : "",
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function legend(areas: readonly Area[]): HTMLElement {
  const kinds = [...new Set(areas.map(({ kind }) => kind))];
  const classes = [...Map.groupBy(kinds, kindClass)];
  const letters = new Set(areas.flatMap(({ fill }) => [...fill]));
  return h(
    "ul",
    { class: "legend" },
    classes.map(([name, kinds]) =>
      h("li", {}, h("b", { class: name }), kinds.map(kindText).join(", "))
    ),
    [...letters].map((letter) =>
      h("li", {}, h("b", { class: `f-${FILL_CLASS[letter]}` }), FILLS[letter] ?? "")
    ),
  );
}

/** Most tasks that have a rectangle each. */
const MOST_BOXES = 1000;

/** A rectangle of the tree map. */
interface Cell {
  readonly label: string;
  readonly bytes: number;
  readonly className: string;
  readonly href?: string;
}

/** Which tasks and kinds hold the memory that is in the dump. */
export function memoryMaps(data: ReportData): HTMLElement {
  const tasks = data.tasks.filter(({ pid, memory, present }) => pid === memory && present > 0)
    .sort((a, b) => b.present - a.present);
  const shared = data.shared.filter(({ bytes }) => bytes > 0);
  const cells: Cell[] = [
    ...tasks.slice(0, MOST_BOXES).map(({ pid, comm, present }) => ({
      label: `${pid} ${comm}`,
      bytes: present,
      className: "k-anonymous",
      href: `#task-${pid}`,
    })),
    ...rest(tasks.slice(MOST_BOXES).map(({ present }) => present)),
    ...shared.map(({ name, bytes }) => ({ label: name, bytes, className: "k-shared" })),
  ];
  const kinds = data.kinds.map(({ kind, present }): Cell => ({
    label: kindText(kind),
    bytes: present,
    className: kindClass(kind),
  })).filter(({ bytes }) => bytes > 0);
  return h(
    "div",
    {},
    h("h3", {}, "By task"),
    h("p", {}, "Areas are proportional to bytes in this dump; shared memory counts once."),
    treeMap("Memory by task", cells),
    h("h3", {}, "By kind"),
    treeMap("Memory by kind", kinds),
    kindTable(data.kinds),
    shared.length === 0 ? undefined : [
      h("h3", {}, "Shared memory"),
      h(
        "ul",
        {},
        shared.map(({ name, bytes, pids }) =>
          h(
            "li",
            {},
            `${name}: ${binarySize(bytes)}, mapped by `,
            pids.flatMap((pid): Child[] => [taskLink(pid), " "]),
          )
        ),
      ),
    ],
  );
}

function rest(sizes: readonly number[]): Cell[] {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes === 0
    ? []
    : [{ label: countText(sizes.length, "more task"), bytes, className: "k-other" }];
}

function treeMap(label: string, cells: readonly Cell[]): HTMLElement {
  const [width, height] = [1000, cells.length === 1 ? 48 : cells.length < 6 ? 200 : 340];
  if (cells.length === 0) return h("p", {}, "No pages are in this dump.");
  const root = hierarchy<{ children?: readonly Cell[] } & Partial<Cell>>({ children: cells })
    .sum(({ bytes = 0 }) => bytes).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = treemap<{ children?: readonly Cell[] } & Partial<Cell>>().size([width, height])
    .padding(2).round(true)(root);
  const boxes = placed.leaves().map(({ data, x0, y0, x1, y1 }) => {
    const text = `${data.label ?? ""}: ${binarySize(data.bytes ?? 0)}`;
    const box = svg(
      "g",
      { transform: `translate(${x0} ${y0})` },
      svg("title", {}, text),
      svg("rect", { width: x1 - x0, height: y1 - y0, class: data.className }),
      x1 - x0 > 60 && y1 - y0 > 18
        ? svg("text", { x: 6, y: 15 }, clipped(text, Math.floor((x1 - x0 - 10) / 6.6)))
        : undefined,
    );
    return data.href === undefined ? box : svg("a", { href: data.href, "aria-label": text }, box);
  });
  return h(
    "div",
    { class: "picture" },
    svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      "aria-label": label,
      class: "treemap",
    }, boxes),
  );
}

const clipped = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;

function kindTable(kinds: readonly KindBytes[]): HTMLElement {
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Memory by kind" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Kind", "Areas", "Mapped", "In this dump", "In a parent", "Lazy"].map((title, i) =>
            h("th", { scope: "col", class: i > 0 ? "number" : undefined }, title)
          ),
        ),
      ),
      h(
        "tbody",
        {},
        kinds.map(({ kind, areas, mapped, present, parent, lazy }) =>
          h(
            "tr",
            {},
            h("td", {}, kindText(kind)),
            h("td", { class: "number" }, areas),
            [mapped, present, parent, lazy].map((bytes) =>
              h("td", { class: "number", title: `${bytes} bytes` }, binarySize(bytes))
            ),
          )
        ),
      ),
    ),
  );
}
