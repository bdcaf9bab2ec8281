/** `crit flatten`: of directories and archives, whole or not there at all. */

import assert from "node:assert/strict";
import { run, tar } from "../../../images/archive/archives.ts";
import { DUMPS } from "../../../images/dump/sources.ts";
import { crit, isInstalled } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";

const CHAIN = `${DUMPS}/incremental`;

/** What is in a directory, by sha256sum. */
async function sums(directory: string): Promise<string> {
  return await run("sh", ["-c", 'cd "$1" && sha256sum *', "-", directory]);
}

Deno.test({
  name: "a chain in a directory or an archive becomes the same dump, without a parent",
  ignore: !["tar", "zstd", "sha256sum"].every(isInstalled),
  async fn() {
    using scratch = new Scratch();
    const plain = `${scratch.path}/plain`;
    const { code, stderr, stdout } = await crit([
      "flatten",
      `${CHAIN}/3-dump`,
      "-o",
      plain,
      "--json",
    ]);
    assert.equal(code, 0, stderr);
    const said = JSON.parse(stdout);
    assert.deepEqual([said.parents, said.pages_after > said.pages_before], [2, true]);
    assert.throws(() => Deno.lstatSync(`${plain}/parent`));
    const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();
    assert.deepEqual(names(plain), names(`${CHAIN}/3-dump`).filter((name) => name !== "parent"));
    const archive = await tar(`${scratch.path}/chain.tar`, CHAIN);
    await run("zstd", ["-q", archive]);
    for (const [i, path] of [archive, `${archive}.zst`, CHAIN].entries()) {
      const out = `${scratch.path}/${i}`;
      assert.equal((await crit(["flatten", path, "-o", out])).code, 0);
      assert.equal(await sums(out), await sums(plain));
    }
    // A second look finds nothing to do, and what a full dump has nothing wrong with.
    assert.match((await crit(["check", plain])).stdout, /nothing is wrong/);
    const again = await crit(["flatten", plain, "-o", `${scratch.path}/again`, "--json"]);
    assert.deepEqual(JSON.parse(again.stdout).images, []);
    assert.equal(await sums(`${scratch.path}/again`), await sums(plain));
  },
});

Deno.test({
  name: "a chain that lacks a parent or a page is refused in one line, and nothing is written",
  ignore: !isInstalled("cp"),
  async fn() {
    using scratch = new Scratch();
    await run("cp", ["-a", CHAIN, `${scratch.path}/chain`]);
    const tip = `${scratch.path}/chain/3-dump`;
    const out = `${scratch.path}/out`;
    const refused = async (kind: number, message: RegExp, ...args: string[]) => {
      const { code, stderr } = await crit(["flatten", ...args]);
      assert.equal(code, kind, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.split("\n").length, 2, stderr);
      assert.throws(() => Deno.lstatSync(out));
    };
    await refused(2, /needs -o OUT/, tip);
    const [pages] = [...Deno.readDirSync(`${scratch.path}/chain/1-predump`)]
      .map(({ name }) => name).filter((name) => name.startsWith("pages-")).sort();
    const path = `${scratch.path}/chain/1-predump/${pages}`;
    Deno.chmodSync(path, 0o600);
    Deno.truncateSync(path, 4096);
    await refused(3, /must be in a parent dump|bytes, the page map says/, tip, "-o", out);
    await run("rm", ["-rf", `${scratch.path}/chain/1-predump`, `${scratch.path}/chain/2-predump`]);
    await refused(3, /must be in a parent dump and|leads to/, tip, "-o", out);
  },
});
