/** Archives that commands write: of archives all is kept that they do not change. */

import assert from "node:assert/strict";
import { run, tar } from "../../images/archive/archives.ts";
import { podmanFiles } from "../../images/container/engines.ts";
import { DUMPS } from "../../images/dump/sources.ts";
import { writeFiles } from "../../images/oci/layouts.ts";
import { crit, lacks } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const ignore = lacks("tar", "gzip", "zstd", "cmp");
const EDIT = ["--set", "core-*:[0].tc.comm=worker"];
const LONG = `volumes/${"long/".repeat(40)}${"n".repeat(120)}`;

/** What tar lists, in numbers, without the sizes of what was edited. */
async function listing(archive: string): Promise<string[]> {
  const text = await run("tar", ["--numeric-owner", "--full-time", "-tvf", archive]);
  return text.trimEnd().split("\n")
    .map((line) => (/core-\d+\.img$/.test(line) ? line.replace(/ +\d+ (?=20)/, " SIZE ") : line));
}

/** Every member but the images that were edited, unpacked. */
async function others(scratch: Scratch, archive: string): Promise<string> {
  const directory = Deno.makeTempDirSync({ dir: scratch.path });
  await run("tar", ["-xf", archive, "-C", directory, "--exclude=core-*.img"]);
  return directory;
}

for (const format of ["gnu", "pax"]) {
  Deno.test({
    name: `an edited archive (${format}) keeps members, order, modes, owners, times, long names`,
    ignore,
    async fn() {
      using scratch = new Scratch();
      const directory = scratch.directory("checkpoints");
      writeFiles(directory, { ...podmanFiles(), [LONG]: "volume" });
      await run("cp", ["-a", `${DUMPS}/shloop`, `${directory}/checkpoint`]);
      await run("truncate", ["-s", "9M", `${directory}/checkpoint/core-1520.img`]);
      await run("cp", [`${DUMPS}/shloop/core-1520.img`, `${directory}/checkpoint/core-1520.img`]);
      await run("sh", [
        "-c",
        'cd "$1" && ln -s ../x checkpoint/parent-link && chmod 4751 spec.dump && touch -d 2001-02-03T04:05:06 config.dump',
        "-",
        directory,
      ]);
      const archive = `${scratch.path}/a.tar`;
      const options = [
        `--format=${format}`,
        "--sparse",
        "--owner=someone:1234",
        "--group=some:4321",
      ];
      if (format === "pax") options.push("--pax-option=SCHILY.xattr.user.note:=kept");
      await run("tar", ["-cf", archive, ...options, "-C", directory, ...[
        "config.dump",
        "spec.dump",
        "checkpoint",
        "network.status",
        "volumes",
      ]]);
      for (const ending of ["tar", "tar.gz", "tar.zst"]) {
        const out = `${scratch.path}/out.${ending}`;
        const { code, stderr } = await crit(["edit", archive, ...EDIT, "-o", out]);
        assert.equal(code, 0, stderr);
        assert.deepEqual(await listing(out), await listing(archive));
        await run("diff", [
          "-r",
          "--no-dereference",
          await others(scratch, archive),
          await others(scratch, out),
        ]);
        const shown = (await crit(["x", out, "ps"])).stdout;
        assert.match(shown, /1517 +worker\n.* worker\n/);
        if (format === "pax" && ending === "tar") {
          const kept = await run("grep", ["-c", "-a", "SCHILY.xattr.user.note=kept", out]);
          assert.equal(
            kept,
            await run("grep", ["-c", "-a", "SCHILY.xattr.user.note=kept", archive]),
          );
        }
        // What was edited back is the archive that it was.
        const back = `${scratch.path}/back.${ending}`;
        await crit(["convert", out, back, "--to", "1.1"]);
        assert.deepEqual(await listing(back), await listing(archive));
        for (const path of [out, back]) Deno.removeSync(path);
      }
    },
  });
}

