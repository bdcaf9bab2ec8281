/** What `crit info` does with a single image. */

import assert from "node:assert/strict";
import { crit, ROOT } from "../../../programs.ts";

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
