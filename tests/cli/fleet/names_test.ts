/** Which dumps a command line names. */

import assert from "node:assert/strict";
import { namesOf } from "../../../cli/fleet/names.ts";
import { CritError } from "../../../images/errors.ts";
import { Scratch } from "../../scratch.ts";

Deno.test("names on the command line precede those of a list, which are separated by newlines or NUL", async () => {
  using scratch = new Scratch();
  const from = `${scratch.path}/list`;
  Deno.writeTextFileSync(from, "a b\n\nc\n");
  assert.deepEqual(await namesOf(["x"], { from, null: false }), ["x", "a b", "c"]);
  Deno.writeTextFileSync(from, "a\nb\0c\0");
  assert.deepEqual(await namesOf(["x"], { from, null: true }), ["x", "a\nb", "c"]);
  assert.deepEqual(await namesOf(["x", "y"], { null: false }), ["x", "y"]);
});

Deno.test("contradictory names are a usage error", async () => {
  using scratch = new Scratch();
  const from = `${scratch.path}/list`;
  Deno.writeTextFileSync(from, "-\n");
  const isUsage = (error: unknown) => error instanceof CritError && error.kind === "usage";
  await assert.rejects(namesOf([], { null: true }), isUsage);
  await assert.rejects(namesOf(["-"], { from: "-", null: false }), isUsage);
  await assert.rejects(namesOf([], { from, null: false }), isUsage);
});
