/** Archives decoded into a directory, and encoded into archives again. */

import assert from "node:assert/strict";
import { tarHeader, tarPadding } from "../../../images/archive/tar_writer.ts";
import { isQuick, THOROUGH } from "../../dumps.ts";
import { run, tar } from "../../images/archive/archives.ts";
import { podmanFiles } from "../../images/container/engines.ts";
import { DUMPS } from "../../images/dump/sources.ts";
import { engineArchive, writeFiles } from "../../images/oci/layouts.ts";
import { CRIT, crit, lacks, runProgram } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const ignore = lacks("tar", "gzip", "zstd", "cmp", "mkfifo", "ln", "truncate", "touch");
const SHLOOP = `${DUMPS}/shloop`;

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** MiB of a file that is nearly all holes. */
const MIB = THOROUGH ? 40 : 4;

/** An engine's directory with all that tar knows of. */
async function engineDirectory(scratch: Scratch): Promise<string> {
  const directory = scratch.directory("engine");
  const long = `volumes/${"long/".repeat(40)}${"n".repeat(120)}`;
  writeFiles(directory, { ...podmanFiles(), [long]: "volume", "späße": "x" });
  await run("cp", ["-a", SHLOOP, `${directory}/checkpoint`]);
  const script = `
    mkdir artifacts && chmod 0700 artifacts && chmod 4751 spec.dump && touch -d 2001-02-03 config.dump
    ln -s ../elsewhere checkpoint/away && ln -s checkpoint latest && mkfifo pipe
    truncate -s ${MIB}M sparse && printf some | dd of=sparse bs=1 seek=$((${MIB} * 750000)) \
      conv=notrunc status=none
  `;
  await run("sh", ["-ec", `cd "$1"; ${script}`, "-", directory]);
  return directory;
}

const FORMS: Readonly<Record<string, readonly string[]>> = {
  gnu: ["--format=gnu", "--sparse"],
  pax: ["--format=pax", "--sparse", "--pax-option=SCHILY.xattr.user.note:=kept"],
  "plain pax": ["--format=posix", "--blocking-factor=1"],
};

for (const [form, options] of Object.entries(FORMS)) {
  Deno.test({
    name: `what was decoded becomes the same archive again, byte for byte (${form})`,
    ignore: ignore || (form !== "gnu" && isQuick()),
    async fn() {
      using scratch = new Scratch();
      const directory = await engineDirectory(scratch);
      const archive = `${scratch.path}/a.tar`;
      // An order that no directory has.
      const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort().reverse();
      const owners = ["--owner=someone:1234", "--group=some:4321"];
      await run("tar", ["-cf", archive, ...options, ...owners, "-C", directory, ...names]);
      const json = `${scratch.path}/json`;
      // A pipe is not copied, and comes back.
      const decoded = await crit(["decode", archive, "-o", json]);
      assert.equal(decoded.stderr, "crit: pipe: not copied: it is not a regular file\n");
      for (const ending of ["tar", "tar.gz", "tar.zst"]) {
        const out = `${scratch.path}/out.${ending}`;
        await succeed("encode", json, "-o", out);
        const unpack = { tar: "cat", "tar.gz": "gzip -dc", "tar.zst": "zstd -dcq" }[ending];
        await run("sh", ["-c", `${unpack} <"$1" | cmp - "$2"`, "-", out, archive]);
        assert.equal(Deno.statSync(out).mode! & 0o022, 0);
      }
      // A directory gets nothing of it.
      await succeed("encode", json, "-o", `${scratch.path}/plain`);
      Deno.removeSync(`${directory}/pipe`);
      await run("diff", ["-r", "--no-dereference", directory, `${scratch.path}/plain`]);
    },
  });
}

