/** A dozen whole commands with the executable that `$CRIT_BIN` names, whatever machine it is for. */

import assert from "node:assert/strict";
import { Running } from "../cli/running.ts";
import { assertSameTrees } from "../cli/trees.ts";
import { crit, isWithout, ROOT } from "../programs.ts";
import { play } from "../play.ts";
import { readDirectory, Scratch, seen } from "../scratch.ts";

const ignore = isWithout("an executable in $CRIT_BIN", Deno.env.get("CRIT_BIN") !== undefined);
const DUMP = `${ROOT}fixtures/dumps/shloop`;

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

Deno.test({
  name: "a dump is decoded and encoded to the same bytes",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const [json, back] = [`${scratch.path}/json`, `${scratch.path}/back`];
    await ok("decode", "-i", DUMP, "-o", json, "--pretty");
    await ok("encode", "-i", json, "-o", back);
    assertSameTrees(back, DUMP);
    const image = `${ROOT}fixtures/images/pstree.img`;
    const golden = Deno.readTextFileSync(`${image}.pretty.json`).trimEnd();
    assert.equal(await ok("show", image), `${golden}\n`);
  },
});

Deno.test({
  name: "x, check, stats, edit, convert and coredump work on a dump",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const at = (name: string) => `${scratch.path}/${name}`;
    assert.match(await ok("--version"), /^crit \d/);
    assert.match(await ok("x", DUMP, "ps", "--args"), /1520 .* sleep/);
    assert.equal(JSON.parse(await ok("x", DUMP, "fds", "--json")).length > 4, true);
    await ok("check", DUMP);
    assert.equal(JSON.parse(await ok("stats", DUMP, "--json")).tasks.count, 2);
    await ok("edit", DUMP, "-o", at("edited"), "--set", "core-1520.img:[0].tc.comm=slept");
    assert.equal((await crit(["diff", DUMP, at("edited")])).code, 1);
    await ok("convert", DUMP, at("old"), "--to", "3.17.1");
    await ok("coredump", DUMP, "-o", at("cores"), "--no-files");
    const core = Deno.readFileSync(at("cores/core.1520"));
    assert.deepEqual([...core.subarray(0, 6)], [0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  },
});

/** Waits for a socket: an executable of another machine may take half a minute to start. */
async function untilThere(path: string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    try {
      return void Deno.lstatSync(path);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${path} is not there after two minutes`);
}

Deno.test({
  name: "a dump is served and captured",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const files = Object.fromEntries(
      Object.entries(readDirectory(DUMP)).filter(([name]) => name.endsWith(".img")),
    );
    const names = Object.keys(files).filter((name) => name !== "inventory.img");
    const sockets = scratch.directory("sockets");
    const serving = new Running(["serve", DUMP, "--socket-dir", sockets]);
    const socket = `${sockets}/streamer-serve.sock`;
    const last = [...names, "inventory.img"];
    await untilThere(socket);
    assert.deepEqual(await play("restore", { socket, names: last }), seen(files));
    assert.equal((await serving.ended()).code, 0);
    const out = `${scratch.path}/out`;
    const capturing = new Running(["capture", out]);
    const dump = { socket: `${out}/streamer-capture.sock`, directory: DUMP, names: last };
    await untilThere(dump.socket);
    await play("dump", dump);
    assert.equal((await capturing.ended()).code, 0);
    assert.deepEqual(readDirectory(out), files);
  },
});
