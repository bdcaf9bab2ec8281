/** What paths lead to: archives are known by their contents, wherever a dump or image is named. */

import assert from "node:assert/strict";
import { inputKind } from "../../../cli/files/paths.ts";
import { crit, ROOT, runProgram } from "../../programs.ts";
import { assertSameTrees, Temporary } from "../trees.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;

/** Archives of a dump with names that do not say so. */
async function archives(temporary: Temporary): Promise<{ plain: string; packed: string }> {
  const [plain, packed] = [temporary.at("dump.bin"), temporary.at("backup")];
  await runProgram("tar", ["-cf", plain, "-C", `${DUMP}/..`, "shloop"]);
  await runProgram("tar", ["-czf", packed, "-C", `${DUMP}/..`, "shloop"]);
  return { plain, packed };
}

Deno.test("archives are detected by contents, raw images by name", async () => {
  using temporary = new Temporary();
  const { plain, packed } = await archives(temporary);
  const copy = (from: string, name: string) => {
    Deno.copyFileSync(from, temporary.at(name));
    return temporary.at(name);
  };
  const kinds: Array<[path: string, kind: string]> = [
    [plain, "archive"],
    [packed, "archive"],
    [`${plain}/shloop`, "archive"],
    [copy(plain, "pstree.img"), "archive"],
    [copy(packed, "tmpfs-dev-3.tar.gz.img"), "file"],
    [copy(`${DUMP}/pstree.img`, "pstree.tar"), "file"],
    [copy(`${DUMP}/pages-1.img`, "pages-1.img"), "file"],
    [`${DUMP}/pstree.img/inside`, "file"],
    [DUMP, "directory"],
    [temporary.at("nothing"), "file"],
    ["/dev/null", "file"],
    ["-", "file"],
  ];
  for (const [path, kind] of kinds) assert.equal(await inputKind(path), kind, path);
});

Deno.test("every command that reads a dump takes an archive of any name", async () => {
  using temporary = new Temporary();
  const { plain, packed } = await archives(temporary);
  const json = temporary.at("json");
  assert.equal((await crit(["decode", "-i", DUMP, "-o", json])).code, 0);
  for (const [i, path] of [plain, packed, `${plain}/shloop`].entries()) {
    const out = temporary.at(`json-${i}`);
    assert.deepEqual(await crit(["decode", path, "-o", out]), { code: 0, stdout: "", stderr: "" });
    // The headers of the archive are no part of the dump.
    Deno.removeSync(`${out}/.archive-headers`);
    assertSameTrees(out, json);
    const converted = temporary.at(`converted-${i}`);
    assert.equal((await crit(["convert", path, converted, "--to", "4.1"])).code, 0);
    for (const words of [["info"], ["stats"], ["check"], ["diff", DUMP], ["coredump", "-o", out]]) {
      const [command, ...rest] = words as [string, ...string[]];
      const { code, stderr } = await crit([command, ...rest, path]);
      assert.deepEqual([code, stderr.includes("magic")], [0, false], `${words} ${path}: ${stderr}`);
    }
    const { stdout } = await crit(["x", path, "ps"]);
    assert.match(stdout, /1517 +1517 +1517 +sh/);
  }
});

Deno.test("a command that does not accept archives or directories refuses them", async () => {
  using temporary = new Temporary();
  const { plain, packed } = await archives(temporary);
  const refused = async (words: string[], reason: RegExp) => {
    const { code, stdout, stderr } = await crit(words);
    assert.deepEqual([code, stdout], [2, ""], `${words}: ${stderr}`);
    assert.match(stderr, reason);
    assert.equal(stderr.split("\n").length, 2);
  };
  const edit = ["--set", "pstree.img:[0].sid=1", "-o", temporary.at("out")];
  for (const path of [plain, packed, `${plain}/shloop`]) {
    await refused(["edit", path, ...edit.slice(0, 2), "--in-place"], /is not edited in its place/);
    await refused(["show", path], /is an archive, which show does not take/);
    await refused(["encode", "-i", path, "-o", temporary.at("out")], /which encode does not take/);
    await refused(["decode", path, `${DUMP}/pstree.img`, "-o", "x"], /an archive, which must be/);
  }
  await refused(["show", DUMP], /is a directory, which show does not take \(name an image in it/);
});

Deno.test("an image that somebody has compressed is said to be that, not an archive", async () => {
  const place = await Deno.makeTempDir();
  const path = `${place}/core-1517.img`;
  try {
    const image = Deno.readFileSync(`${ROOT}fixtures/dumps/shloop/core-1517.img`);
    const packed = new Blob([image]).stream().pipeThrough(new CompressionStream("gzip"));
    Deno.writeFileSync(path, new Uint8Array(await new Response(packed).arrayBuffer()));
    for (const args of [["show"], ["info"], ["decode"], ["get", "[0].mtype"]]) {
      const [command, ...more] = args as [string, ...string[]];
      assert.deepEqual(await crit([command, path, ...more]), {
        code: 3,
        stdout: "",
        stderr: `crit: ${path}: it is gzip data, not an image (a CORE image is expected)\n`,
      });
    }
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("compressed data that is not an archive is said to be that", async () => {
  using temporary = new Temporary();
  const path = temporary.at("notes.gz");
  for (const text of ["short", "long enough for a header of tar\n".repeat(100)]) {
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    Deno.writeFileSync(path, new Uint8Array(await new Response(packed).arrayBuffer()));
    for (const args of [["info", path], ["check", path], ["x", path, "ps"]]) {
      assert.deepEqual(await crit(args), {
        code: 3,
        stdout: "",
        stderr: `crit: ${path}: it is gzip data, but not of an archive (decompress it first)\n`,
      });
    }
  }
});
