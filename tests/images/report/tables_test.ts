/** Values of rows as a report has them. */

import assert from "node:assert/strict";
import { cellOf, makeTable } from "../../../images/report/tables.ts";

Deno.test("numbers that JSON would round are text, bytes are counted, what is absent is null", () => {
  assert.equal(cellOf(7n), 7);
  assert.equal(cellOf(2n ** 53n), "9007199254740992");
  assert.equal(cellOf(-(2n ** 64n)), "-18446744073709551616");
  assert.equal(cellOf(NaN), "NaN");
  assert.equal(cellOf(new Uint8Array(3)), "3 bytes");
  assert.equal(cellOf(undefined), null);
  assert.deepEqual(cellOf({ a: [1n, null], b: { c: true } }), { a: [1, null], b: { c: true } });
});

Deno.test("a column in which no row has a value is left out, unless there is no row", () => {
  const docs = { pid: "process", tid: "thread", name: "its name" };
  const table = makeTable("x", "X", docs, [[1, null, "a"], [2, null, null]]);
  assert.deepEqual([table.keys, table.docs], [["pid", "name"], ["process", "its name"]]);
  assert.deepEqual(table.rows, [[1, "a"], [2, null]]);
  assert.deepEqual(makeTable("x", "X", docs, []).keys, ["pid", "tid", "name"]);
});
