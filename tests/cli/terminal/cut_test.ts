/** Lines are cut and broken at a width, styles and tabs counted as a terminal shows them. */

import assert from "node:assert/strict";
import { cutAt, displayWidth, wrapAt } from "../../../cli/terminal/cut.ts";

Deno.test("a short line is unchanged, and a longer one ends with an ellipsis", () => {
  assert.equal(cutAt("12345", 5), "12345");
  assert.equal(cutAt("123456", 5), "1234…");
  assert.equal(cutAt("äöü😀ß€", 5), "äöü😀…");
  assert.equal(cutAt("a\tb", 9), "a\tb");
  assert.equal(cutAt("a\tbc", 9), "a       …");
});

Deno.test("styles take no columns and are switched off after a cut", () => {
  const red = (text: string) => `\x1b[31m${text}\x1b[39m`;
  assert.equal(displayWidth(red("12345")), 5);
  assert.equal(cutAt(`${red("123")}45`, 5), `${red("123")}45`);
  assert.equal(cutAt(`${red("12345")}67${red("89")}`, 5), `${red("1234…")}${red("")}`);
});

Deno.test("prose is broken between words, and no word is lost or cut", () => {
  const line = "  error  some-rule  it is a long message with averyveryverylongword in it";
  const lines = wrapAt(line, 9, 24).split("\n");
  assert.equal(lines[0], "  error  some-rule  it");
  for (const line of lines.slice(1)) assert.match(line, /^ {9}\S/);
  for (const line of lines) assert.ok(line.length <= 24 || line.includes("averyvery"), line);
  assert.equal(lines.map((line) => line.trim()).join(" "), line.trim());
});
