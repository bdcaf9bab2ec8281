/** What `crit info` does with a single image. */

import assert from "node:assert/strict";
import { crit, ROOT, runProgram } from "../../../programs.ts";

const FIXTURES = `${ROOT}fixtures/images`;

const golden = (name: string) => Deno.readTextFileSync(`${FIXTURES}/${name}.json`).trimEnd();

Deno.test("info counts the entries, and names the images where there are several", async () => {
  const images = ["pstree.img", "files.img"].map((name) => {
    const { magic, entries } = JSON.parse(golden(name));
    return { image: `${FIXTURES}/${name}`, magic, count: entries.length };
  });
  const print = (value: unknown) => JSON.stringify(value, null, 4) + "\n";
  const [{ image, ...alone }] = images as [typeof images[0]];
  assert.deepEqual(await crit(["info", image]), { code: 0, stdout: print(alone), stderr: "" });
  assert.deepEqual(await crit(["info", ...images.map(({ image }) => image)]), {
    code: 0,
    stdout: images.map(print).join(""),
    stderr: "",
  });
});

Deno.test("a damaged archive is said to be one, after the images that can be read", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const archive = `${directory}/dump.tar`;
    await runProgram("tar", ["-C", `${ROOT}fixtures/dumps/aio00.h`, "-cf", archive, "."]);
    Deno.truncateSync(archive, Deno.statSync(archive).size >> 1);
    const { code, stdout, stderr } = await crit(["info", archive]);
    assert.equal(code, 3);
    assert.match(stderr, /^crit: \S+\/dump\.tar: offset \d+: the archive is cut short\n$/);
    assert.match(stdout, /"count": /);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a directory without images is an error of info and stats", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    for (const command of ["info", "stats"]) {
      const stderr = `crit: ${directory}: there is no image in it\n`;
      assert.deepEqual(await crit([command, directory]), { code: 3, stdout: "", stderr });
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
