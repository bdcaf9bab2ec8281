/** Lines of differences: signs, colours, and names that do a terminal no harm. */

import assert from "node:assert/strict";
import { changeLine } from "../../../cli/comparing/text.ts";
import type { Paint } from "../../../cli/terminal/terminal.ts";

const plain: Paint = (_style, text) => text;
const shown: Paint = (style, text) => `<${style}:${text}>`;

Deno.test("added and removed lines have a sign and a colour, changed ones both values", () => {
  const place = { image: "core-1.img", path: "[0].tc.comm" };
  const before = "core-1.img: [0].tc.comm: ";
  const cases = [
    [{ a: undefined, b: "x" }, `+ ${before}"x"`, `<green:+ ${before}"x">`],
    [{ a: 7, b: undefined }, `- ${before}7`, `<red:- ${before}7>`],
    [{ a: "x", b: 7n }, `${before}"x" → 7`, `${before}<red:"x"> → <green:7>`],
  ] as const;
  for (const [values, line, coloured] of cases) {
    assert.equal(changeLine({ ...place, ...values }, plain), line);
    assert.equal(changeLine({ ...place, ...values }, shown), coloured);
  }
});

Deno.test("names and values are printable", () => {
  const change = { image: "\x1b]0;x\x07.img", path: "a\u202e", a: "\x9b31m", b: undefined };
  const line = changeLine(change, plain);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u202e]/);
});
