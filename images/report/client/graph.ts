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
import { h, svg } from "./dom.ts";
import { countText } from "./format.ts";
import { taskLink } from "./tables.ts";

/** A node with its place. */
interface Place extends SimulationNodeDatum {
  readonly node: GraphNode;
}

interface Link extends SimulationLinkDatum<Place> {
  readonly edge: Edge;
}

/** Nodes beyond which labels of channels are shown when pointed at only. */
const MANY = 120;

/** The graph, and the same as a list. */
export function graphSection(data: ReportData): HTMLElement {
  if (data.nodes.length === 0) {
    return h("p", {}, "No pipes, sockets, shared memory or locks connect the tasks.");
  }
  return h(
    "div",
    {},
    data.leftOut === 0 ? undefined : h(
      "p",
      { class: "warning" },
      `${countText(data.leftOut, "channel")} with the fewest tasks are not drawn.`,
    ),
    picture(data),
    legend(data),
    h("h3", {}, "As a list"),
    channelList(data),
  );
}

function picture({ nodes, edges }: ReportData): HTMLElement {
  const places = nodes.map((node): Place => ({ node }));
  const byId = new Map(places.map((place) => [place.node.id, place]));
  const links = edges.flatMap((edge): Link[] => {
    const [source, target] = [byId.get(edge.from), byId.get(edge.to)];
    return source === undefined || target === undefined ? [] : [{ edge, source, target }];
  });
  const isMany = nodes.length > MANY;
  const simulation = forceSimulation(places)
    .force("link", forceLink<Place, Link>(links).distance(95).strength(0.5))
    .force("charge", forceManyBody().strength(-320).distanceMax(500))
    .force("collide", forceCollide(isMany ? 20 : 44))
    .force("x", forceX(0).strength(0.05))
    .force("y", forceY(0).strength(0.09))
    .stop();
  simulation.tick(nodes.length > 200 ? 160 : 320);
  const xs = places.map(({ x = 0 }) => x);
  const ys = places.map(({ y = 0 }) => y);
  const width = Math.max(760, Math.max(...xs) - Math.min(...xs) + 220);
  const height = Math.max(220, Math.max(...ys) - Math.min(...ys) + 110);
  const left = (Math.min(...xs) + Math.max(...xs) - width) / 2;
  const top = (Math.min(...ys) + Math.max(...ys) - height) / 2;
  const lines = links.map(({ edge, source, target }) => {
    const [a, b] = [source as Place, target as Place];
    return svg("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y }, svg("title", {}, edge.label));
  });
  const dots = places.map(({ node, x = 0, y = 0 }) => {
    const isTask = node.kind === "task";
    const text = isMany && !isTask
      ? undefined
      : svg("text", { y: 22, "text-anchor": "middle" }, clipped(node.label));
    const shape = isTask
      ? svg("rect", { x: -11, y: -8, width: 22, height: 16, rx: 4 })
      : svg("circle", { r: 7 });
    const group = svg(
      "g",
      {
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        class: `node n-${node.kind.replace(" ", "-")}`,
      },
      svg("title", {}, `${node.kind}: ${node.label}`),
      shape,
      text,
    );
    return node.pid === undefined
      ? group
      : svg("a", { href: `#task-${node.pid}`, "aria-label": `task ${node.label}` }, group);
  });
  const view = svg(
    "svg",
    {
      viewBox: `${left.toFixed(0)} ${top.toFixed(0)} ${width.toFixed(0)} ${height.toFixed(0)}`,
      role: "group",
      "aria-label": "Tasks and what connects them",
      class: "graph",
      width: Math.round(width),
    },
    svg("g", { class: "lines" }, lines),
    dots,
  );
  return h(
    "div",
    { class: "picture scroll", tabindex: 0, role: "region", "aria-label": "Graph" },
    view,
  );
}

const clipped = (text: string) =>
  text.length <= 28 ? text : `${text.slice(0, 12)}…${text.slice(-14)}`;

function legend({ nodes }: ReportData): HTMLElement {
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  return h(
    "ul",
    { class: "legend" },
    kinds.map((kind) => h("li", {}, h("b", { class: `n-${kind.replace(" ", "-")}` }), kind)),
  );
}

function channelList({ nodes, edges }: ReportData): HTMLElement {
  const ends = Map.groupBy(edges, ({ to }) => to);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const items = nodes.filter(({ kind }) => kind !== "task").map((node) =>
    h(
      "li",
      {},
      h("strong", {}, `${node.kind} `),
      node.label,
      ": ",
      (ends.get(node.id) ?? []).map(({ from, label }, i) => {
        const pid = byId.get(from)?.pid;
        return [i > 0 ? ", " : "", pid === undefined ? from : taskLink(pid), ` (${label})`];
      }),
    )
  );
  return h("ul", { class: "channels" }, items);
}