Deno.test({
  name: "changes, additions and removals appear in the archive, and other members are unchanged",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = await engineDirectory(scratch);
    for (const [i, [form, options]] of Object.entries(FORMS).entries()) {
      const archive = await tar(`${scratch.path}/${i}.tar`, directory, ...options);
      const json = `${scratch.path}/json-${i}`;
      assert.equal((await crit(["decode", archive, "-o", json])).code, 0);
      const image = `${json}/checkpoint/core-1517.img.json`;
      const text = Deno.readTextFileSync(image).replace(
        /"comm": *"[^"]*"/,
        '"comm":"a-longer-name"',
      );
      Deno.writeTextFileSync(image, text);
      Deno.writeTextFileSync(`${json}/config.dump`, "{}");
      Deno.removeSync(`${json}/network.status`);
      writeFiles(json, { "new/file": "new" });
      {
        // What was a hole has contents now.
        using file = Deno.openSync(`${json}/sparse`, { write: true });
        file.seekSync(1000, Deno.SeekMode.Start);
        file.writeSync(new TextEncoder().encode("here"));
      }
      const out = `${scratch.path}/out-${i}.tar`;
      await succeed("encode", json, "-o", out);
      const listed = async (path: string) =>
        (await run("tar", ["--numeric-owner", "--full-time", "-tvf", path])).trim().split("\n")
          .map((line) => line.replace(/ +\d+ (?=20\d\d-)/, " "));
      const changed = /\/(core-1517\.img|config\.dump|sparse)$/;
      const before = (await listed(archive)).filter((line) => !line.endsWith("/network.status"));
      const after = await listed(out);
      assert.deepEqual(after.slice(0, before.length), before, form);
      assert.deepEqual(
        after.slice(before.length).map((line) => line.replace(/.* /, "")),
        ["new/", "new/file"],
      );
      const unpacked = scratch.directory(`unpacked-${i}`);
      await run("tar", ["-xf", out, "-C", unpacked]);
      assert.equal(Deno.readTextFileSync(`${unpacked}/config.dump`), "{}");
      await run("cmp", [`${unpacked}/sparse`, `${json}/sparse`]);
      assert.match(await succeed("x", out, "ps"), /1517 +1517 +1517 +a-longer-name/);
      const differing = await crit(["diff", `${SHLOOP}`, `${unpacked}/checkpoint`, "--json"]);
      assert.equal(differing.code, 1);
      assert.ok(before.some((line) => changed.test(line)));
    }
  },
});

Deno.test({
  name: "a dump, a directory in an archive and the JSON of a directory become archives",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const all = scratch.directory("all");
    for (const name of ["1", "2"]) await run("cp", ["-a", SHLOOP, `${all}/${name}`]);
    const chain = await tar(`${scratch.path}/chain.tar`, all);
    const lone = `${scratch.path}/lone.tar`;
    await run("tar", ["-cf", lone, "-C", all, "1"]);
    for (const [i, input] of [lone, `${chain}/2`, SHLOOP].entries()) {
      const [json, out] = [`${scratch.path}/json-${i}`, `${scratch.path}/out-${i}.tar`];
      await succeed("decode", input, "-o", json);
      await succeed("encode", json, "-o", out);
      assert.match(await succeed("check", out), /nothing is wrong/);
      assert.equal(await succeed("x", out, "ps"), await succeed("x", SHLOOP, "ps"));
    }
    await run("cmp", [lone, `${scratch.path}/out-0.tar`]);
    const names = async (path: string) => (await run("tar", ["-tf", path])).trim().split("\n");
    assert.deepEqual(
      (await names(`${scratch.path}/out-1.tar`)).sort(),
      (await names(chain)).filter((name) => /^.\/(2\/.*)?$/.test(name)).sort(),
    );
    assert.deepEqual(
      (await names(`${scratch.path}/out-2.tar`)).sort(),
      [...Deno.readDirSync(SHLOOP)].map(({ name }) => name).sort(),
    );
  },
});

Deno.test({
  name: "hard links of a file can get different contents",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const all = scratch.directory("all");
    await run("cp", ["-a", SHLOOP, `${all}/1`]);
    await run("cp", ["-al", `${all}/1`, `${all}/others`]);
    await run("sh", [
      "-c",
      'cd "$1" && for i in *.img; do mv $i $i.old; done',
      "-",
      `${all}/others`,
    ]);
    const archive = await tar(`${scratch.path}/a.tar`, all);
    const json = `${scratch.path}/json`;
    await succeed("decode", archive, "-o", json);
    const path = `${json}/1/core-1517.img.json`;
    Deno.writeTextFileSync(
      path,
      Deno.readTextFileSync(path).replace(/"comm": *"sh"/, '"comm":"x"'),
    );
    const out = `${scratch.path}/out.tar`;
    await succeed("encode", json, "-o", out);
    const unpacked = scratch.directory("unpacked");
    await run("tar", ["-xf", out, "-C", unpacked]);
    await run("cmp", [`${unpacked}/others/core-1517.img.old`, `${SHLOOP}/core-1517.img`]);
    assert.match(await succeed("x", `${unpacked}/1`, "ps"), /1517 +1517 +1517 +x$/m);
  },
});

