/** `lib/restore.ts`. */

import assert from "node:assert/strict";
import { openDump } from "../../lib/dump.ts";
import { explainLog, restoreCommand } from "../../lib/restore.ts";
import { OWN } from "../images/check/broken_dump.ts";

Deno.test("restoreCommand returns the command with reasons and losses", async () => {
  using dump = await openDump(`${OWN}/pyapp`);
  const { command, options, losses } = restoreCommand(dump);
  assert.equal(command, `criu restore --images-dir ${OWN}/pyapp --tcp-established --file-locks`);
  assert.deepEqual(options.map(({ reason }) => reason), ["2 connections", "3 file locks"]);
  assert.deepEqual(losses, ["3 file locks without --file-locks"]);
});

Deno.test("explainLog explains a log with and without its dump", async () => {
  using dump = await openDump(`${OWN}/values`);
  const text = "Error (criu/cr-restore.c:1237): Can't fork for 103: File exists\n";
  assert.deepEqual(explainLog(text, dump).place, { image: "pstree.img", entry: 2, field: "pid" });
  const { error, means, succeeded, place } = explainLog(text);
  assert.equal(error, "Can't fork for 103: File exists");
  assert.equal(means, "Process id 103 is in use.");
  assert.deepEqual([succeeded, place], [undefined, undefined]);
});
