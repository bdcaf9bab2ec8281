import assert from "node:assert/strict";
import { JsonMessages } from "../../../images/codec/from_json.ts";
import { JsonReader } from "../../../images/codec/json_reader.ts";
import { messageTable } from "../../../images/codec/table.ts";
import { addSchema } from "../../../images/protobuf/schema.ts";
import { THOROUGH } from "../../dumps.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";

/** Smallest and largest number of each integer that is a varint. */
const RANGES = {
  uint32: [0n, (1n << 32n) - 1n],
  uint64: [0n, (1n << 64n) - 1n],
  int32: [-(1n << 31n), (1n << 31n) - 1n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  sint32: [-(1n << 31n), (1n << 31n) - 1n],
  sint64: [-(1n << 63n), (1n << 63n) - 1n],
} as const;
type IntegerKind = keyof typeof RANGES;

/** Numbers at whose neighbours varints, words or doubles run out. */
const BORDERS = [
  ...Array.from({ length: 66 }, (_, bits) => 1n << BigInt(bits)),
  ...Array.from({ length: 21 }, (_, digits) => 10n ** BigInt(digits)),
].flatMap((border) => [border - 1n, border, border + 1n]);

/** Ways to write two members; the fields have numbers of one byte and of two. */
const LAYOUTS: ReadonlyArray<(a: string, b: string) => string> = [
  (a, b) => `{"a": ${a}, "second": ${b}}`,
  (a, b) => `{"a":${a},"second":${b}}`,
  (a, b) => `{\n    "a": ${a},\n    "second": ${b}\n}`,
  (a, b) => `{"a"  :\t${a} ,  "second":  ${b} }`,
  (a, b) => `{"second": ${b}, "a": ${a}}`,
  (a, b) => `{"a": "${a}", "second": "${b}"}`,
];

addSchema({
  messages: Object.fromEntries(
    Object.keys(RANGES).map((kind) => [
      `integers_${kind}`,
      `required ${kind} a = 1\noptional bool between = 2\noptional ${kind} second = 300`,
    ]),
  ),
  enums: {},
});

function payloadOf(kind: IntegerKind, json: string): number[] {
  const reader = new JsonReader();
  const bytes = new TextEncoder().encode(json);
  reader.room(0).set(bytes);
  reader.advance(bytes.length);
  reader.eof = true;
  // What is there is not room enough: writing must make it.
  const out = new WireWriter(1);
  new JsonMessages(reader, out, true).message(messageTable(`integers_${kind}`, "plain"));
  assert.equal(reader.pos, bytes.length);
  return [...out.view()];
}

/** A varint, as plainly as it can be said. */
function varint(value: bigint): number[] {
  let rest = BigInt.asUintN(64, value);
  const bytes = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn | 0x80n));
  return [...bytes, Number(rest)];
}

function wireOf(kind: IntegerKind, value: bigint): bigint {
  return kind.startsWith("sint") ? (value < 0n ? -2n * value - 1n : 2n * value) : value;
}

Deno.test("integers of all kinds survive at the limits of their ranges, in every notation", () => {
  let turn = 0;
  for (const kind of Object.keys(RANGES) as IntegerKind[]) {
    const [smallest, largest] = RANGES[kind];
    for (const value of BORDERS.flatMap((border) => [border, -border])) {
      // The first is what decode writes; the others are in turn with each of them.
      const own = ++turn % LAYOUTS.length;
      for (const [i, layout] of LAYOUTS.entries()) {
        if (!THOROUGH && i !== 0 && i !== own) continue;
        const json = layout(`${value}`, `${value}`);
        if (value < smallest || value > largest) {
          assert.throws(() => payloadOf(kind, json), /does not fit|beyond 64 bits/, json);
          continue;
        }
        const bytes = varint(wireOf(kind, value));
        const expected = [0x08, ...bytes, 0xe0, 0x12, ...bytes];
        assert.deepEqual(payloadOf(kind, json), expected, `${kind} ${json}`);
      }
    }
  }
});

Deno.test("the text between integers is checked", () => {
  const faults: Array<[json: string, message: RegExp]> = [
    ['{"a": 1, }', /expected a key, found "}"/],
    ['{"a": 1 "second": 2}', /expected "," or "}", found /],
    ['{"a" 1}', /expected ":"/],
    ['{"a": 01}', /begins with 0/],
    ['{"a": 1.5, "second": 1}', /not a whole number/],
    ['{"a": 1e3}', /not a whole number/],
    ['{"a": , "second": 1}', /expected a number, found ","/],
    ['{"a": -}', /expected a whole number, found "}"/],
    ['{"a": 1, "a": 2}', /a: given twice/],
    ['{"second": 1}', /a: .*missing/],
    ['{"a": 1, "secondly": 2}', /has no field "secondly"/],
    ['{"a": 1, "second": 2', /expected "," or "}", the text ends here/],
  ];
  for (const [json, message] of faults) {
    assert.throws(() => payloadOf("uint64", json), message, json);
  }
});