Deno.test({
  name: "an archive is complete or absent",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = await tar(`${scratch.path}/a.tar`, await engineDirectory(scratch));
    const json = `${scratch.path}/json`;
    await crit(["decode", archive, "-o", json]);
    const out = `${scratch.path}/out.tar`;
    const refused = async (code: number, message: RegExp, ...args: string[]) => {
      const ended = await crit(["encode", ...args]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    };
    const fs = `${json}/checkpoint/fs-1517.img.json`;
    const whole = Deno.readTextFileSync(fs);
    Deno.writeTextFileSync(fs, "{");
    const wrong = /^crit: \S+\/checkpoint\/fs-1517\.img\.json: line 1, column 2: [^\n]+\n$/;
    await refused(3, wrong, json, "-o", out);
    assert.throws(() => Deno.lstatSync(out));
    await refused(3, /1 of \d+ files failed/, json, "-o", out, "--keep-going");
    assert.doesNotMatch(await run("tar", ["-tf", out]), /fs-1517/);
    await refused(4, /it exists already \(OUT must be new\)$/m, json, "-o", out);
    Deno.removeSync(out);
    Deno.writeTextFileSync(fs, whole);
    for (const damage of ["", "x".repeat(2000)]) {
      Deno.writeTextFileSync(`${json}/.archive-headers`, damage);
      await refused(3, /^crit: \.archive-headers: [^\n]+\n$/, json, "-o", out);
      assert.throws(() => Deno.lstatSync(out));
    }
    const decoded = await crit(["decode", archive, "-o", `${scratch.path}/x.tar`]);
    assert.equal(decoded.code, 2);
    assert.match(decoded.stderr, /JSON is written into a directory, not into an archive$/m);
    assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort(), [
      "a.tar",
      "engine",
      "json",
    ]);
  },
});

Deno.test({
  name: "an archive on standard input is decoded into a directory",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = await tar(`${scratch.path}/a.tar`, await engineDirectory(scratch));
    const [json, expected] = [`${scratch.path}/json`, `${scratch.path}/expected`];
    await crit(["decode", archive, "-o", expected]);
    const script = 'cat "$archive" | "$@" decode - -o "$json"/';
    const env = { archive, json };
    const ended = await runProgram("sh", ["-c", script, "-", ...CRIT], { env });
    assert.equal(ended.code, 0, ended.stderr);
    await run("diff", ["-r", "--no-dereference", expected, json]);
  },
});

Deno.test({
  name: "a name with .. does not name a file of the directory",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = `${scratch.path}/a.tar`;
    await engineArchive(archive, SHLOOP, podmanFiles());
    const evil = `${scratch.path}/evil.tar`;
    const contents = new TextEncoder().encode("{}");
    for (const path of ["x/../config.dump", "../config.dump", "checkpoint/../../config.dump"]) {
      const header = tarHeader({ path, size: contents.length, mode: 0o600, modified: 1 });
      const bytes = [header, contents, tarPadding(contents.length), Deno.readFileSync(archive)];
      Deno.writeFileSync(evil, Buffer.concat(bytes));
      const json = Deno.makeTempDirSync({ dir: scratch.path });
      await succeed("decode", evil, "-o", json);
      const out = `${json}.tar`;
      await succeed("encode", json, "-o", out);
      await run("cmp", [out, archive]);
      const edited = `${json}-edited.tar`;
      await succeed("edit", evil, "--set", "core-1517.img:[0].tc.comm=x", "-o", edited);
      assert.equal(await run("tar", ["-Ptf", edited]), await run("tar", ["-Ptf", evil]));
    }
  },
});
