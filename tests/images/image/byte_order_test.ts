/** Images of big-endian machines: printed as CRIU's own crit prints them there, and back. */

import assert from "node:assert/strict";
import { readHead } from "../../../images/image/head.ts";
import { decodeObjects, encodeImage } from "../../../images/image/objects.ts";
import { imageToJson, jsonToImage } from "../../../mod.ts";
import { isDirectory, SHARED } from "../../dumps.ts";
import { isWithout, ROOT } from "../../programs.ts";

/** Dumps with what CRIU's crit printed for each image, `NAME` and `NAME.golden`. */
function* goldenDumps(path: string): Generator<[dump: string, golden: string]> {
  for (const { name, isDirectory: isDump } of Deno.readDirSync(path)) {
    if (isDump && isDirectory(`${path}/${name}.golden`)) {
      yield [`${path}/${name}`, `${path}/${name}.golden`];
    }
  }
}

/** CRIU's JSON, with the page counts where CRIU 4.2's schema has them. */
function golden(text: string): string {
  const is41 = text.includes('"nr_pages"') && !text.includes('"compat_nr_pages"');
  return is41 ? text.replaceAll('"nr_pages"', '"compat_nr_pages"') : text;
}

function checkDump(dump: string, golden_: string, order: "big" | "little"): number {
  let count = 0;
  for (const { name } of Deno.readDirSync(dump)) {
    for (const [ending, pretty] of [["json", false], ["pretty", true]] as const) {
      let expected: string;
      try {
        expected = golden(Deno.readTextFileSync(`${golden_}/${name}.${ending}`));
      } catch {
        continue;
      }
      count++;
      const image = Deno.readFileSync(`${dump}/${name}`);
      const json = imageToJson(image, { name, pretty });
      const said = '"byte_order": "big"';
      assert.equal(json.includes(said), order === "big", name);
      const bare = json.replace(`, ${said}`, "").replace(`\n    ${said},`, "");
      assert.equal(`${bare}`.trim(), expected.trim(), `${dump}/${name}.${ending}`);
      assert.deepEqual(jsonToImage(json), image, name);
      assert.deepEqual(jsonToImage(bare, { byteOrder: order }), image, name);
      const object = decodeObjects(image, { name });
      assert.equal(object.byteOrder ?? "little", order);
      assert.deepEqual(encodeImage(object), image, name);
      assert.equal(readHead(image.subarray(0, 8))!.byteOrder, order);
    }
  }
  return count;
}

Deno.test("images of s390x are printed as on s390x, and encode to the same bytes", () => {
  const dump = `${ROOT}fixtures/dumps/s390x`;
  assert(checkDump(dump, `${ROOT}fixtures/golden/s390x`, "big") > 10);
});

for (const [machine, order] of [["s390x", "big"], ["aarch64", "little"]] as const) {
  const path = `${SHARED}machines/${machine}`;
  Deno.test({
    name: `every image of the dumps made on ${machine} is printed as there, and goes back`,
    ignore: isWithout("../shared/machines", isDirectory(path)),
    fn: () => {
      for (const [dump, golden] of goldenDumps(path)) {
        assert(checkDump(dump, golden, order) > 0, dump);
      }
    },
  });
}
