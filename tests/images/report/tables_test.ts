/** Values of rows as a report has them. */

import assert from "node:assert/strict";
import { Parts } from "../../../images/report/parts.ts";
import { cellOf, cellsOf, headFrom } from "../../../images/report/tables.ts";

Deno.test("numbers that JSON would round become text, bytes become counts, and absent values null", () => {
  assert.equal(cellOf(7n), 7);
  assert.equal(cellOf(2n ** 53n), "9007199254740992");
  assert.equal(cellOf(-(2n ** 64n)), "-18446744073709551616");
  assert.equal(cellOf(NaN), "NaN");
  assert.equal(cellOf(new Uint8Array(3)), "3 bytes");
  assert.equal(cellOf(undefined), null);
  assert.deepEqual(cellOf({ a: [1n, null], b: { c: true } }), { a: [1, null], b: { c: true } });
});

Deno.test("cells follow the order of the keys, not that of a row", () => {
  const { keys, docs } = headFrom("x", "X", { pid: "process", name: "its name" });
  assert.deepEqual([keys, docs], [["pid", "name"], ["process", "its name"]]);
  assert.deepEqual(cellsOf(keys, [{ name: "a", pid: 1, other: 3 }, { pid: 2 }]), [
    [1, "a"],
    [2, null],
  ]);
});

Deno.test("equal values are stored once", () => {
  const parts = new Parts();
  const same = ["a"];
  assert.deepEqual([parts.add(same), parts.add(["b"]), parts.add(same), parts.add(["a"])], [
    0,
    1,
    0,
    0,
  ]);
  assert.deepEqual(JSON.parse(parts.json), [["a"], ["b"]]);
});
