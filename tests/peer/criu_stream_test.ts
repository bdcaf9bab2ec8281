/** A real CRIU dumps to `crit capture` and restores from `crit serve`: no process is lost. */

import assert from "node:assert/strict";
import { Running } from "../cli/running.ts";
import { criu, lacksCriu, Sleeper, writeHook } from "../criu.ts";
import { crit } from "../programs.ts";
import { readDirectory, Scratch } from "../scratch.ts";
import { exists, until } from "../waiting.ts";

const ignore = lacksCriu();

/** Dumps a process through the hook with these words; gives CRIU's exit code. */
async function dumpByHook(scratch: Scratch, pid: number, args: string[]): Promise<number> {
  const images = scratch.directory("img");
  const hook = `${scratch.path}/hook.sh`;
  writeHook(hook, ["capture", "--hook", ...args]);
  const words = ["dump", "--stream", "-D", images, "-t", `${pid}`, "-o", "dump.log"];
  const { code } = await criu([...words, "--action-script", hook]);
  return code;
}

Deno.test({
  name: "a dump is edited and restored through the hook",
  ignore,
  async fn() {
    using scratch = new Scratch();
    await using sleeper = await Sleeper.start();
    const images = `${scratch.path}/img`;
    const edit = ["--set", "core-*.img:[0].tc.comm=worker"];
    assert.equal(await dumpByHook(scratch, sleeper.pid, edit), 0);
    await until(() => !sleeper.isAlive && exists(`${images}/inventory.img`));
    assert.equal((await crit(["check", images])).code, 0);
    const hook = `${scratch.path}/restore.sh`;
    writeHook(hook, ["serve", "--hook", "--set", "core-*.img:[0].tc.comm=again"]);
    const words = ["restore", "--stream", "-D", images, "-d", "-o", "restore.log"];
    const { code } = await criu([...words, "--action-script", hook]);
    assert.equal(code, 0, Deno.readTextFileSync(`${images}/restore.log`));
    assert.equal(Deno.readTextFileSync(`/proc/${sleeper.pid}/comm`), "again\n");
  },
});

Deno.test({
  name: "a failed edit makes the hook keep CRIU from killing the process",
  ignore,
  async fn() {
    for (const archive of [false, true]) {
      using scratch = new Scratch();
      await using sleeper = await Sleeper.start();
      const into = archive ? ["--archive", `${scratch.path}/a.tar.gz`] : [];
      const args = ["--filter", "files.img=exit 7", ...into];
      assert.notEqual(await dumpByHook(scratch, sleeper.pid, args), 0);
      assert.ok(sleeper.isAlive);
      const left = archive
        ? `${scratch.path}/a.tar.gz.incomplete`
        : `${scratch.path}/img/capture.incomplete`;
      await until(() => exists(`${scratch.path}/img/crit-capture.log`));
      assert.equal((await crit(["check", left])).code, 0);
    }
  },
});

Deno.test({
  name: "after a failed edit without a hook, all images remain, and none is deleted later",
  ignore,
  async fn() {
    for (const archive of [false, true]) {
      using scratch = new Scratch();
      await using sleeper = await Sleeper.start();
      const images = scratch.directory("img");
      const into = archive ? ["--archive", `${scratch.path}/a.tar`] : [];
      const args = ["capture", images, ...into, "--set", "core-*.img:[tc.comm~no*].tc.comm=x"];
      const capturing = new Running(args);
      await until(() => exists(`${images}/streamer-capture.sock`));
      const words = ["dump", "--stream", "-D", images, "-t", `${sleeper.pid}`, "-o", "dump.log"];
      assert.equal((await criu(words)).code, 0);
      const { code, stderr } = await capturing.ended();
      assert.equal(code, 3, stderr);
      assert.ok(!sleeper.isAlive);
      const left = archive ? `${scratch.path}/a.tar.incomplete` : `${images}/capture.incomplete`;
      assert.ok(stderr.includes(`${left} holds the whole dump as CRIU wrote it, `), stderr);
      const before = readDirectory(left);
      const again = await crit(["capture", images, ...into]);
      assert.equal(again.code, 4, again.stderr);
      assert.deepEqual(readDirectory(left), before);
      const restored = await criu(["restore", "-D", left, "-d", "-o", `${images}/restore.log`]);
      assert.equal(restored.code, 0);
      assert.ok(sleeper.isAlive);
    }
  },
});

Deno.test({
  name: "an edit that cannot match is refused before CRIU starts the dump",
  ignore,
  async fn() {
    using scratch = new Scratch();
    await using sleeper = await Sleeper.start();
    const edit = ["--set", "core-*.img:[0].tc.cmm=worker"];
    assert.notEqual(await dumpByHook(scratch, sleeper.pid, edit), 0);
    assert.ok(sleeper.isAlive);
    assert.ok(!exists(`${scratch.path}/img/capture.incomplete`));
  },
});
