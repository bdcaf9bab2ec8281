/** What a report is made of. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { ReportMaker } from "../../../images/report/build.ts";
import type { Cell, ReportData, TaskRows } from "../../../images/report/data.ts";
import { releaseStats } from "../../../images/stats/release.ts";
import { encodeImage } from "../../../mod.ts";
import "../../../plugins/mod.ts";
import { DumpCopy, dumpsIn } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

const DUMPS = `${ROOT}fixtures/dumps`;
const OPTIONS = { made: new Date(0), version: "0" };

/** A report, and the tables of its first task's page. */
async function reportOn(path: string): Promise<{ data: ReportData; tables: TaskRows[] }> {
  using dump = await openDump(path);
  const report = new ReportMaker(dump, OPTIONS);
  const blocks = [...report.tasks.blocks()].map((text) => JSON.parse(text));
  const data = report.finish();
  const { tables, pages } = blocks[0];
  return { data, tables: pages[0].tables.map((index: number) => tables[index]) };
}

Deno.test("descriptors without a path have the names that crit x files gives", async () => {
  const { data, tables } = await reportOn(`${DUMPS}/pyapp`);
  const valueOf = (keys: readonly string[], row: readonly Cell[], key: string) =>
    row[keys.indexOf(key)]!;
  const files = data.tables.find(({ name }) => name === "files")!;
  const names = new Map(
    files.rows.map((row) => [
      `${valueOf(files.keys, row, "type")} ${valueOf(files.keys, row, "id")}`,
      valueOf(files.keys, row, "name"),
    ]),
  );
  const { keys } = data.taskViews.find(({ name }) => name === "fds")!;
  const sockets = tables.find(({ name }) => name === "fds")!.rows
    .filter((row) => valueOf(keys, row, "type") === "INETSK");
  assert(sockets.length > 2);
  for (const row of sockets) {
    const name = valueOf(keys, row, "name");
    assert.match(`${name}`, /^(TCP|UDP) \S+:\d+/);
    assert.equal(name, names.get(`INETSK ${valueOf(keys, row, "id")}`));
  }
});

Deno.test("processors belong to the dump, and registers to the tasks", async () => {
  using copy = new DumpCopy(`${DUMPS}/shloop`);
  const x86_entry = [
    { vendor_id: "INTEL", cpu_family: 6, model: 106, stepping: 6, capability_ver: 2 },
  ];
  const image = encodeImage({ type: "CPUINFO", entries: [{ x86_entry }] });
  Deno.writeFileSync(`${copy.path}/cpuinfo.img`, image);
  const { data, tables } = await reportOn(copy.path);
  const { keys, rows } = data.tables.find(({ name }) => name === "cpu")!;
  assert.deepEqual(rows.map((row) => row[keys.indexOf("version")]), [
    "INTEL family 6 model 106 stepping 6",
  ]);
  const threads = tables.find(({ name }) => name === "cpu")!.rows;
  const tid = data.taskViews.find(({ name }) => name === "cpu")!.keys.indexOf("tid");
  assert.deepEqual(threads.map((row) => row[tid]), [1517]);
});

Deno.test("releases are the same with and without a check in the same pass", async () => {
  for (const name of dumpsIn(DUMPS)) {
    const path = `${DUMPS}/${name}`;
    using dump = await openDump(path);
    using alone = await openDump(path);
    const { groups } = new ReportMaker(dump, OPTIONS).finish();
    const facts = groups.flatMap(({ facts }) => facts);
    const { oldestRelease } = releaseStats(alone);
    const shown = facts.find(({ label }) => label === "Oldest CRIU that restores it")!.value;
    assert.equal(shown, oldestRelease, path);
  }
});
