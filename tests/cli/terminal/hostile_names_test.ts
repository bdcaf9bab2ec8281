/** Names in a dump that would harm a terminal: escaped the same way on every way out. */

import assert from "node:assert/strict";
import { printable, printableLines } from "../../../images/bytes/printable.ts";
import { crit, ROOT } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

/** ESC, a C1 control, DEL, an override and an isolate of direction. */
const HOSTILE = "a\x1b[31m\u009b31mX\u202Eb\u2066\x7f";
const ESCAPED = "a\\x1b[31m\\x9b31mX\\u202eb\\u2066\\x7f";

// deno-lint-ignore no-control-regex
const HARMFUL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

Deno.test("text that was made printable does not change again", () => {
  assert.equal(printable(HOSTILE), ESCAPED);
  assert.equal(printable(ESCAPED), ESCAPED);
  assert.equal(printable("\udcff\ud800\n\té日"), "\\xff\\ud800\\n\\té日");
  assert.equal(
    printableLines("a\x1b[1mb\x1b[22m\n\x1b]0;t\x07", true),
    "a\x1b[1mb\x1b[22m\n\\x1b]0;t\\x07",
  );
  assert.equal(printableLines("a\x1b[1mb\n", false), "a\\x1b[1mb\n");
});

Deno.test("no command prints control characters, in text, JSON or errors", async () => {
  using scratch = new Scratch();
  const dump = scratch.directory("dump");
  const from = `${ROOT}fixtures/dumps/aio00.h`;
  for (const { name } of Deno.readDirSync(from)) {
    Deno.copyFileSync(`${from}/${name}`, `${dump}/${name}`);
  }
  const comm = `core-66.img:[0].tc.comm=${HOSTILE.slice(0, 15)}`;
  const path = `files.img:[type=REG].reg.name=/${HOSTILE}`;
  const { code, stderr } = await crit(["edit", dump, "--in-place", "--set", comm, "--set", path]);
  assert.equal(code, 0, stderr);
  const image = `${dump}/core-${HOSTILE}.img`;
  Deno.copyFileSync(`${dump}/core-66.img`, image);
  const empty = `${dump}/${HOSTILE}`;
  Deno.writeTextFileSync(empty, "");
  const lines = [
    ["types", HOSTILE],
    ...["info", "show", "check", "stats", "decode", "encode"].flatMap((command) => [
      [command, image],
      [command, empty],
      [command, `${empty}-none`],
    ]),
    ...["ps", "fds", "mems"].flatMap((view) => [["x", dump, view], ["x", dump, view, "--json"]]),
    ...["check", "stats", "info"].flatMap((
      command,
    ) => [[command, dump], [command, dump, "--json"]]),
    ["diff", from, dump],
    ["diff", from, dump, "--json"],
    ["diff", from, dump, "--color=always"],
    ["convert", "--to", "3.4", "-n", dump],
    ["convert", "--to", "3.4", "-n", dump, "--json"],
    ["edit", dump, "--set", `core-66.img:[tc.comm=${HOSTILE}].tc.x=1`, "-o", `${scratch.path}/x`],
    [HOSTILE],
    ["x", dump, HOSTILE],
    [`--${HOSTILE}`],
  ];
  let seen = 0;
  for (const args of lines) {
    const { stdout, stderr } = await crit(args);
    // deno-lint-ignore no-control-regex
    const plain = args.includes("--color=always") ? stdout.replace(/\x1b\[\d+m/g, "") : stdout;
    for (const text of [plain, stderr]) {
      assert.doesNotMatch(text, HARMFUL, args.join(" "));
      if (/\\u202e/.test(text)) seen++;
    }
  }
  assert.ok(seen > 20, `${seen}`);
});
