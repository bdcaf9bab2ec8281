import { equal } from "node:assert/strict";
import { firstIndex } from "../../../images/bytes/binary_search.ts";

Deno.test("the first index is found in lists of any length", () => {
  for (let count = 0; count < 40; count++) {
    for (let first = 0; first <= count; first++) {
      equal(firstIndex(count, (index) => index >= first), first);
    }
  }
});
