/** Memory as pictures. @module */

// @ts-types="npm:@types/d3-hierarchy@3.1.7"
import { hierarchy, type HierarchyRectangularNode, treemap } from "npm:d3-hierarchy@3.1.2";
import { binarySize } from "../../bytes/sizes.ts";
import type { Area, KindBytes, ReportData, TaskLine } from "../data.ts";
import { type Child, h, svg } from "./dom.ts";
import { countText } from "./format.ts";
import { rowsOf } from "./rows.ts";
import { taskLinks } from "./tables.ts";

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

/** Kinds of areas that have a colour together, and what they are called. */
const CLASSES: ReadonlyArray<readonly [className: string, label: string, kinds: RegExp]> = [
  ["k-stack", "stack", /^(stack|shadow_stack|guard)$/],
  ["k-heap", "heap", /^heap$/],
  ["k-file", "mapped files", /^file_/],
  ["k-shared", "shared memory", /shared|sysv|memfd/],
  ["k-kernel", "made by the kernel", /^(vdso|vvar|vsyscall|uprobes|aio_ring|socket)$/],
  ["k-anonymous", "anonymous", /./],
];

/** An area kind's colour class. */
export function kindClass(kind: string): string {
  return CLASSES.find(([, , kinds]) => kinds.test(kind))![0];
}

/** `anonymous private` for `anonymous_private`. */
export const kindText = (kind: string): string => kind.replaceAll("_", " ");

/** The map of an address space: its areas in order, each filled by what the dump has of it. */
export function addressMap(areas: readonly Area[]): HTMLElement {
  const detail = h(
    "p",
    { class: "detail", role: "status" },
    "Point at an area, or move through them with the arrow keys.",
  );
  const parts = areas.map((area, index) =>
    areaBox(area, index === 0, () => {
      detail.replaceChildren(...areaWords(area).map((word) => h("span", {}, word)));
    })
  );
  const map = h(
    "div",
    { role: "listbox", "aria-label": "Address space, areas in ascending order", class: "boxes" },
    parts,
  );
  map.addEventListener("keydown", (event) => moveFocus(parts, event));
  return h("figure", { class: "address-map" }, map, h("figcaption", {}, detail, legend(areas)));
}

function areaBox(area: Area, isFirst: boolean, tell: () => void): HTMLElement {
  const label = areaWords(area).join(", ");
  const box = h(
    "div",
    {
      role: "option",
      "aria-selected": "false",
      class: `area ${kindClass(area.kind)}`,
      tabindex: isFirst ? 0 : -1,
      title: label,
      "aria-label": label,
      onmouseenter: tell,
      onfocus: tell,
    },
    runsOf(area.fill).map((run) => {
      const piece = h("i", { class: `f-${FILL_CLASS[run[0]!]}` });
      piece.style.flexGrow = String(run.length);
      return piece;
    }),
  );
  // Sizes lie between a page and gigabytes: by their logarithm all can be seen.
  box.style.flexGrow = String(Math.max(1, Math.log2(area.size / 4096 + 1)));
  return box;
}

/** Pieces that are alike, together: seams between them would be seen. */
const runsOf = (fill: string): string[] => fill.match(/(.)\1*/g) ?? [];

