/** What `crit decode` does with a single image. */

import assert from "node:assert/strict";
import { crit, ROOT } from "../../../programs.ts";
import { inTemporaryDirectory, pipeThrough } from "../../piping.ts";

const FIXTURES = `${ROOT}fixtures/images`;

const fixture = (name: string) => Deno.readFileSync(`${FIXTURES}/${name}`);
const pretty = (name: string) => Deno.readTextFileSync(`${FIXTURES}/${name}.pretty.json`).trimEnd();

Deno.test("a cut image is one line, exit code 3, and leaves the old output alone", () =>
  inTemporaryDirectory(async (directory) => {
    const [image, json] = [`${directory}/files.img`, `${directory}/files.json`];
    Deno.writeFileSync(image, fixture("files.img").subarray(0, -1));
    Deno.writeTextFileSync(json, "old");
    const { code, stdout, stderr } = await crit(["decode", "-i", image, "-o", json]);
    assert.deepEqual([code, stdout], [3, ""]);
    const place = "entry 24 at offset 2749: payload is 31 bytes, 30 remain";
    assert.equal(
      stderr,
      `crit: ${image}: ${place}
`,
    );
    assert.equal(Deno.readTextFileSync(json), "old");
    assert.deepEqual([...Deno.readDirSync(directory)].length, 2);
  }));

Deno.test("an image on standard input, options before the command", async () => {
  const json = await pipeThrough(["--pretty", "decode"], fixture("files.img"));
  assert.equal(new TextDecoder().decode(json), pretty("files.img") + "\n");
});
