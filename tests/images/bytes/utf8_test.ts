import assert from "node:assert/strict";
import { decodeText, encodeText, sequenceLength } from "../../../images/bytes/utf8.ts";
import { rounds } from "../../dumps.ts";
import fc, { anyCharacter } from "../../fast_check.ts";
import { lacks, runProgram } from "../../programs.ts";

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));

Deno.test("well-formed text matches that of the platform", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      const bytes = new TextEncoder().encode(text);
      assert.equal(decodeText(bytes), text);
      assert.deepEqual(encodeText(text), bytes);
    }),
    { seed: 5, numRuns: rounds(200) },
  );
});

Deno.test("any bytes are read back from their text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.deepEqual(encodeText(decodeText(bytes)), bytes);
    }),
    { seed: 6, numRuns: rounds(500) },
  );
});

/** Bytes that are not UTF-8, and the text that Python's surrogateescape makes of them. */
const ODD: Array<[bytes: number[], text: string]> = [
  [[0xff], "\udcff"],
  [[0x80], "\udc80"],
  [[0x61, 0xe9, 0x62], "a\udce9b"],
  // Overlong forms of NUL, "/" and of a three-byte character.
  [[0xc0, 0x80], "\udcc0\udc80"],
  [[0xc1, 0xaf], "\udcc1\udcaf"],
  [[0xe0, 0x80, 0xaf], "\udce0\udc80\udcaf"],
  [[0xf0, 0x82, 0x82, 0xac], "\udcf0\udc82\udc82\udcac"],
  // A surrogate written as UTF-8.
  [[0xed, 0xa0, 0x80], "\udced\udca0\udc80"],
  [[0xed, 0xb2, 0x80], "\udced\udcb2\udc80"],
  // Beyond U+10FFFF.
  [[0xf4, 0x90, 0x80, 0x80], "\udcf4\udc90\udc80\udc80"],
  [[0xf5, 0x80, 0x80, 0x80], "\udcf5\udc80\udc80\udc80"],
  // Cut short, at the end and before another character.
  [[0xe2, 0x82], "\udce2\udc82"],
  [[0xe2, 0x82, 0x41], "\udce2\udc82A"],
  [[0xf0, 0x9f, 0x98, 0xe2, 0x82, 0xac], "\udcf0\udc9f\udc98\u20ac"],
  // The borders of each length are fine.
  [[0xc2, 0x80, 0xdf, 0xbf, 0xe0, 0xa0, 0x80], "\u0080\u07ff\u0800"],
  [[0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80, 0xef, 0xbf, 0xbf], "\ud7ff\ue000\uffff"],
  [[0xf0, 0x90, 0x80, 0x80, 0xf4, 0x8f, 0xbf, 0xbf], "\u{10000}\u{10ffff}"],
  // A byte order mark is a character like any other.
  [[0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
];

Deno.test("bytes that are not UTF-8 become lone surrogates one by one", () => {
  for (const [bytes, text] of ODD) {
    const label = `${hex(Uint8Array.from(bytes))}`;
    assert.equal(decodeText(Uint8Array.from(bytes)), text, label);
    assert.deepEqual(encodeText(text), Uint8Array.from(bytes), label);
    // Long texts take another way.
    const long = [...Array(40).fill(0x61), ...bytes, ...Array(40).fill(0x62)];
    assert.equal(decodeText(Uint8Array.from(long)), "a".repeat(40) + text + "b".repeat(40), label);
  }
});

Deno.test("surrogates that do not stand for a byte are refused", () => {
  for (const text of ["\ud800", "\udbff", "\udc00", "a\udc7f", "\udd00", "\udfff", "\ud800x"]) {
    assert.throws(() => encodeText(text), /lone surrogate U\+D[0-9A-F]{3} stands for no byte/);
  }
});

Deno.test("a sequence that the end cuts off is not UTF-8", () => {
  const euro = Uint8Array.of(0xe2, 0x82, 0xac, 0x80);
  assert.equal(sequenceLength(euro, 0, 3), 3);
  assert.equal(sequenceLength(euro, 0, 2), 0);
  assert.equal(sequenceLength(euro, 3, 4), 0);
});

Deno.test({
  name: "text matches Python's surrogateescape",
  ignore: lacks("python3"),
  async fn() {
    const samples = fc.sample(fc.uint8Array({ maxLength: 24 }), { seed: 8, numRuns: rounds(300) });
    const script = "import sys, json\n" +
      "print(json.dumps([bytes.fromhex(x).decode('utf-8', 'surrogateescape')" +
      " for x in json.loads(sys.argv[1])]))";
    const argument = JSON.stringify(samples.map((bytes) => hex(bytes).join("")));
    const { code, stdout } = await runProgram("python3", ["-c", script, argument]);
    assert.equal(code, 0);
    assert.deepEqual(samples.map((bytes) => decodeText(bytes)), JSON.parse(stdout));
  },
});
