/** There is one table a kind of number: all parts of crit call a number the same. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import { imageToJson, jsonToImage } from "../../../mod.ts";
import { copyOf, type Fields } from "../check/broken_dump.ts";
import { rowsOf } from "../explore/looking.ts";

/** A dump with an established TCP connection in another state. */
async function withState(state: number) {
  const copy = await copyOf("pyapp");
  copy.edit("files.img", (entries) => {
    entries.find(({ isk }: Fields) => isk?.state === 1).isk.state = state;
  });
  return copy;
}

Deno.test("views and figures name states that CRIU's tool prints as numbers", async () => {
  using copy = await withState(11);
  const rows = await rowsOf(copy.path, "sk");
  assert.equal(rows.filter(({ state }) => state === "CLOSING").length, 1);
  using dump = await openDump(copy.path);
  assert.equal(statsOf(dump).sockets.get("INET")!.byState.get("CLOSING"), 1);
  // What the pretty form prints is what the reference prints.
  const json = imageToJson(Deno.readFileSync(copy.file("files.img")), { pretty: true });
  assert.match(json, /"state": 11,/);
});

Deno.test("names that CRIU's tool does not print are accepted in input", () => {
  const read = (json: string) => imageToJson(jsonToImage(json));
  const area = (fields: string) =>
    `{"magic": "VMAS", "entries": [{"start": 4096, "end": 8192, "pgoff": 0, "shmid": 0,
      "prot": 1, "flags": 2, "status": 1, "fd": -1, ${fields}}]}`;
  assert.match(read(area('"madv": "MADV_MERGEABLE"')), /"madv": 4096\b/);
  assert.match(read(area('"madv": "MADV_HUGEPAGE | MADV_DONTDUMP"')), /"madv": 81920\b/);
  assert.throws(() => read(area('"madv": "MADV_NONSENSE"')), /"MADV_NONSENSE" is not a number/);
  const timer = (clock: string) =>
    `{"magic": "POSIX_TIMERS", "entries": [{"it_id": 1, "clock_id": ${clock}, "si_signo": 14,
      "it_sigev_notify": 0, "sival_ptr": 0, "overrun": 0, "isec": 0, "insec": 0, "vsec": 1,
      "vnsec": 0}]}`;
  for (const clock of ['"MONOTONIC"', '"CLOCK_MONOTONIC"', "1"]) {
    assert.match(read(timer(clock)), /"clock_id": 1,/);
  }
});

Deno.test("a scheduling policy is named with its bit RESET_ON_FORK", async () => {
  using copy = await copyOf("pyapp");
  copy.edit("core-2496.img", ([core]) => core.thread_core.sched_policy = 0x4000_0002);
  const [row] = await rowsOf(copy.path, "threads");
  assert.equal(row!.policy, "RR|RESET_ON_FORK");
});
