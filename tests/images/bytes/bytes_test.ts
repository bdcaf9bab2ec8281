/** Runs of bytes: joined, compared, looked at for zeros. */

import assert from "node:assert/strict";
import { areZeroWords, isZeroPage, joinBytes, sameBytes } from "../../../images/bytes/bytes.ts";

const PAGE = 4096;

Deno.test("one bit anywhere makes a page not zero", () => {
  const bytes = new Uint8Array(3 * PAGE);
  const words = new Uint32Array(bytes.buffer);
  bytes.fill(0xff, 0, PAGE);
  bytes.fill(0xff, 2 * PAGE);
  const [from, to] = [PAGE / 4, PAGE / 2];
  const isZero = () => [areZeroWords(words, from, to), isZeroPage(bytes, PAGE, PAGE)];
  assert.deepEqual(isZero(), [true, true]);
  for (let word = from; word < to; word++) {
    words[word] = 1 << word % 32;
    assert.deepEqual(isZero(), [false, false]);
    words[word] = 0;
  }
});

Deno.test("a page of zeros that is cut short or not aligned does not count", () => {
  const bytes = new Uint8Array(2 * PAGE);
  assert.equal(isZeroPage(bytes, PAGE, PAGE), true);
  assert.equal(isZeroPage(bytes, PAGE + 4, PAGE), false);
  assert.equal(isZeroPage(bytes, 2, PAGE), false);
  assert.equal(isZeroPage(bytes.subarray(1), 0, PAGE), false);
  assert.equal(isZeroPage(bytes.subarray(1), 3, PAGE), true);
});

Deno.test("bytes are joined in order, and compared by length and value", () => {
  const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  assert.deepEqual(joinBytes([a, b, a]), Uint8Array.of(1, 2, 3, 1, 2));
  assert.deepEqual(joinBytes([]), new Uint8Array());
  assert.equal(sameBytes(a, Uint8Array.of(1, 2)), true);
  assert.equal(sameBytes(a, Uint8Array.of(1, 3)), false);
  assert.equal(sameBytes(a, Uint8Array.of(1, 2, 3)), false);
});
