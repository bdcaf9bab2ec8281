/** What `crit serve` prints, and how it ends. */

import assert from "node:assert/strict";
import { play } from "../../../play.ts";
import { INVENTORY, pattern, Scratch, seen } from "../../../scratch.ts";
import { Running } from "../../running.ts";

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

const DUMP = { "a.img": pattern(2000, 1), "inventory.img": INVENTORY };

Deno.test("crit serve prints its socket and the number of served images", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const running = new Running(["serve", directory]);
  const socket = `${directory}/streamer-serve.sock`;
  const names = ["a.img", "none.img", "inventory.img"];
  const outcome = await play("restore", { socket, names });
  assert.deepEqual(outcome, { ...seen(DUMP), "none.img": { exists: false } });
  assert.deepEqual(await running.ended(), {
    code: 0,
    stdout: `${socket}\n`,
    stderr: "crit: served 2 images, 2.0 KiB, 0 edited (1 asked for and absent)\n",
  });
  assert.ok(!exists(socket));
});

Deno.test("the socket may be in another directory", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const sockets = scratch.directory("sockets");
  const running = new Running(["serve", directory, "--socket-dir", sockets]);
  const outcome = await play("restore", {
    socket: `${sockets}/streamer-serve.sock`,
    names: ["a.img", "inventory.img"],
  });
  assert.deepEqual(outcome, seen(DUMP));
  assert.equal((await running.ended()).code, 0);
});

Deno.test("a peer that breaks the protocol is exit code 3", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const running = new Running(["serve", directory]);
  const socket = `${directory}/streamer-serve.sock`;
  await play("misbehave", { socket, steps: [{ request: "../x" }, { awaitClose: true }] });
  const { code, stderr } = await running.ended();
  assert.equal(code, 3);
  assert.match(stderr, /^crit: a request for "..\/x": not a bare file name\n$/);
});
