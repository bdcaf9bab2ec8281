/** JSON text in and out: numbers, strings, punctuation, chunk borders, places of errors. */

import assert from "node:assert/strict";
import { decodeText } from "../../../images/bytes/utf8.ts";
import { JsonReader, NEED_MORE } from "../../../images/codec/json_reader.ts";
import { JsonWriter } from "../../../images/codec/json_writer.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";
import { rounds } from "../../dumps.ts";
import fc, { anyCharacter } from "../../fast_check.ts";

function readerOf(text: string | Uint8Array, eof = true): JsonReader {
  const reader = new JsonReader();
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  for (let from = 0; from < bytes.length;) {
    const room = reader.room(0);
    const piece = bytes.subarray(from, from + room.length);
    room.set(piece);
    reader.advance(piece.length);
    from += piece.length;
  }
  reader.eof = eof;
  return reader;
}

function numberOf(text: string): bigint {
  const reader = readerOf(text);
  reader.number();
  assert.equal(reader.pos, text.length);
  const magnitude = BigInt(reader.hi) << 32n | BigInt(reader.lo);
  return reader.negative ? -magnitude : magnitude;
}

function textOf(value: bigint): string {
  const writer = new JsonWriter(false, 64);
  const lo = Number(BigInt.asUintN(32, value));
  const hi = Number(BigInt.asUintN(32, value >> 32n));
  if (value < 0n) writer.signed(lo, hi);
  else writer.unsigned(lo, hi);
  return new TextDecoder().decode(writer.take());
}

/** Numbers at whose neighbours digits, words or doubles run out. */
const BORDERS = [
  ...Array.from({ length: 65 }, (_, bits) => 1n << BigInt(bits)),
  ...Array.from({ length: 20 }, (_, digits) => 10n ** BigInt(digits)),
  ...[1n, 3n, 99n, 4294967295n].map((factor) => factor * 100000000n),
];

Deno.test("numbers are printed and read exactly", () => {
  const near = BORDERS.flatMap((border) => [border - 1n, border, border + 1n]);
  for (const value of near.filter((value) => value >> 64n === 0n)) {
    assert.equal(textOf(value), `${value}`);
    assert.equal(numberOf(`${value}`), value);
    if (value > 1n << 63n) continue;
    assert.equal(textOf(-value), `${-value}`);
    assert.equal(numberOf(`-${value}`), -value);
  }
  assert.equal(numberOf("-0"), 0n);
});

Deno.test("any 64-bit number is printed and read exactly", () => {
  const any = fc.integer({ min: 1, max: 64 }).chain((bits) =>
    fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
  );
  fc.assert(
    fc.property(any, (value) => {
      assert.equal(textOf(value), `${value}`);
      assert.equal(numberOf(`${value}`), value);
      const signed = BigInt.asIntN(64, value);
      assert.equal(textOf(signed), `${signed}`);
    }),
    { seed: 14, numRuns: rounds(3000) },
  );
});

Deno.test("a number that does not fit 64 bits is refused", () => {
  const faults: Array<[text: string, message: RegExp]> = [
    ["18446744073709551616", /beyond 64 bits/],
    ["99999999999999999999", /beyond 64 bits/],
    ["1" + "0".repeat(400), /beyond 64 bits/],
    ["01", /begins with 0/],
    ["-01", /begins with 0/],
    ["1.0", /not a whole number/],
    ["1e0", /not a whole number/],
    ["1E5", /not a whole number/],
    ["-", /expected a whole number, the text ends here/],
    ["+1", /expected a whole number, found "\+"/],
    ["-x", /expected a whole number, found "x"/],
  ];
  for (const [text, message] of faults) {
    assert.throws(() => readerOf(text).number(), message, text);
  }
});

/** The writer's string of these bytes. */
function quoted(bytes: Uint8Array): string {
  const writer = new JsonWriter(false, 8);
  writer.text(bytes, 0, bytes.length);
  return new TextDecoder().decode(writer.take());
}

/** The bytes that the reader makes of a string. */
function bytesOf(json: string | Uint8Array): Uint8Array {
  const out = new WireWriter(4);
  const reader = readerOf(json);
  reader.stringBytes(out);
  assert.equal(reader.pos, reader.end);
  return out.view();
}

