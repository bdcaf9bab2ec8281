/** Between image versions: there and back is the same bytes, and nothing but magics changes. */

import assert from "node:assert/strict";
import { CritError } from "../../../mod.ts";
import { isNotSwept, SHARED } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";
import { converted, dumpsUnder, filesIn, fixture } from "./dumps.ts";

/** Checks that the way to the other version and back gives the same bytes. */
function checkBothWays(path: string): void {
  const files = filesIn(path);
  // The dumps are of either version, and a pre-dump's inventory tells none.
  const isOld = path.includes("v1.0");
  const [own, other] = isOld ? ["1.0", "1.1"] : ["1.1", "1.0"];
  assert.deepEqual(converted(files, own).files, files, `${path} stays`);
  const away = converted(files, other).files;
  assert.notDeepEqual(away, files);
  assert.deepEqual(converted(away, own).files, files, `${path} comes back`);
}

Deno.test("a dump is the same after a conversion to the other image version and back", () => {
  for (const path of dumpsUnder(`${ROOT}fixtures/dumps`)) checkBothWays(path);
});

Deno.test({
  name: "all dumps beside the checkout are the same after conversions",
  ignore: isNotSwept(),
  fn() {
    const paths = dumpsUnder(`${SHARED}dumps`);
    assert(paths.length > 30, `${paths.length} dumps`);
    for (const path of paths) checkBothWays(path);
  },
});

Deno.test("only head magics and the version in the inventory change", () => {
  const files = fixture("shloop");
  const { files: away, report } = converted(files, "1.0");
  for (const { name, fate, changes } of report.images) {
    const before = files.get(name)!;
    const after = away.get(name)!;
    if (name.startsWith("pages-")) assert.deepEqual([fate, after], ["kept", before]);
    else if (name === "inventory.img") {
      const places = [...before.keys()].filter((i) => before[i] !== after[i]);
      assert.deepEqual([...changes.keys()], ["img_version"]);
      assert.deepEqual(places.map((i) => [before[i], after[i]]), [[2, 1]]);
    } else {
      assert.deepEqual([...changes.keys()], ["head magic"], name);
      assert.deepEqual(after, before.subarray(4), name);
    }
  }
});

Deno.test("an image whose type contradicts its name is refused", () => {
  const files = fixture("shloop");
  const faults: Array<[name: string, bytes: Uint8Array, message: RegExp]> = [
    ["pstree.img", files.get("files.img")!, /^pstree.img: it is not a PSTREE image/],
    ["pstree.img", new Uint8Array(3), /^pstree.img: the file ends inside its magic/],
    ["pstree.img", files.get("pstree.img")!.subarray(0, 7), /ends inside its magic/],
    [
      "inventory.img",
      Uint8Array.of(0x16, 0x31, 0x31, 0x58, 2, 0, 0, 0, 8, 9),
      /no image version 9/,
    ],
  ];
  for (const [name, bytes, message] of faults) {
    assert.throws(() => converted(new Map([...files, [name, bytes]]), "1.0"), (error) => {
      assert(error instanceof CritError, String(error));
      assert.match(error.message, message);
      return true;
    });
  }
});
