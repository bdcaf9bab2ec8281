/** Address spaces of a report, against the figures of crit stats. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { AreaMaker } from "../../../images/report/areas.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import "../../../plugins/mod.ts";
import { ROOT } from "../../programs.ts";

Deno.test("areas add up to the figures of the dump, and forked tasks share them", async () => {
  for (const name of ["shloop", "incremental/3-dump", "shm.ns"]) {
    using dump = await openDump(`${ROOT}fixtures/dumps/${name}`);
    const { memory } = statsOf(dump);
    const maker = new AreaMaker();
    const spaces = new Map(dump.tasks.map((task) => [task.mmName, task]));
    const sums = { present: 0, parent: 0 };
    for (const task of spaces.values()) {
      const areas = maker.areasOf(task);
      assert.equal(maker.areasOf(task), areas);
      for (const { present, parent, fill, size } of areas) {
        sums.present += present;
        sums.parent += parent;
        assert.equal(present === size && size > 0, fill === "p", fill);
        assert(present > 0 || !fill.includes("p"));
      }
    }
    assert.deepEqual(sums, { present: memory.present, parent: memory.inParent }, name);
  }
});
