/** Reading and writing images from the command line: options, pipes, files, errors. */

import assert from "node:assert/strict";
import { crit, ROOT } from "../../programs.ts";
import { inTemporaryDirectory, pipeThrough } from "../piping.ts";

const FIXTURES = `${ROOT}fixtures/images`;
const IMAGES = ["inventory.img", "files.img", "mm-2496.img", "pipes-data.img", "ipcns-sem-9.img"];

const fixture = (name: string) => Deno.readFileSync(`${FIXTURES}/${name}`);
const golden = (name: string) => Deno.readTextFileSync(`${FIXTURES}/${name}.json`).trimEnd();
const pretty = (name: string) => Deno.readTextFileSync(`${FIXTURES}/${name}.pretty.json`).trimEnd();

for (const name of IMAGES) {
  Deno.test(`${name} to JSON and back, through files`, () =>
    inTemporaryDirectory(async (directory) => {
      const [json, image] = [`${directory}/out.json`, `${directory}/out.img`];
      const quiet = { code: 0, stdout: "", stderr: "" };
      assert.deepEqual(await crit(["decode", "-i", `${FIXTURES}/${name}`, "-o", json]), quiet);
      assert.equal(Deno.readTextFileSync(json), golden(name));
      assert.deepEqual(await crit(["encode", "--input", json, "--output", image]), quiet);
      assert.deepEqual(Deno.readFileSync(image), fixture(name));
    }));

  Deno.test(`${name} shown, and encoded from a pipe`, async () => {
    const shown = await crit(["show", `${FIXTURES}/${name}`]);
    assert.deepEqual(shown, { code: 0, stdout: pretty(name) + "\n", stderr: "" });
    const encoded = await pipeThrough(["encode"], new TextEncoder().encode(shown.stdout));
    assert.deepEqual(encoded, fixture(name));
  });
}
