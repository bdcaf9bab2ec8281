/** Names in columns, against what a `Map` makes of the same names. */

import assert from "node:assert/strict";
import { NameTable } from "../../../images/bytes/name_table.ts";

const NAMES: readonly string[] = [
  "",
  "a",
  "pages-1.img",
  "é",
  "ÿ",
  "Ā",
  "日本語.img",
  "\udc80\udcff",
  "😀",
  "x".repeat(20_000),
  "ab",
  "b",
];

Deno.test("names keep their numbers, are found, and are unchanged", () => {
  const table = new NameTable();
  const numbers = new Map<string, number>();
  const names = [
    ...Array.from({ length: 5000 }, (_, i) => `core-${i * 7919 % 6007}.img`),
    ...NAMES,
  ];
  for (const name of [...names, ...names]) {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    assert.equal(table.add(name), numbers.get(name), name);
  }
  assert.equal(table.size, numbers.size);
  for (const [name, number] of numbers) {
    assert.equal(table.numberOf(name), number, name);
    assert.equal(table.nameOf(number), name);
  }
  for (const name of ["core-.img", "A", "pages-1.im", "pages-1.imgg", "Ă"]) {
    assert.equal(table.numberOf(name), undefined, name);
  }
});

Deno.test("numbers of names sort as the names do", () => {
  const table = new NameTable();
  const names = [...NAMES, "aa", "core-1.img", "core-10.img", "core-2.img"];
  for (const name of names) table.add(name);
  const sorted = names.map((_, number) => number).sort((a, b) => table.compare(a, b));
  assert.deepEqual(sorted.map((number) => table.nameOf(number)), names.toSorted());
});
