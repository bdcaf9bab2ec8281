/** Names of the pages of many dumps. */

import assert from "node:assert/strict";
import { pageNames } from "../../../../cli/commands/report/names.ts";

Deno.test("a report is named after its dump, and names are unique", () => {
  const cases: Array<[paths: string[], names: string[]]> = [
    [["a.tar", "b/c.tar.zst", "d/", "./e"], ["a", "c", "d", "e"]],
    [["web/checkpoint", "db/checkpoint"], ["web-checkpoint", "db-checkpoint"]],
    [["x/1/dump", "y/1/dump", "other"], ["x-1-dump", "y-1-dump", "other"]],
    [["a.tar", "a.tar.gz", "./a.tar"], ["a", "a-2", "a-3"]],
    [["-", ".", "/"], ["dump", "dump-2", "dump-3"]],
    [["w/a", "v/a", "w-a"], ["w-a", "v-a", "w-a-2"]],
    [["oci.tar@sha256:ab", "-x.tar", ".hidden"], ["oci.tar@sha256:ab", "x", "hidden"]],
    [["a.tar", "a.tar"], ["a"]],
  ];
  for (const [paths, names] of cases) {
    assert.deepEqual([...pageNames(paths).values()], names.map((name) => `${name}.html`));
  }
  const [long] = pageNames([`${"é".repeat(300)}.tar`]).values();
  assert.ok(new TextEncoder().encode(long).length <= 255 && long!.endsWith("é.html"));
  const many = Array.from({ length: 1000 }, (_, i) => `${i}/checkpoint/x.tar`);
  assert.equal(new Set(pageNames(many).values()).size, many.length);
});
