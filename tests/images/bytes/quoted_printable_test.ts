import assert from "node:assert/strict";
import {
  decodeQuotedPrintable,
  encodeQuotedPrintable,
} from "../../../images/bytes/quoted_printable.ts";
import fc from "../../fast_check.ts";
import { lacks, runProgram } from "../../programs.ts";

const encoder = new TextEncoder();

/** Bytes that make odd lines: blanks, dots and newlines are common among them. */
const anyName = fc.oneof(
  fc.uint8Array({ maxLength: 250 }),
  fc.array(fc.constantFrom(...encoder.encode(" \t\r\n.=az\0é")), { maxLength: 200 })
    .map((bytes) => Uint8Array.from(bytes)),
);

Deno.test("every name is read back", () => {
  fc.assert(
    fc.property(anyName, (bytes) => {
      const text = encodeQuotedPrintable(bytes);
      assert.deepEqual(decodeQuotedPrintable(encoder.encode(text)).slice(), bytes);
      assert.match(text, /^[\t\r\n -~]*$/);
      for (const line of text.split("\n")) assert(line.length <= 76, line);
    }),
    { seed: 9, numRuns: 500 },
  );
});

/** Names and their text. */
const NAMES: Array<[name: string, text: string]> = [
  ["", ""],
  ["\0abstract", "=00abstract"],
  ["/run/a=b", "/run/a=3Db"],
  ["ends in a blank ", "ends in a blank=20"],
  ["a \nb\t\n", "a=20\nb=09\n"],
  ["a\r\nb", "a=0D\nb"],
  ["caf\u00e9", "caf=C3=A9"],
  [".", "=2E"],
  [".a", ".a"],
  ["x".repeat(76), "x".repeat(76)],
  ["x".repeat(77), `${"x".repeat(75)}=\nxx`],
  ["\x7f", "=7F"],
];

Deno.test("names are quoted as Python's quopri quotes them", () => {
  for (const [name, text] of NAMES) {
    assert.equal(encodeQuotedPrintable(encoder.encode(name)), text, JSON.stringify(name));
  }
});

Deno.test("decoding accepts soft line breaks and digits in either case", () => {
  const decode = (text: string) =>
    new TextDecoder().decode(decodeQuotedPrintable(encoder.encode(text)));
  assert.equal(decode("a=\nb=\r\nc"), "abc");
  assert.equal(decode("=3d=3D"), "==");
  for (const text of ["=", "a=4", "=4g", "=\r", "= 1"]) {
    assert.throws(() => decode(text), /two hex digits must follow =/, text);
  }
});

Deno.test({
  name: "crit writes and reads the text of Python's quopri",
  ignore: lacks("python3"),
  async fn() {
    // quopri loses a carriage return before a newline: crit quotes it instead.
    const names = fc.sample(anyName, { seed: 10, numRuns: 200 })
      .filter((name) => !new TextDecoder("latin1").decode(name).includes("\r\n"));
    const script = "import sys, json, quopri\n" +
      "print(json.dumps([quopri.encodestring(bytes(x)).decode()" +
      " for x in json.loads(sys.argv[1])]))";
    const argument = JSON.stringify(names.map((name) => Array.from(name)));
    const { code, stdout } = await runProgram("python3", ["-c", script, argument]);
    assert.equal(code, 0);
    const theirs: string[] = JSON.parse(stdout);
    names.forEach((name, i) => {
      assert.equal(encodeQuotedPrintable(name), theirs[i], `${name}`);
      assert.deepEqual(decodeQuotedPrintable(encoder.encode(theirs[i])).slice(), name);
    });
  },
});
