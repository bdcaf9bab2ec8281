/** Telling pages apart. */

import assert from "node:assert/strict";
import { PageSet } from "../../../images/stats/page_set.ts";

const PAGE = 1024;

Deno.test("pages that differ in a bit, a word or the order of words are different", () => {
  const set = new PageSet();
  const page = new Uint32Array(PAGE);
  let count = 0;
  const add = () => {
    assert.equal(set.add(page, 0, PAGE), true);
    assert.equal(set.add(page, 0, PAGE), false);
    assert.equal(set.size, ++count);
  };
  add();
  for (let word = 0; word < PAGE; word += 7) {
    for (let bit = 0; bit < 32; bit++) {
      page[word] = 1 << bit;
      add();
    }
    page[word] = 0;
  }
  // The same two numbers at all pairs of places.
  for (let a = 0; a < PAGE; a += 31) {
    for (let b = 0; b < PAGE; b += 37) {
      if (a === b) continue;
      page[a] = 0x80000000;
      page[b] = 0x4000;
      add();
      page[a] = page[b] = 0;
    }
  }
});

Deno.test("equal pages are found again after the table has grown many times", () => {
  const set = new PageSet();
  const words = new Uint32Array(8);
  const pages = 100_000;
  for (const isNew of [true, false]) {
    for (let i = 0; i < pages; i++) {
      words[i % 8] = i * 0x9e3779b1;
      words[(i + 3) % 8] = i;
      assert.equal(set.add(words, 0, 8), isNew);
    }
    words.fill(0);
  }
  assert.equal(set.size, pages);
});
