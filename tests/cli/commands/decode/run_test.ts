/** What `crit decode` does with a single image. */

import assert from "node:assert/strict";
import { CRIT, crit, ROOT } from "../../../programs.ts";

const FIXTURES = `${ROOT}fixtures/images`;

const fixture = (name: string) => Deno.readFileSync(`${FIXTURES}/${name}`);
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
