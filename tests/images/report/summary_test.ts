/** The facts of a report's summary are the figures of `crit stats`. */

import assert from "node:assert/strict";
import { binarySize } from "../../../images/bytes/sizes.ts";
import { openDump } from "../../../images/dump/open.ts";
import { summaryOf } from "../../../images/report/summary.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import "../../../plugins/mod.ts";
import { dumpsIn } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

const DUMPS = `${ROOT}fixtures/dumps`;

Deno.test("sizes and counts are those of the statistics", async () => {
  let [shared, inherited] = [0, 0];
  for (const name of dumpsIn(DUMPS)) {
    using dump = await openDump(`${DUMPS}/${name}`);
    const stats = statsOf(dump, { pages: false });
    const { tasks, memory, files, release } = stats;
    const { groups, faults } = summaryOf(dump, stats, false);
    assert.deepEqual(faults, [], name);
    const facts = new Map(
      groups.flatMap(({ facts }) => facts.map(({ label, value }) => [label, value] as const)),
    );
    const sizeOf = (...bytes: number[]) => binarySize(bytes.reduce((a, b) => a + b, 0));
    // A file `parent` stands for a link.
    const all = [...Deno.readDirSync(dump.path)]
      .filter(({ name, isFile }) => isFile && name !== "parent")
      .map(({ name }) => Deno.statSync(`${dump.path}/${name}`).size);
    const expected: Record<string, string | undefined> = {
      "Processes": `${tasks.count}`,
      "Threads": `${tasks.threads}`,
      "Open files": files.count > 0 ? `${files.count}` : undefined,
      "Memory in the dump": sizeOf(memory.present, memory.shared.present),
      "Memory mapped": memory.mapped > 0 ? sizeOf(memory.mapped) : undefined,
      "Memory in parent dumps": memory.inParent + memory.shared.inParent > 0
        ? sizeOf(memory.inParent, memory.shared.inParent)
        : undefined,
      "All files of the dump": sizeOf(...all),
      "Oldest CRIU that restores it": release.oldestRelease,
      "Image version": release.imageVersion,
    };
    for (const [label, value] of Object.entries(expected)) {
      assert.equal(facts.get(label), value, `${name}: ${label}`);
    }
    if (sizeOf(memory.present) !== sizeOf(memory.present, memory.shared.present)) shared++;
    if (memory.inParent > 0) inherited++;
  }
  assert(shared > 0 && inherited > 0, `${shared} with shared memory, ${inherited} with a parent`);
});
