/** What `crit encode` does with a single image. */

import assert from "node:assert/strict";
import { crit } from "../../../programs.ts";
import { inTemporaryDirectory } from "../../piping.ts";

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
      `crit: ${json}: ${place}: 4294967296 does not fit uint32
`,
    );
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["fs.json"]);
  }));
