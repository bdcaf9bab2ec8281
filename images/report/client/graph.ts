/** Who talks to whom, as a graph. @module */

// @ts-types="npm:@types/d3-force@3.0.10"
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "npm:d3-force@3.0.0";
import type { Edge, Node as GraphNode, ReportData } from "../data.ts";
import { type Child, h, svg } from "./dom.ts";
import { countText } from "./format.ts";
import { type Anchor, placeLabels } from "./labels.ts";
import { rowsOf } from "./rows.ts";
import { taskLink } from "./tables.ts";

/** A node with its place. */
interface Place extends SimulationNodeDatum {
  readonly node: GraphNode;
}

interface Link extends SimulationLinkDatum<Place> {
  readonly edge: Edge;
}

/** Nodes beyond which they stand closer and have shorter labels. */
const MANY = 80;

/** The graph, and the same as a list. */
export function graphSection(data: ReportData): HTMLElement {
  if (data.nodes.length === 0) {
    return h(
      "p",
      { class: "empty" },
      "No pipes, sockets, shared memory or locks connect the tasks of this dump.",
    );
  }
  return h(
    "div",
    {},
    data.leftOut === 0 ? undefined : h(
      "p",
      { class: "warning" },
      `${countText(data.leftOut, "channel")} with the fewest tasks are left out of the picture.`,
    ),
    picture(data),
    legend(data),
    channelList(data),
  );
}

/** Where the nodes are, and the links between them. */
function layOut({ nodes, edges }: ReportData): { places: Place[]; links: Link[] } {
  const places = nodes.map((node): Place => ({ node }));
  const byId = new Map(places.map((place) => [place.node.id, place]));
  const links = edges.flatMap((edge): Link[] => {
    const [source, target] = [byId.get(edge.from), byId.get(edge.to)];
    return source === undefined || target === undefined ? [] : [{ edge, source, target }];
  });
  const isMany = nodes.length > MANY;
  forceSimulation(places)
    .force("link", forceLink<Place, Link>(links).distance(isMany ? 46 : 84).strength(0.6))
    .force("charge", forceManyBody().strength(isMany ? -150 : -380).distanceMax(450))
    .force("collide", forceCollide(isMany ? 17 : 36))
    .force("x", forceX(0).strength(0.05))
    .force("y", forceY(0).strength(isMany ? 0.08 : 0.13))
    .stop()
    .tick(nodes.length > 200 ? 160 : 320);
  return { places, links };
}

