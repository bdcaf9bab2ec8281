/** Reading and writing images from the command line: options, pipes, files, errors. */

import assert from "node:assert/strict";
import { CRIT, crit, ROOT } from "../../programs.ts";

const FIXTURES = `${ROOT}fixtures/images`;
const IMAGES = ["inventory.img", "files.img", "mm-2496.img", "pipes-data.img", "ipcns-sem-9.img"];

const fixture = (name: string) => Deno.readFileSync(`${FIXTURES}/${name}`);
const golden = (name: string) => Deno.readTextFileSync(`${FIXTURES}/${name}.json`).trimEnd();
const pretty = (name: string) => Deno.readTextFileSync(`${FIXTURES}/${name}.pretty.json`).trimEnd();

async function inTemporaryDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Runs crit with bytes on standard input. */
async function pipeThrough(args: string[], input: Uint8Array): Promise<Uint8Array> {
  const [program, ...words] = CRIT;
  const child = new Deno.Command(program, {
    args: [...words, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(input).then(() => writer.close());
  const { code, stdout } = await child.output();
  await written;
  assert.equal(code, 0);
  return stdout;
}

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
