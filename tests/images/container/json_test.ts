/** JSON of container engines: nothing is rounded. */

import assert from "node:assert/strict";
import { parseJson } from "../../../images/container/json.ts";

Deno.test("integers that a double cannot hold become bigints", () => {
  assert.deepEqual(parseJson('{"a": 9007199254740991, "b": [9007199254740993, -1, 0.5, 1e3]}'), {
    a: 9007199254740991,
    b: [9007199254740993n, -1, 0.5, 1000],
  });
  assert.throws(() => parseJson("{"), SyntaxError);
});