/** Arrow keys lead from area to area, so that Tab need not stop at hundreds of them. */
function moveFocus(parts: readonly HTMLElement[], event: KeyboardEvent): void {
  const at = parts.indexOf(event.target as HTMLElement);
  const to = {
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    Home: 0,
    End: parts.length - 1,
  }[event.key];
  const next = to === undefined ? undefined : parts[to];
  if (next === undefined) return;
  event.preventDefault();
  parts[at]!.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

const FILL_CLASS: Readonly<Record<string, string>> = {
  p: "present",
  r: "parent",
  l: "lazy",
  ".": "absent",
};

function areaWords(area: Area): string[] {
  const { start, end, prot, kind, name, size, present, parent, lazy, rest } = area;
  const parts = [
    `${start}-${end}`,
    prot,
    kindText(kind),
    name,
    binarySize(size),
    present > 0 ? `${binarySize(present)} in this dump` : "",
    parent > 0 ? `${binarySize(parent)} in a parent dump` : "",
    lazy > 0 ? `${binarySize(lazy)} to be fetched later` : "",
    present + parent + lazy < size ? `the rest: ${RESTS[rest]}` : "",
  ];
  return parts.filter((part) => part !== "");
}

function legend(areas: readonly Area[]): HTMLElement {
  const letters = new Set(areas.flatMap(({ fill }) => [...fill]));
  return h(
    "ul",
    { class: "legend" },
    classLegend(new Set(areas.map(({ kind }) => kindClass(kind)))),
    Object.keys(FILLS).filter((letter) => letters.has(letter)).map((letter) =>
      h("li", {}, h("b", { class: `k-sample f-${FILL_CLASS[letter]}` }), FILLS[letter]!)
    ),
  );
}

function classLegend(used: ReadonlySet<string>): Child {
  return CLASSES.filter(([name]) => used.has(name))
    .map(([name, label]) => h("li", {}, h("b", { class: name }), label));
}

/** Most tasks that have a rectangle each; of more tasks each program has one. */
const MOST_BOXES = 400;

/** A rectangle of the tree map, or one with others in it. */
interface Box {
  readonly label: string;
  readonly bytes?: number;
  readonly className?: string;
  readonly href?: string;
  readonly children?: readonly Box[];
}

/** Which tasks and kinds hold the memory that is in the dump. */
export function memoryMaps(data: ReportData): HTMLElement {
  const tasks = data.tasks.filter(({ pid, memory, present }) => pid === memory && present > 0)
    .sort((a, b) => b.present - a.present);
  const shared = data.shared.filter(({ bytes }) => bytes > 0);
  const isMany = tasks.length > MOST_BOXES;
  const boxes: Box[] = [
    ...isMany ? programBoxes(tasks) : tasks.map(taskBox),
    ...shared.map(({ label, bytes }) => ({ label, bytes, className: "k-shared" })),
  ];
  const used = new Set([
    ...tasks.flatMap(({ kinds }) => Object.keys(kinds).map(kindClass)),
    ...shared.length > 0 ? ["k-shared"] : [],
  ]);
  return h(
    "div",
    {},
    h("h3", {}, isMany ? "By program" : "By task"),
    h(
      "p",
      { class: "soft" },
      `Each rectangle is as large as the bytes of ${
        isMany ? "the tasks of one name" : "its task"
      } in this dump, coloured by the kind of area. Shared memory counts once.`,
    ),
    treeMap("Memory by task", boxes),
    h("ul", { class: "legend" }, classLegend(used)),
    h("h3", {}, "By kind of area"),
    kindTable(data.kinds),
    shared.length === 0 ? undefined : sharedTable(shared),
  );
}

function taskBox({ pid, comm, kinds }: TaskLine): Box {
  return { label: `${comm} ${pid}`, href: `#task-${pid}`, children: kindBoxes(kinds) };
}

/** A rectangle for the tasks of each name, the largest ones. */
function programBoxes(tasks: readonly TaskLine[]): Box[] {
  const boxes = [...Map.groupBy(tasks, ({ comm }) => comm)].map(([comm, own]) => {
    const kinds: Record<string, number> = {};
    for (const task of own) {
      for (const [kind, bytes] of Object.entries(task.kinds)) {
        kinds[kind] = (kinds[kind] ?? 0) + bytes;
      }
    }
    const bytes = own.reduce((sum, { present }) => sum + present, 0);
    const label = `${comm} · ${countText(own.length, "task")}`;
    const href = own.length === 1 ? `#task-${own[0]!.pid}` : "#tasks";
    return { bytes, box: { label, href, children: kindBoxes(kinds) } };
  }).sort((a, b) => b.bytes - a.bytes);
  const rest = boxes.slice(MOST_BOXES);
  const bytes = rest.reduce((sum, box) => sum + box.bytes, 0);
  const label = countText(rest.length, "other program");
  return [
    ...boxes.slice(0, MOST_BOXES).map(({ box }) => box),
    ...bytes === 0 ? [] : [{ label, bytes, className: "k-other" }],
  ];
}

function kindBoxes(kinds: TaskLine["kinds"]): Box[] {
  return Object.entries(kinds).map(([kind, bytes]) => ({
    label: kindText(kind),
    bytes,
    className: kindClass(kind),
  }));
}

/** Height of the line with a task's name in its rectangle. */
const CAPTION = 19;

/** Whether there is room for a task's name above its areas. */
const hasCaption = ({ x0, x1, y0, y1, depth, children }: HierarchyRectangularNode<Box>) =>
  depth === 1 && children !== undefined && x1 - x0 > 54 && y1 - y0 > 44;

function treeMap(label: string, boxes: readonly Box[]): HTMLElement {
  if (boxes.length === 0) return h("p", { class: "empty" }, "No pages are in this dump.");
  // Letters keep their size: a narrow window has a narrow picture.
  const width = Math.max(320, Math.min(1000, document.documentElement.clientWidth - 44));
  const height = (boxes.length < 4 ? 170 : boxes.length < 40 ? 340 : 460) + (1000 - width) / 6;
  const root = hierarchy<Box>({ label, children: boxes })
    .sum(({ bytes = 0 }) => bytes).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const isCrowded = boxes.length > 200;
  const placed = treemap<Box>().size([width, height]).round(true)
    .paddingInner((node) => node.depth === 0 ? (isCrowded ? 1 : 3) : 1)
    .paddingTop((node) => hasCaption(node) ? CAPTION : 0)(root);
  return h(
    "div",
    { class: "picture" },
    svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      "aria-label": label,
      class: "treemap",
    }, (placed.children ?? []).map(boxElement)),
  );
}

