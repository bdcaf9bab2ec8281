/** Images and dumps that are named inside of archives, and archives on standard input. */

import assert from "node:assert/strict";
import { tar } from "../../images/archive/archives.ts";
import { DUMPS } from "../../images/dump/sources.ts";
import { engineArchive, LayoutMaker } from "../../images/oci/layouts.ts";
import { CRIT, crit, lacks, runProgram } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const ignore = lacks("tar", "gzip", "zstd", "sha256sum");
const SHLOOP = `${DUMPS}/shloop`;
const PSTREE = `${SHLOOP}/pstree.img`;

/** What crit prints; it must succeed, or find a difference. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(args);
  assert.ok(code <= 1, stderr);
  return stdout;
}

Deno.test({
  name: "one image of an archive is shown, decoded, counted and compared by its address",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = await engineArchive(`${scratch.path}/a`, SHLOOP, { "spec.dump": "{}" }, "gzip");
    const layer = await engineArchive(`${scratch.path}/layer`, SHLOOP, { "spec.dump": "{}" });
    const maker = new LayoutMaker(`${scratch.path}/layout`);
    const { digest } = await maker.image([layer], "zstd");
    maker.index([{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 1 }]);
    for (
      const image of [
        `${archive}/checkpoint/pstree.img`,
        `${maker.path}@${digest}/checkpoint/pstree.img`,
        `${maker.path}@${digest.slice(0, 20)}/checkpoint/pstree.img`,
      ]
    ) {
      assert.equal(await said("show", image), await said("show", PSTREE));
      assert.equal(await said("decode", image), await said("decode", PSTREE));
      assert.equal(await said("info", image), await said("info", PSTREE));
      assert.equal(await said("diff", image, PSTREE), "");
      const other = `${DUMPS}/sysvipc/pstree.img`;
      assert.equal(await said("diff", image, other), await said("diff", PSTREE, other));
    }
    const missing = await crit(["show", `${archive}/checkpoint/core-1.img`]);
    assert.equal(missing.code, 3);
    assert.match(missing.stderr, /^crit: .*\/a: the archive has no .*checkpoint\/core-1\.img\n$/);
  },
});

Deno.test({
  name: "an archive comes on standard input, from a file or a pipe; nothing is left behind",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const temporary = scratch.directory("tmp");
    const archive = await engineArchive(`${scratch.path}/a`, SHLOOP, { "spec.dump": "{}" }, "zstd");
    const chain = await tar(`${scratch.path}/chain.tar`, `${DUMPS}/incremental`);
    const shell = async (line: string) => {
      const ended = await runProgram("sh", ["-c", line, "-", ...CRIT], {
        env: { TMPDIR: temporary, archive, chain },
      });
      assert.equal(ended.code, 0, ended.stderr);
      return ended.stdout;
    };
    const expected = await said("x", SHLOOP, "ps");
    assert.equal(await shell('"$@" x - ps <"$archive"'), expected);
    assert.equal(await shell('cat "$archive" | "$@" x - ps'), expected);
    const first = await said("x", `${DUMPS}/incremental/3-dump`, "mems");
    assert.equal(await shell('cat "$chain" | "$@" x -- -/3-dump mems'), first);
    assert.deepEqual([...Deno.readDirSync(temporary)], []);
  },
});

Deno.test({
  name: "files decoded from a private archive are private",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = await tar(`${scratch.path}/chain.tar`, `${DUMPS}/incremental`);
    Deno.chmodSync(archive, 0o600);
    const out = `${scratch.path}/json`;
    await said("decode", `${archive}/2-predump`, "-o", out);
    for (const { name, isFile } of Deno.readDirSync(out)) {
      if (!isFile) continue;
      assert.equal(Deno.statSync(`${out}/${name}`).mode! & 0o077, 0, name);
    }
  },
});
