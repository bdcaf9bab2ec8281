/** Errors: one line that says where, with more of the place added on the way out. */

import assert from "node:assert/strict";
import { CritError, dataError, inField, missingField, OutputError } from "../../images/errors.ts";

Deno.test("the message has the place, the reason and the hint", () => {
  const place = { image: "core-12.img", entry: 3, offset: 452 };
  const error = new CritError("data", "payload is 92 bytes, 40 remain", place);
  assert.equal(
    error.message,
    "core-12.img: entry 3 at offset 452: payload is 92 bytes, 40 remain",
  );
  const inJson = dataError("expected a number", { line: 4, column: 9, entry: 1, field: "pgid" });
  assert.equal(inJson.message, "line 4, column 9: entry 1: pgid: expected a number");
  assert.equal(inJson.kind, "data");
  assert.match(
    dataError("no field x", {}, "did you mean y?").message,
    /no field x.*did you mean y/,
  );
});

Deno.test("adding to a place keeps what is known, and the stack of the first error", () => {
  const inner = new CritError("unsupported", "wrong", { entry: 1 });
  const outer = inner.at({ entry: 2, image: "a.img" });
  assert.deepEqual(outer.place, { entry: 1, image: "a.img" });
  assert.equal(outer.stack, inner.stack);
  assert.match(outer.stack!, /errors_test\.ts/);
});

Deno.test("damaged input has no stack, and takes none from the errors after it", () => {
  const inner = dataError("wrong", { entry: 1 });
  assert.equal(inner.stack, "CritError: entry 1: wrong");
  assert.equal(inner.at({ image: "a.img" }).stack, "CritError: a.img: entry 1: wrong");
  assert.match(new Error("of a program").stack!, /errors_test\.ts/);
});

Deno.test("the name of a field precedes those of inner fields", () => {
  const error = inField(inField(dataError("wrong"), "comm"), "tc");
  assert(error instanceof CritError);
  assert.equal(error.message, "tc.comm: wrong");
  const other = new TypeError("x");
  assert.equal(inField(other, "tc"), other);
});

Deno.test("an error keeps its code and its cause when its place grows", () => {
  const inner = missingField("pid").at({ entry: 1 });
  const outer = inField(inner, "tc");
  assert(outer instanceof CritError);
  assert.equal(outer.code, "missing-field");
  assert.deepEqual(outer.place, { entry: 1, field: "tc.pid" });
  assert.equal("cause" in outer, false);
  const cause = new Error("of the system");
  const failed = new CritError("file", "it cannot be read", {}, undefined, { cause });
  assert.equal(failed.at({ image: "a.img" }).cause, cause);
  assert.equal(failed.code, undefined);
});

Deno.test("an error of the output has no place in the input", () => {
  const error: CritError = new OutputError("file", "the disk is full");
  assert.equal(error.at({ image: "a.img" }), error);
});
