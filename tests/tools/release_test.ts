/** Releases: archives whose bytes are settled by their files, and their installation. */

import assert from "node:assert/strict";
import { packed, sumLine } from "../../tools/release.ts";
import { lacks, ROOT, runProgram } from "../programs.ts";
import { Scratch } from "../scratch.ts";

const NAME = "crit-9.8.7-x86_64-unknown-linux-gnu";
const FILES = [
  "crit",
  "crit.1",
  "completions/crit.bash",
  "completions/_crit",
  "completions/crit.fish",
]
  .map((path) => ({
    path,
    bytes: new TextEncoder().encode(path === "crit" ? "#!/bin/sh\necho crit 9.8.7\n" : path),
    mode: path === "crit" ? 0o755 : 0o644,
  }));

Deno.test("equal files give equal archives", () => {
  assert.deepEqual(packed(NAME, FILES, 1_700_000_000), packed(NAME, FILES, 1_700_000_000));
});

const ignore = Deno.build.arch !== "x86_64" || lacks("tar", "sha256sum", "install");

Deno.test({
  name: "install.sh installs what SHA256SUMS has, and nothing else",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const from = scratch.directory("release");
    const archive = packed(NAME, FILES, 1_700_000_000);
    Deno.writeFileSync(`${from}/${NAME}.tar.gz`, archive);
    const older = NAME.replace("9.8.7", "9.8.6");
    const sums = sumLine(`${NAME}.tar.gz`, archive) + sumLine(`${older}.tar.gz`, archive);
    Deno.writeTextFileSync(`${from}/SHA256SUMS`, sums);
    const prefix = `${scratch.path}/prefix`;
    const install = (...args: string[]) =>
      runProgram("sh", [`${ROOT}install.sh`, "--from", from, "--prefix", prefix, ...args]);
    const installed = await install();
    assert.deepEqual(installed, {
      code: 0,
      stdout: `crit is installed: ${prefix}/bin/crit\n`,
      stderr: "",
    });
    assert.equal((await runProgram(`${prefix}/bin/crit`, [])).stdout, "crit 9.8.7\n");
    const page = `${prefix}/share/man/man1/crit.1`;
    assert.equal(Deno.readTextFileSync(page), "crit.1");
    Deno.removeSync(prefix, { recursive: true });

    assert.match((await install("--version", "1.0")).stderr, /SHA256SUMS has no crit 1\.0 for/);
    assert.match((await install("--version", "9.8.6")).stderr, /9\.8\.6-.* cannot be had/);
    const damaged = archive.slice();
    damaged[100]! ^= 1;
    Deno.writeFileSync(`${from}/${NAME}.tar.gz`, damaged);
    const refused = await install();
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is not the one in SHA256SUMS/);
    assert.throws(() => Deno.statSync(prefix), Deno.errors.NotFound);
  },
});