function picture(data: ReportData): HTMLElement {
  const { places, links } = layOut(data);
  const isMany = data.nodes.length > MANY;
  const degrees = new Map<string, number>();
  for (const { edge: { from, to } } of links) {
    for (const id of [from, to]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  }
  const anchors = places.map(({ node, x = 0, y = 0 }): Anchor => ({
    x,
    y,
    text: clipped(node.label, isMany ? 18 : 30),
    weight: (node.kind === "task" ? 1000 : 0) + (degrees.get(node.id) ?? 0),
  }));
  const labels = placeLabels(anchors);
  const boxes = anchors.flatMap(({ x, y }, i) => {
    const label = labels[i];
    const dot = { x0: x - 14, x1: x + 14, y0: y - 12, y1: y + 12 };
    return label === undefined ? [dot] : [dot, label.box];
  });
  const left = Math.min(...boxes.map(({ x0 }) => x0)) - 14;
  const top = Math.min(...boxes.map(({ y0 }) => y0)) - 14;
  const width = Math.max(...boxes.map(({ x1 }) => x1)) + 14 - left;
  const height = Math.max(...boxes.map(({ y1 }) => y1)) + 14 - top;
  const lines = links.map(({ edge, source, target }) => {
    const [a, b] = [source as Place, target as Place];
    return svg(
      "line",
      { x1: rounded(a.x), y1: rounded(a.y), x2: rounded(b.x), y2: rounded(b.y) },
      svg("title", {}, edge.label),
    );
  });
  const groups = places.map((place, i) => nodeElement(place, labels[i], anchors[i]!));
  highlight(places, links, groups, lines);
  const view = svg(
    "svg",
    {
      viewBox: [left, top, width, height].map(rounded).join(" "),
      role: "group",
      "aria-label": "Tasks and what connects them",
      class: "graph",
      width: Math.round(width),
      height: Math.round(height),
    },
    svg("g", { class: "lines" }, lines),
    groups,
  );
  return h(
    "div",
    { class: "picture scroll", tabindex: 0, role: "region", "aria-label": "Graph" },
    view,
  );
}

const rounded = (value = 0) => value.toFixed(1);

/** A node's shape and label; the label of one without room is seen when it is pointed at. */
function nodeElement(
  { node, x, y }: Place,
  label: ReturnType<typeof placeLabels>[number],
  { text }: Anchor,
): SVGElement {
  const shape = node.kind === "task"
    ? svg("rect", { x: -11, y: -8, width: 22, height: 16, rx: 4 })
    : svg("circle", { r: 7 });
  const at = label ?? { dx: 0, dy: 22, align: "middle" };
  const group = svg(
    "g",
    {
      transform: `translate(${rounded(x)} ${rounded(y)})`,
      class: `node n-${node.kind.replace(" ", "-")}`,
    },
    svg("title", {}, `${node.kind}: ${node.label}`),
    shape,
    svg("text", {
      x: at.dx,
      y: at.dy,
      "text-anchor": at.align,
      class: label === undefined ? "hidden" : undefined,
    }, text),
  );
  if (node.pid === undefined) return group;
  return svg("a", { href: `#task-${node.pid}` }, group);
}

/** Pointing at a node shows what it is connected with. */
function highlight(
  places: readonly Place[],
  links: readonly Link[],
  groups: readonly SVGElement[],
  lines: readonly SVGElement[],
): void {
  const near = new Map<Place, Set<Element>>(
    places.map((place, i) => [place, new Set([groups[i]!])]),
  );
  const indices = new Map(places.map((place, i) => [place, i]));
  for (const [i, { source, target }] of links.entries()) {
    const [a, b] = [source as Place, target as Place];
    near.get(a)!.add(lines[i]!).add(groups[indices.get(b)!]!);
    near.get(b)!.add(lines[i]!).add(groups[indices.get(a)!]!);
  }
  for (const [place, elements] of near) {
    const group = groups[indices.get(place)!]!;
    const mark = (isOn: boolean) => () => {
      group.ownerSVGElement?.classList.toggle("pointed", isOn);
      for (const element of elements) element.classList.toggle("near", isOn);
    };
    for (const event of ["mouseenter", "focus"]) group.addEventListener(event, mark(true));
    for (const event of ["mouseleave", "blur"]) group.addEventListener(event, mark(false));
  }
}

const clipped = (text: string, most: number) =>
  text.length <= most
    ? text
    : `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(-Math.floor(most / 2))}`;

function legend({ nodes }: ReportData): HTMLElement {
  const kinds = [...Map.groupBy(nodes, ({ kind }) => kind)];
  return h(
    "ul",
    { class: "legend" },
    kinds.map(([kind, own]) =>
      h(
        "li",
        {},
        h("b", { class: `n-${kind.replace(" ", "-")} ${kind === "task" ? "" : "round"}` }),
        countText(own.length, NOUNS[kind] ?? kind),
      )
    ),
  );
}

/** What the kinds of nodes are called. */
const NOUNS: Readonly<Partial<Record<GraphNode["kind"], string>>> = {
  fifo: "named pipe",
  unix: "unix socket",
  tcp: "TCP socket",
  udp: "UDP socket",
  "shared memory": "shared memory segment",
};

function channelList({ nodes, edges }: ReportData): Child {
  const ends = Map.groupBy(edges, ({ to }) => to);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const channels = nodes.filter(({ kind }) => kind !== "task");
  const rows = rowsOf<GraphNode>("Channels", [
    {
      title: "Kind",
      cell: (
        { kind },
      ) => [h("b", { class: `dot n-${kind.replace(" ", "-")}` }), NOUNS[kind] ?? kind],
    },
    { title: "Channel", cell: ({ label }) => h("code", {}, label), isWide: true },
    { title: "Tasks", isNumber: true, cell: ({ id }) => ends.get(id)?.length ?? 0 },
    {
      title: "Ends",
      isWide: true,
      cell: ({ id }) =>
        (ends.get(id) ?? []).slice(0, 40).map(({ from, label }, i) => {
          const pid = byId.get(from)?.pid;
          const comma = i > 0 ? ", " : "";
          return [
            comma,
            pid === undefined ? from : taskLink(pid),
            h("span", { class: "soft" }, ` ${label}`),
          ];
        }),
    },
  ]);
  rows.show(channels);
  return [h("h3", {}, "The same as a list ", h("small", {}, channels.length)), rows.element];
}
