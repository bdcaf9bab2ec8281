/** CRIU's log and statistics are found wherever container engines put them. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { failedLogs } from "../../../images/logs/explain.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import "../../../mod.ts";
import { ROOT, runProgram } from "../../programs.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;
const LOG = `(00.000001) Error (criu/files.c:1): Can't lookup something
(00.000002) Error (criu/cr-dump.c:2110): Dumping FAILED.
`;

/** Writes what an engine exports: the dump below it, log and statistics at `place`. */
function writeExport(directory: string, place: string): void {
  Deno.mkdirSync(`${directory}/checkpoint`);
  Deno.mkdirSync(`${directory}/${place}`, { recursive: true });
  Deno.writeTextFileSync(`${directory}/config.dump`, '{"id": "x"}');
  Deno.writeTextFileSync(`${directory}/spec.dump`, "{}");
  for (const { name } of Deno.readDirSync(DUMP)) {
    const to = name === "stats-dump" ? place : "checkpoint";
    Deno.copyFileSync(`${DUMP}/${name}`, `${directory}/${to}/${name}`);
  }
  Deno.writeTextFileSync(`${directory}/${place}/dump.log`, LOG);
}

for (const place of ["", "criu.work", "checkpoint"]) {
  Deno.test(`log and statistics ${place === "" ? "beside the dump" : `in ${place}`}`, async () => {
    const directory = Deno.makeTempDirSync();
    try {
      writeExport(`${directory}`, place);
      const archive = `${directory}.tar`;
      await runProgram("tar", ["-C", directory, "-cf", archive, "."]);
      for (const path of [directory, `${directory}/checkpoint`, archive]) {
        using dump = await openDump(path);
        assert.ok(statsOf(dump).criu.dump!.get("frozen_time")! > 0, path);
        const name = place === "criu.work" ? "criu.work/dump.log" : "dump.log";
        assert.deepEqual(failedLogs(dump).map((log) => log.name), [name], path);
        assert.deepEqual(dump.allFaults, []);
      }
      Deno.removeSync(archive);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}
