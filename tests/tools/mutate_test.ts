/** The mistakes of `tools/mutate.ts` can be planted in today's code. */

import assert from "node:assert/strict";
import { MUTATIONS } from "../../tools/mutate.ts";
import { ROOT } from "../programs.ts";

Deno.test("each mistake applies to one place in its file", () => {
  assert(MUTATIONS.length >= 10);
  for (const { file, from, to } of MUTATIONS) {
    const text = Deno.readTextFileSync(`${ROOT}${file}`);
    assert.equal(text.split(from).length, 2, `${file}: ${from}`);
    assert.notEqual(from, to);
  }
});
