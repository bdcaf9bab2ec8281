import assert from "node:assert/strict";
import { editDistance, nearest } from "../../../images/bytes/nearest.ts";

Deno.test("edit distance counts insertions, deletions, substitutions and swaps", () => {
  assert.equal(editDistance("", ""), 0);
  assert.equal(editDistance("decode", "decode"), 0);
  assert.equal(editDistance("decode", "decod"), 1);
  assert.equal(editDistance("decode", "encode"), 2);
  assert.equal(editDistance("decode", "deocde"), 1);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(editDistance("abc", ""), 3);
  assert.equal(editDistance("kitten", "sitting"), 3);
});

Deno.test("the nearest name is the one with the fewest mistakes", () => {
  const commands = ["decode", "encode", "show", "info", "x"];
  assert.equal(nearest("decod", commands), "decode");
  assert.equal(nearest("encdoe", commands), "encode");
  assert.equal(nearest("shwo", commands), "show");
});

Deno.test("a unique prefix stands for its name", () => {
  assert.equal(nearest("com", ["completion", "coredump"]), "completion");
  assert.equal(nearest("co", ["completion", "coredump"]), undefined);
});

Deno.test("a name that resembles no other has no nearest name", () => {
  assert.equal(nearest("banana", ["decode", "encode", "x"]), undefined);
  assert.equal(nearest("y", ["x"]), undefined);
  assert.equal(nearest("", ["decode", "x"]), undefined);
});