Deno.test("any bytes survive as an ASCII string that JSON.parse reads", () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ unit: anyCharacter, maxLength: 300 }).map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const json = quoted(bytes);
      assert.match(json, /^[ -~]*$/);
      assert.equal(JSON.parse(json), decodeText(bytes));
      assert.deepEqual(bytesOf(json).slice(), bytes);
    }),
    { seed: 15, numRuns: rounds(500) },
  );
});

Deno.test("strings are escaped as CRIU's tool escapes them", () => {
  const all = Uint8Array.from({ length: 128 }, (_, i) => i);
  const text = quoted(all);
  assert.match(text, /^"\\u0000\\u0001.*\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e/);
  assert.match(text, /\\u001f !\\"#\$%&'\(\)\*\+,-\.\/0/);
  assert.match(text, /\[\\\\\]/);
  assert.match(text, /~\\u007f"$/);
  assert.equal(quoted(new TextEncoder().encode("é€😀")), '"\\u00e9\\u20ac\\ud83d\\ude00"');
});

Deno.test("strings are read in every form that JSON has", () => {
  const text = (json: string) => new TextDecoder().decode(bytesOf(json));
  assert.equal(text('"\\"\\\\\\/\\b\\f\\n\\r\\t"'), '"\\/\b\f\n\r\t');
  assert.equal(text('"\\u00E9\\u20aC\\uD83D\\uDE00"'), "é€😀");
  assert.equal(text('"é€😀"'), "é€😀");
  assert.equal(text('"\\u0000"'), "\0");
  assert.deepEqual(bytesOf('"a\\udcff\\udc80"'), Uint8Array.of(0x61, 0xff, 0x80));
  for (const json of ['"\\ud83d"', '"\\ud83dx"', '"\\ud83d\\u0041"', '"\\udc00"', '"\\udd00"']) {
    assert.throws(() => bytesOf(json), /a lone surrogate that stands for no byte/, json);
  }
  for (const json of ['"\\u12g4"', '"\\q"', '"\\', '"\\u1', '"abc', '"a\nb"', '"a\0b"']) {
    assert.throws(() => bytesOf(json), /line 1, column \d+: /, json);
  }
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assert.throws(() => bytesOf(Uint8Array.of(0x22, ...bytes, 0x22)), /not UTF-8/);
  }
});

Deno.test("a token that the buffer cuts off is read when the rest has arrived", () => {
  const tokens: Array<[text: string, read: (reader: JsonReader) => unknown]> = [
    ['"a\\u00e9\\n\u20ac"', (reader) => reader.string()],
    ['"QUJD\\n"', (reader) => reader.rawString()],
    ["true ", (reader) => reader.boolean()],
    ["12345678901234567890,", (reader) => reader.number()],
    ['{"a": [1, {"b": null}, "c", -1.5e3]}', (reader) => reader.skip()],
  ];
  for (const [text, read] of tokens) {
    const bytes = new TextEncoder().encode(text);
    const whole = text.trimEnd().replace(/,$/, "").length;
    for (let end = 1; end < whole; end++) {
      const reader = readerOf(bytes.subarray(0, end), false);
      assert.throws(() => read(reader), (thrown) => thrown === NEED_MORE, `${text} cut at ${end}`);
      if (/^\d/.test(text)) continue;
      assert.throws(() => read(readerOf(bytes.subarray(0, end))), /the text ends here|not UTF-8/);
    }
    read(readerOf(bytes, false));
  }
});

Deno.test("lines and columns count dropped text too", () => {
  const reader = readerOf("1,\n22,\n  333");
  assert.match(reader.error("x", 0).message, /^line 1, column 1: x$/);
  assert.match(reader.error("x", 9).message, /^line 3, column 3: x$/);
  const item = () => {
    reader.peek();
    reader.number();
    reader.expect(0x2c);
    reader.peek();
  };
  item();
  item();
  // Read again, as after an entry that was cut short: lines must not count twice.
  reader.pos = 2;
  item();
  reader.room(5);
  assert.match(reader.error("x", 4).message, /^line 3, column 3: x$/);
  reader.room(2);
  assert.match(reader.error("x", 2).message, /^line 3, column 3: x$/);
});

Deno.test("values that nest too deeply are refused", () => {
  readerOf("[".repeat(900) + "]".repeat(900)).skip();
  assert.throws(() => readerOf("[".repeat(100000)).skip(), /values nest deeper than 1000/);
});
