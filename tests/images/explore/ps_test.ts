/** The view of tasks, drawn as a tree. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { views } from "../../../images/explore/mod.ts";
import "../../../mod.ts";
import { copyOf } from "../check/broken_dump.ts";

Deno.test("a chain of thousands of tasks is drawn with lines of a bounded length", async () => {
  const count = 5000;
  using copy = await copyOf("aio00.h");
  copy.edit("pstree.img", (entries) => {
    const [first] = entries;
    for (let i = 1; i < count; i++) {
      const pid = first.pid + i;
      entries.push({ ...first, pid, ppid: pid - 1, threads: [pid] });
    }
  });
  using dump = await openDump(copy.path);
  for (const tree of [false, true]) {
    const { layout } = views.ps.show(dump, { tasks: dump.tasks, tree });
    assert.ok("lines" in layout);
    assert.equal(layout.lines.length, count + 1);
    assert.ok(layout.lines.every((line) => line.length < 600));
    assert.match(layout.lines[3]!, tree ? / {4}└── / : / {8}/);
    assert.match(layout.lines.at(-1)!, /\(4999 levels\) /, "how deep it is");
  }
});
