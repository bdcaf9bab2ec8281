/** `crit flatten`: of directories and archives, whole or not there at all. */

import assert from "node:assert/strict";
import { run, tar } from "../../../images/archive/archives.ts";
import { podmanFiles } from "../../../images/container/engines.ts";
import { DUMPS } from "../../../images/dump/sources.ts";
import { writeFiles } from "../../../images/oci/layouts.ts";
import { crit, lacks } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";

const CHAIN = `${DUMPS}/incremental`;

/** What is in a directory, by sha256sum. */
async function sums(directory: string): Promise<string> {
  return await run("sh", ["-c", 'cd "$1" && sha256sum *', "-", directory]);
}

Deno.test({
  name: "a chain in a directory or an archive becomes the same dump, without a parent",
  ignore: lacks("tar", "zstd", "sha256sum"),
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
  ignore: lacks("cp"),
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
    await refused(3, /must be in a parent dump|bytes, the page map has/, tip, "-o", out);
    await run("rm", ["-rf", `${scratch.path}/chain/1-predump`, `${scratch.path}/chain/2-predump`]);
    await refused(3, /must be in a parent dump and|leads to/, tip, "-o", out);
  },
});

for (const ending of ["tar", "tar.gz", "tar.zst"]) {
  Deno.test({
    name: `an archive becomes a ${ending} with all that is beside the dumps, and one dump`,
    ignore: lacks("tar", "zstd", "gzip", "sha256sum", "ln"),
    async fn() {
      using scratch = new Scratch();
      const directory = `${scratch.path}/all`;
      await run("cp", ["-a", CHAIN, directory]);
      writeFiles(directory, { ...podmanFiles(), "1-predump/notes": "of both" });
      // One file by two names, of which the one that has the contents is left out.
      await run("ln", [`${directory}/1-predump/notes`, `${directory}/3-dump/notes`]);
      const names = ["config.dump", "1-predump", "2-predump", "3-dump", "spec.dump"];
      const archive = `${scratch.path}/all.tar`;
      await run("tar", ["-cf", archive, "--owner=some:1234", "-C", directory, ...names]);
      const out = `${scratch.path}/out.${ending}`;
      const ended = await crit(["flatten", archive, "-o", out]);
      assert.equal(ended.code, 0, ended.stderr);
      const list = async (path: string) =>
        (await run("tar", ["--numeric-owner", "-tvf", path])).trim().split("\n")
          .map((line) => line.replace(/^\S(\S+ \S+).* (\S+)$/, "$1 $2"));
      const isKept = (line: string) => !/(predump\/|\/parent -> |notes link to )/.test(line);
      const expected = (await list(archive)).filter(isKept).filter((line) => !/parent$/.test(line));
      const actual = (await list(out)).filter((line) => !/3-dump\/notes$/.test(line));
      assert.deepEqual(actual, expected.filter((line) => !/notes$/.test(line)));
      const unpacked = scratch.directory("unpacked");
      await run("tar", ["-xf", out, "-C", unpacked]);
      assert.equal(Deno.readTextFileSync(`${unpacked}/3-dump/notes`), "of both");
      Deno.removeSync(`${unpacked}/3-dump/notes`);
      const plain = `${scratch.path}/plain`;
      assert.equal((await crit(["flatten", `${CHAIN}/3-dump`, "-o", plain])).code, 0);
      assert.equal(await sums(`${unpacked}/3-dump`), await sums(plain));
      // A directory's, the same.
      const second = `${scratch.path}/second.${ending}`;
      assert.equal((await crit(["flatten", directory, "-o", second])).code, 0);
      const places = (await run("tar", ["-tf", second])).trim().split("\n");
      assert.deepEqual(places.filter((place) => /predump|parent/.test(place)), []);
      assert.ok(places.includes("config.dump") && places.includes("3-dump/pstree.img"));
      assert.match((await crit(["check", second])).stdout, /second\S+: 1 note /);
    },
  });
}
