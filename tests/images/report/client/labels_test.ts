/** Labels of a graph. */

import assert from "node:assert/strict";
import { type Anchor, placeLabels } from "../../../../images/report/client/labels.ts";

Deno.test("labels do not overlap each other or nodes, and the heaviest nodes have one", () => {
  // The same crowd in every run.
  let seed = 7;
  const random = () => (seed = seed * 48271 % 0x7fffffff) / 0x7fffffff;
  const anchors = Array.from({ length: 300 }, (_, i): Anchor => ({
    x: random() * 900,
    y: random() * 500,
    text: "worker ".repeat(1 + i % 3),
    weight: i,
  }));
  const labels = placeLabels(anchors);
  const placed = labels.flatMap((label) => label?.box ?? []);
  assert(placed.length > 30 && placed.length < anchors.length);
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      assert(a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0);
    }
    for (const { x, y } of anchors) assert(!(a.x0 < x && x < a.x1 && a.y0 < y && y < a.y1));
  }
  const alone = placeLabels([{ x: 0, y: 0, text: "one", weight: 1 }]);
  assert.equal(alone[0]?.align, "middle");
});
