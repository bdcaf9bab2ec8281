/** Where the labels of a graph's nodes go, so that none lies over another. @module */

/** A rectangle. */
export interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** A node that may have a label. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Labels of heavier nodes are placed first. */
  readonly weight: number;
}

/** Where a label stands, from its node. */
export interface Label {
  readonly dx: number;
  readonly dy: number;
  readonly align: "middle" | "start" | "end";
  readonly box: Box;
}

/** Width of a letter and height of a line, on average and in pixels. */
const LETTER = 6.3;
const LINE = 14;

/** Half the size of a node. */
const NODE = { width: 12, height: 9 };

/** Sides of a node, the best first: from the node to where the text begins. */
const SIDES: ReadonlyArray<Pick<Label, "dx" | "dy" | "align">> = [
  { dx: 0, dy: 22, align: "middle" },
  { dx: 0, dy: -13, align: "middle" },
  { dx: 15, dy: 4, align: "start" },
  { dx: -15, dy: 4, align: "end" },
];

/** The labels, in the order of the nodes; undefined for one that has no room. */
export function placeLabels(anchors: readonly Anchor[]): (Label | undefined)[] {
  const labels: (Label | undefined)[] = anchors.map(() => undefined);
  const taken: Box[] = anchors.map(({ x, y }) => ({
    x0: x - NODE.width,
    x1: x + NODE.width,
    y0: y - NODE.height,
    y1: y + NODE.height,
  }));
  const order = anchors.map((_, i) => i).sort((a, b) => anchors[b]!.weight - anchors[a]!.weight);
  for (const index of order) {
    const anchor = anchors[index]!;
    for (const side of SIDES) {
      const box = boxOf(anchor, side);
      if (taken.some((other) => overlaps(box, other))) continue;
      labels[index] = { ...side, box };
      taken.push(box);
      break;
    }
  }
  return labels;
}

function boxOf({ x, y, text }: Anchor, { dx, dy, align }: Pick<Label, "dx" | "dy" | "align">): Box {
  const width = text.length * LETTER;
  const before = align === "middle" ? width / 2 : align === "end" ? width : 0;
  const x0 = x + dx - before;
  return { x0, x1: x0 + width, y0: y + dy - LINE + 3, y1: y + dy + 3 };
}

const overlaps = (a: Box, b: Box) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
