/** `crit preflight` on the command line. */

import assert from "node:assert/strict";
import { BrokenDump, OWN } from "../../../images/check/broken_dump.ts";
import { crit, runProgram } from "../../../programs.ts";

Deno.test("--offline prints the command without inspecting the machine", async () => {
  const { code, stdout } = await crit(["preflight", "--offline", `${OWN}/pyapp`]);
  assert.equal(code, 1, "the dump lacks its pages");
  const command = `criu restore --images-dir ${OWN}/pyapp --tcp-established --file-locks`;
  assert(stdout.includes(`Command\n  ${command}\n`), stdout);
  assert(stdout.includes("  --file-locks: 3 file locks\n"), stdout);
  assert(stdout.includes("Lost silently\n  locks  3 file locks without --file-locks"), stdout);
  assert(!stdout.includes("This machine"), stdout);
});

Deno.test("--root is used in the command and to find files", async () => {
  const root = Deno.makeTempDirSync({ prefix: "crit-root-" });
  try {
    Deno.mkdirSync(`${root}/proc`);
    const args = ["preflight", `${OWN}/shm.ns`, "--root", root, "--json"];
    const { code, stdout } = await crit(args);
    assert.equal(code, 1);
    const found = JSON.parse(stdout);
    assert(
      found.command.includes(` --root ${root} --external 'mnt[ZDTM_DEV]:PATH'`),
      found.command,
    );
    const mounts = found.demands.filter(({ demand }: { demand: string }) =>
      demand === "mount-point"
    );
    const states = Object.fromEntries(
      mounts.map(({ what, state }: Record<string, string>) => [what, state]),
    );
    assert.equal(states[root], "fails");
    assert.equal(states["/proc"], "ok");
    assert(Object.values(states).filter((state) => state === "fails").length > 1);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("symbolic links below --root are resolved below it", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  const root = Deno.makeTempDirSync({ prefix: "crit-root-" });
  try {
    Deno.mkdirSync(`${root}/dev`);
    Deno.mkdirSync(`${root}/real`);
    // From outside it would lead to the machine's own /dev/null.
    Deno.symlinkSync("/real/null", `${root}/dev/null`);
    Deno.writeTextFileSync(`${root}/real/null`, "");
    const { stdout } = await crit(["preflight", copy.path, "--root", root, "--json"]);
    const null_ = JSON.parse(stdout).demands.filter(({ what }: { what: string }) =>
      what === "/dev/null"
    );
    const found = Object.fromEntries(
      null_.map(({ demand, found }: Record<string, string>) => [demand, found]),
    );
    assert.equal(found["file-present"], "present");
    assert.match(found["file-mode"]!, /^regular file /);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("for a dump in an archive, the command names the directory to unpack it into", async () => {
  const archive = Deno.makeTempFileSync({ suffix: ".tar" });
  try {
    const { code } = await runProgram("tar", ["-C", `${OWN}/shloop`, "-cf", archive, "."]);
    assert.equal(code, 0);
    const { stdout } = await crit(["preflight", "--offline", archive]);
    assert(
      stdout.startsWith("Command\n  criu restore --images-dir IMAGES\n  IMAGES: the directory"),
      stdout,
    );
  } finally {
    Deno.removeSync(archive);
  }
});

Deno.test("a directory that is not a whole dump cannot be restored", async () => {
  const { code, stdout } = await crit(["preflight", `${OWN}/incremental/1-predump`]);
  assert.equal(code, 1);
  assert.match(stdout, /it is a pre-dump, which cannot be restored\n$/);
});

Deno.test("a root that is not a directory is a file system error", async () => {
  const { code, stderr } = await crit(["preflight", `${OWN}/shloop`, "--root", `${OWN}/nowhere`]);
  assert.equal(code, 4);
  assert.match(stderr, /nowhere: it is not a directory/);
});

Deno.test("control characters in names do not reach the terminal", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  copy.edit("files.img", (all) => {
    all.find(({ reg }) => reg?.name.endsWith("/owned")).reg.name = "/tmp/\x1b[2Jowned\nok";
  });
  const { stdout } = await crit(["preflight", copy.path]);
  assert(!stdout.includes("\x1b"), stdout);
  assert(/file-present {2}\/tmp\/\\x1b\[2Jowned\\nok: absent/.test(stdout), stdout);
});
