/** Numbers of things, and sizes in words. */

import assert from "node:assert/strict";
import { countOf } from "../../../images/bytes/sizes.ts";

Deno.test("one is singular, and other numbers are plural", () => {
  assert.equal(countOf(1, "option"), "1 option");
  assert.equal(countOf(0, "option"), "0 options");
  assert.equal(countOf(2, "image"), "2 images");
  assert.equal(countOf(1, "entry"), "1 entry");
  assert.equal(countOf(3, "entry"), "3 entries");
});
