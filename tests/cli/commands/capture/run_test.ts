/** What `crit capture` prints, and how it ends. */

import assert from "node:assert/strict";
import { play } from "../../../play.ts";
import { INVENTORY, pattern, readDirectory, Scratch } from "../../../scratch.ts";
import { Running } from "../../running.ts";

const DUMP = { "a.img": pattern(2000, 1), "inventory.img": INVENTORY };

Deno.test("crit capture makes its directory and says what it wrote", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const out = `${scratch.path}/new/out`;
  const running = new Running(["capture", out, "--json"]);
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", { socket, directory, names: Object.keys(DUMP) });
  const { code, stdout, stderr } = await running.ended();
  assert.deepEqual([code, stderr], [0, ""]);
  const said = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(said, [{ listening: socket }, { files: 2, edited: 0, bytes: 2010 }]);
  assert.deepEqual(readDirectory(out), DUMP);
});