Deno.test({
  name: "a directory becomes an archive, and an existing file is not overwritten",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const out = `${scratch.path}/out.tar.zst`;
    assert.equal((await crit(["edit", `${DUMPS}/shloop`, ...EDIT, "-o", out])).code, 0);
    assert.match((await crit(["x", out, "ps"])).stdout, /worker/);
    const again = await crit(["edit", `${DUMPS}/shloop`, ...EDIT, "-o", out]);
    assert.equal(again.code, 4);
    assert.match(again.stderr, /it exists already \(OUT must be new\)\n$/);
    assert.equal(Deno.statSync(out).mode! & 0o022, 0);
    const converted = `${scratch.path}/c.tar`;
    assert.equal((await crit(["convert", out, converted, "--to", "4.1"])).code, 0);
    assert.match((await crit(["check", converted])).stdout, /nothing is wrong/);
    assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort(), [
      "c.tar",
      "out.tar.zst",
    ]);
  },
});

Deno.test({
  name: "of two names of a file, only the edited one changes",
  ignore: ignore || lacks("ln"),
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("two");
    await run("cp", ["-a", `${DUMPS}/shloop`, `${directory}/1`]);
    await run("cp", ["-al", `${directory}/1`, `${directory}/2`]);
    const archive = await tar(`${scratch.path}/two.tar`, directory);
    for (const [edited, other] of [["1", "2"], ["2", "1"]] as const) {
      const out = `${scratch.path}/${edited}.tar`;
      const { code, stderr } = await crit(["edit", `${archive}/${edited}`, ...EDIT, "-o", out]);
      assert.equal(code, 0, stderr);
      assert.equal(await run("tar", ["-tf", out]), await run("tar", ["-tf", archive]));
      const unpacked = scratch.directory(`unpacked-${edited}`);
      await run("tar", ["-xf", out, "-C", unpacked]);
      await run("diff", ["-r", `${unpacked}/${other}`, `${DUMPS}/shloop`]);
      const shown = (await crit(["x", `${unpacked}/${edited}`, "ps"])).stdout;
      assert.equal(shown.match(/ worker$/gm)?.length, 2, shown);
    }
  },
});

Deno.test({
  name: "images get new names with new process ids, and nothing else changes",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("a");
    writeFiles(directory, podmanFiles());
    const long = `${"long/".repeat(19)}dump`;
    Deno.mkdirSync(`${directory}/${long}`, { recursive: true });
    await run("cp", ["-aT", `${DUMPS}/shloop`, `${directory}/${long}`]);
    for (const format of ["gnu", "pax"]) {
      const archive = await tar(`${scratch.path}/${format}.tar`, directory, `--format=${format}`);
      const out = `${scratch.path}/out-${format}.tar`;
      const ended = await crit(["edit", archive, "--pid", "1517=30000", "-o", out]);
      assert.equal(ended.code, 0, ended.stderr);
      const lines = async (path: string) =>
        (await run("tar", ["--numeric-owner", "--full-time", "-tvf", path]))
          .replace(/(?<=-)(1517|30000)(?=\.img$)/gm, "PID").split("\n")
          .map((line) => line.replace(/ +\d+ (?=20)/, " SIZE "));
      assert.deepEqual(await lines(out), await lines(archive));
      const plain = `${scratch.path}/plain-${format}`;
      await crit(["edit", `${DUMPS}/shloop`, "--pid", "1517=30000", "-o", plain]);
      const unpacked = scratch.directory(`unpacked-${format}`);
      await run("tar", ["-xf", out, "-C", unpacked]);
      await run("diff", ["-r", plain, `${unpacked}/${long}`]);
      // The same from an archive into a directory.
      const copy = `${scratch.path}/copy-${format}`;
      await crit(["edit", archive, "--pid", "1517=30000", "-o", copy]);
      await run("diff", ["-r", plain, `${copy}/${long}`]);
    }
  },
});
