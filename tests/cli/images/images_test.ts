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

Deno.test("an image on standard input, options before the command", async () => {
  const json = await pipeThrough(["--pretty", "decode"], fixture("files.img"));
  assert.equal(new TextDecoder().decode(json), pretty("files.img") + "\n");
});

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
      `crit: files.img: ${place}
`,
    );
    assert.equal(Deno.readTextFileSync(json), "old");
    assert.deepEqual([...Deno.readDirSync(directory)].length, 2);
  }));

Deno.test("JSON that makes no image is refused with its line and column", () =>
  inTemporaryDirectory(async (directory) => {
    const [json, image] = [`${directory}/fs.json`, `${directory}/fs.img`];
    const entries = '[{\n"cwd_id": 1, "root_id": 4294967296, "umask": 18}]';
    Deno.writeTextFileSync(json, `{"magic": "FS", "entries": ${entries}}`);
    const { code, stderr } = await crit(["encode", "-i", json, "-o", image]);
    assert.equal(code, 3);
    const place = "line 2, column 25: entry 0: root_id";
    assert.equal(
      stderr,
      `crit: fs.json: ${place}: 4294967296 does not fit uint32
`,
    );
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["fs.json"]);
  }));
