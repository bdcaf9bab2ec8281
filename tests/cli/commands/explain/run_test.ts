/** `crit explain` on the command line. */

import assert from "node:assert/strict";
import { BrokenDump, OWN } from "../../../images/check/broken_dump.ts";
import { crit } from "../../../programs.ts";

const ERROR = "(00.06)   100: Error (criu/cr-restore.c:1237): Can't fork for 103: File exists\n";
const FAILED = "(00.07) Error (criu/cr-restore.c:2331): Restoring FAILED.\n";

/** Runs `crit explain` on a log in a copy of a dump. */
async function explained(text: string, ...options: string[]) {
  using copy = new BrokenDump(`${OWN}/values`);
  Deno.writeTextFileSync(copy.file("restore.log"), text);
  return await crit(["explain", copy.file("restore.log"), copy.path, ...options]);
}

Deno.test("explain prints the error, its meaning, its place and a fix", async () => {
  const { code, stdout } = await explained(ERROR + FAILED);
  assert.equal(code, 0);
  const lines = stdout.split("\n");
  assert.match(
    lines[0]!,
    /^error +line 1: criu\/cr-restore\.c:1237: process 100: Can't fork for 103: File exists$/,
  );
  assert.match(lines[1]!, /^means +Process id 103 is in use\.$/);
  assert.match(lines[2]!, /^where +pstree\.img: entry 2: pid$/);
  assert.match(lines[3]!, /^do +End the process that has it, .*--pid 103=FREE`\.$/);
});

Deno.test("--json has the same", async () => {
  const found = JSON.parse((await explained(ERROR + FAILED, "--json")).stdout);
  assert.equal(found.known, "pid-taken");
  assert.equal(found.action, "restore");
  assert.equal(found.succeeded, false);
  assert.deepEqual(found.place, { image: "pstree.img", entry: 2, field: "pid" });
  assert.equal(found.error.line, 1);
});

Deno.test("an unknown error exits with 1 and is shown as it is, but for control characters", async () => {
  const { code, stdout } = await explained(`(00.06) Error (criu/x.c:1): odd \x1b[2J\n${FAILED}`);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^error +line 1: criu\/x\.c:1: odd \\x1b\[2J\nmeans +this error is not known/,
  );
});

Deno.test("what is no log is refused", async () => {
  const { code, stderr } = await crit(["explain", `${OWN}/values/pstree.img`]);
  assert.equal(code, 3);
  assert.match(stderr, /pstree\.img: it is not a log of CRIU/);
});

Deno.test("check and preflight look into the logs of a dump", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  Deno.writeTextFileSync(copy.file("restore.log"), ERROR + FAILED);
  const check = await crit(["check", copy.path]);
  assert.match(
    check.stdout,
    /log-failed +restore\.log: it says that a restore failed: Can't fork for 103: File exists \(Process id 103 is in use\.\)/,
  );
  const preflight = await crit(["preflight", "--offline", copy.path]);
  assert.match(
    preflight.stdout,
    /Logs in the dump .*\n +restore\.log: it says that a restore failed: Can't fork for 103/,
  );
});
