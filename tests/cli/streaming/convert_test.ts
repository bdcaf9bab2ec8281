/** `crit serve --convert`: what CRIU gets is what `crit convert` writes. */

import assert from "node:assert/strict";
import { isNotSwept, SHARED } from "../../dumps.ts";
import { crit, lacks, ROOT, runProgram } from "../../programs.ts";
import { play } from "../../play.ts";
import { readDirectory, Scratch, seen } from "../../scratch.ts";
import { Running } from "../running.ts";

const OLD = `${ROOT}fixtures/dumps/legacy-v1.0`;

/** Serves a dump, or an archive of it, converted, and compares. */
async function serveConverted(scratch: Scratch, dump: string, served = dump): Promise<void> {
  const out = `${scratch.path}/converted`;
  const converted = await crit(["convert", dump, out]);
  assert.deepEqual([converted.code, converted.stderr], [0, ""]);
  const files = readDirectory(out);
  // Images that are part of others now are no longer there by themselves.
  const gone = Object.keys(readDirectory(dump)).filter((name) => !(name in files));
  assert(gone.includes("reg-files.img"));
  const directory = scratch.directory("socket");
  const running = new Running(["serve", served, "--socket-dir", directory, "--convert"]);
  const socket = `${directory}/streamer-serve.sock`;
  const outcome = await play("restore", { socket, names: [...Object.keys(files), ...gone] });
  const absent = Object.fromEntries(gone.map((name) => [name, { exists: false }]));
  assert.deepEqual(outcome, { ...seen(files), ...absent });
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.deepEqual([...Deno.readDirSync(directory)], []);
}

Deno.test("an old dump is served in the form that crit convert writes", async () => {
  using scratch = new Scratch();
  await serveConverted(scratch, OLD);
});

Deno.test({
  name: "an old dump in an archive is converted and served",
  ignore: lacks("tar"),
  async fn() {
    using scratch = new Scratch();
    const archive = `${scratch.path}/dump.tar.gz`;
    const { code } = await runProgram("tar", ["-C", OLD, "-czf", archive, "."]);
    assert.equal(code, 0);
    await serveConverted(scratch, OLD, archive);
  },
});

Deno.test({
  name: "old shared dumps are converted and served, with unchanged pages",
  ignore: isNotSwept(),
  async fn() {
    for (const name of ["legacy-v1.0", "legacy-v1.1"]) {
      using scratch = new Scratch();
      await serveConverted(scratch, `${SHARED}dumps/${name}`);
    }
  },
});

Deno.test("edits apply to converted images", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("socket");
  const edit = "files.img:[isk.state=LISTEN].isk.src_port=8080";
  const args = ["serve", OLD, "--socket-dir", directory, "--convert", "--set", edit];
  const running = new Running(args);
  const socket = `${directory}/streamer-serve.sock`;
  await play("restore", { socket, names: ["files.img", "inventory.img"] });
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /served 2 images, [^\n]*, 1 edited/);
});

Deno.test("a damaged dump is refused before CRIU connects", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump", readDirectory(OLD));
  Deno.truncateSync(`${dump}/reg-files.img`, 100);
  const { code, stdout, stderr } = await crit(["serve", dump, "--convert"]);
  assert.deepEqual([code, stdout], [3, ""]);
  assert.match(stderr, /^crit: reg-files\.img: [^\n]*\n$/);
});