function boxElement(node: HierarchyRectangularNode<Box>): SVGElement {
  const { data, value = 0, x0, y0, x1, y1 } = node;
  const [width, height] = [x1 - x0, y1 - y0];
  const text = `${data.label}: ${binarySize(value)}`;
  const caption = `${data.label}  ${binarySize(value)}`;
  const parts = node.children ?? [];
  const box = svg(
    "g",
    {},
    svg("title", {}, text),
    svg("rect", { x: x0, y: y0, width, height, class: `frame ${data.className ?? ""}` }),
    parts.map((part) => partElement(part, text)),
    hasCaption(node) || parts.length === 0 ? captionIn(node, caption) : undefined,
  );
  return data.href === undefined ? box : svg("a", { href: data.href }, box);
}

/** What one kind of area holds of a task's memory. */
function partElement(part: HierarchyRectangularNode<Box>, task: string): SVGElement {
  const { data, value = 0, x0, x1, y0, y1 } = part;
  return svg(
    "g",
    {},
    svg("title", {}, `${task}\n${data.label}: ${binarySize(value)}`),
    svg("rect", {
      x: x0,
      y: y0,
      width: Math.max(0, x1 - x0),
      height: Math.max(0, y1 - y0),
      class: data.className,
    }),
    hasCaption(part.parent!) ? captionIn(part, `${data.label}  ${binarySize(value)}`) : undefined,
  );
}

/** A line of text at the top of a rectangle, if there is room. */
function captionIn(
  { x0, x1, y0, y1 }: HierarchyRectangularNode<Box>,
  text: string,
): SVGElement | undefined {
  if (x1 - x0 < 54 || y1 - y0 < 18) return undefined;
  return svg("text", { x: x0 + 5, y: y0 + 13 }, clipped(text, Math.floor((x1 - x0 - 8) / 6.4)));
}

const clipped = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;

function kindTable(kinds: readonly KindBytes[]): HTMLElement {
  const most = Math.max(1, ...kinds.map(({ present }) => present));
  const size = (bytes: number) => h("span", { title: `${bytes} bytes` }, binarySize(bytes));
  const optional = (title: string, key: "parent" | "lazy") =>
    kinds.some((kind) => kind[key] > 0)
      ? [{ title, isNumber: true, cell: (kind: KindBytes) => size(kind[key]) }]
      : [];
  const rows = rowsOf<KindBytes>("Memory by kind", [
    {
      title: "Kind",
      cell: ({ kind }) => [h("b", { class: `dot ${kindClass(kind)}` }), kindText(kind)],
    },
    { title: "In this dump", isNumber: true, cell: ({ present }) => size(present) },
    { title: "Mapped", isNumber: true, cell: ({ mapped }) => size(mapped) },
    { title: "Areas", isNumber: true, cell: ({ areas }) => areas.toLocaleString("en") },
    ...optional("In a parent", "parent"),
    ...optional("Fetched later by a lazy restore", "lazy"),
    {
      title: "",
      cell: ({ kind, present }) => {
        const bar = h("span", { class: `bar ${kindClass(kind)}` });
        bar.style.width = `${(present / most * 12).toFixed(2)}rem`;
        if (present > 0) bar.style.minWidth = "2px";
        return bar;
      },
    },
  ]);
  rows.show(kinds);
  return rows.element;
}

function sharedTable(shared: ReportData["shared"]): Child {
  const rows = rowsOf<ReportData["shared"][number]>("Shared memory", [
    { title: "Memory", cell: ({ label }) => label },
    {
      title: "In this dump",
      isNumber: true,
      cell: ({ bytes }) => h("span", { title: `${bytes} bytes` }, binarySize(bytes)),
    },
    { title: "Mapped by", cell: ({ pids }) => taskLinks(pids), isWide: true },
    { title: "Image", cell: ({ name }) => h("code", {}, name) },
  ]);
  rows.show(shared);
  return [h("h3", {}, "Shared memory"), rows.element];
}
