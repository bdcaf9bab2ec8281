/** Patterns are found wherever the bytes are cut: JavaScript's own search and GNU's are the judges. */

import assert from "node:assert/strict";
import { CritError } from "../../../images/errors.ts";
import { LONGEST_MATCH, matcherOf } from "../../../images/search/matcher.ts";
import {
  parsePattern,
  type PatternOptions,
  type PatternText,
} from "../../../images/search/pattern.ts";
import { type Match, Scanner } from "../../../images/search/scanner.ts";
import { type Encoding, stringMatcher } from "../../../images/search/strings.ts";
import { rounds } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import { lacks, runProgram } from "../../programs.ts";

/** Places of matches in bytes that come in pieces of these lengths, over and over. */
function scan(scanner: Scanner, bytes: Uint8Array, pieces: readonly number[]): Match[] {
  const matches: Match[] = [];
  scanner.begin();
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const room = scanner.room();
    const count = Math.min(pieces[i % pieces.length]!, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + count));
    for (const match of scanner.advance(count)) {
      assert.deepEqual(
        scanner.bytes(match.from, match.to),
        bytes.subarray(match.from, match.to),
        "the bytes of a match are held",
      );
      matches.push(match);
    }
    at += count;
  }
  return [...matches, ...scanner.finish()];
}

function scannerOf(pattern: PatternText, options: PatternOptions = {}): Scanner {
  return new Scanner([matcherOf(parsePattern(pattern, options))]);
}

function placesOf(
  pattern: PatternText,
  bytes: Uint8Array,
  { pieces = [70_001, 3, 131_072], ...options }: PatternOptions & { pieces?: number[] } = {},
): Array<[number, number]> {
  return scan(scannerOf(pattern, options), bytes, pieces).map(({ from, to }) => [from, to]);
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 1 << 14) {
    text += String.fromCharCode(...bytes.subarray(at, at + (1 << 14)));
  }
  return text;
}

/** Bytes of a small alphabet, with what is looked for around the borders of blocks. */
function sampleBytes(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  const alphabet = new TextEncoder().encode("aab-1 \n\0Zé");
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1103515245) + 12345 | 0;
    return alphabet[(state >>> 16) % alphabet.length]!;
  });
}

const BIG = sampleBytes(500_000, 7);

Deno.test("text is found across every boundary of pieces and blocks", () => {
  const bytes = new Uint8Array(400_000);
  const wanted = [0, 131_068, 131_076, 262_137, 262_145, 399_992];
  for (const at of wanted) bytes.set(new TextEncoder().encode("password"), at);
  for (const pieces of [[400_000], [1, 131_071], [4096], [65_537]]) {
    assert.deepEqual(
      placesOf({ kind: "text", text: "password" }, bytes, { pieces }),
      wanted.map((at) => [at, at + 8]),
    );
  }
});

Deno.test("text, hexadecimal patterns with wildcards and ignored case are found like in a naive search", () => {
  const naive = (fits: (byte: number, index: number) => boolean, length: number) => {
    const places: Array<[number, number]> = [];
    for (let at = 0; at + length <= BIG.length;) {
      let i = 0;
      while (i < length && fits(BIG[at + i]!, i)) i++;
      if (i === length) places.push([at, at += length]);
      else at++;
    }
    return places;
  };
  const text = new TextEncoder().encode("ab-");
  const found = placesOf({ kind: "text", text: "ab-" }, BIG);
  assert(found.length > 100);
  assert.deepEqual(found, naive((byte, i) => byte === text[i], 3));
  assert.deepEqual(
    placesOf({ kind: "hex", text: "6? ?1 2d" }, BIG),
    naive((byte, i) => [byte >> 4 === 6, (byte & 15) === 1, byte === 0x2d][i]!, 3),
  );
  assert.deepEqual(
    placesOf({ kind: "text", text: "Az" }, BIG, { ignoreCase: true }),
    naive((byte, i) => (byte | 0x20) === [0x61, 0x7a][i], 2),
  );
  assert.deepEqual(
    placesOf({ kind: "text", text: "É" }, BIG, { ignoreCase: true }),
    naive((byte, i) => byte === [0xc3, 0xa9][i], 2),
  );
  assert.deepEqual(
    placesOf({ kind: "hex", text: "00" }, BIG),
    naive((byte) => byte === 0, 1),
  );
});

Deno.test("UTF-16", () => {
  const bytes = new Uint8Array([0, ...[..."Päss"].flatMap((c) => [c.charCodeAt(0), 0]), 1]);
  const places = [[1, 9]];
  assert.deepEqual(placesOf({ kind: "text", text: "Päss" }, bytes, { utf16: true }), places);
  const options = { utf16: true, ignoreCase: true };
  assert.deepEqual(placesOf({ kind: "text", text: "pÄSS" }, bytes, options), places);
});

/** Expressions that match at least one byte, over the alphabet of {@link sampleBytes}. */
const expression: fc.Arbitrary<string> = fc.letrec<{ node: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    fc.constantFrom("a", "b", "-", "1", "\\n", "\\x00", "Z", "[ab]", "[^a]", "\\d", "\\w", "\\xc3"),
    tie("node").map((node) => `(?:${node})`),
  ),
  node: fc.oneof(
    { depthSize: "small" },
    tie("atom"),
    fc.tuple(tie("atom"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "??"))
      .map(([atom, times]) => `(?:${atom})${times}a`),
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => a + b),
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(?:${a}|${b})`),
    tie("node").map((node) => `\\b${node}`),
    tie("node").map((node) => `${node}\\b`),
  ),
})).node;

Deno.test("expressions match like those of JavaScript", () => {
  const short = BIG.subarray(0, 3000);
  fc.assert(
    fc.property(expression, fc.integer({ min: 1, max: 999 }), (text, piece) => {
      const expected = [...latin1(short).matchAll(new RegExp(text, "g"))]
        .map((match) => [match.index, match.index + match[0].length]);
      assert.deepEqual(placesOf({ kind: "regex", text }, short, { pieces: [piece] }), expected);
    }),
    { numRuns: rounds(500) },
  );
});

Deno.test("expressions match across boundaries of blocks", () => {
  const text = latin1(BIG);
  for (
    const source of [
      "a+b",
      "[ab-]{3,}1",
      "\\bab\\b",
      "a[^\\n]*?Z",
      "ab-[ab]+",
      "(?:aa|ab)+-",
      "[^-]{60,}",
    ]
  ) {
    const expected = [...text.matchAll(new RegExp(source, "g"))]
      .map((match) => [match.index, match.index + match[0].length]);
    assert(expected.length > 0, source);
    assert.deepEqual(placesOf({ kind: "regex", text: source }, BIG), expected, source);
  }
});

Deno.test("newlines and zero bytes end lines, and case can be ignored in a part of an expression", () => {
  const bytes = new TextEncoder().encode("ab\0ab\nAB ab");
  const found = (text: string) => placesOf({ kind: "regex", text }, bytes).map(([from]) => from);
  assert.deepEqual(found("^ab"), [0, 3]);
  assert.deepEqual(found("ab$"), [0, 3, 9]);
  assert.deepEqual(found("(?i)^ab"), [0, 3, 6]);
  assert.deepEqual(found("(?i:A)b"), [0, 3, 9]);
  assert.deepEqual(found("\\Aab"), [0]);
  assert.deepEqual(found("ab\\z"), [9]);
  assert.deepEqual(found("[[:upper:]]+"), [6]);
});

Deno.test("hostile bytes take time in proportion to their length, and matches have a maximum length", () => {
  const bytes = new Uint8Array(LONGEST_MATCH + 300_000).fill(0x61);
  assert.deepEqual(placesOf({ kind: "regex", text: "(a|b)*[ab]+c" }, bytes), []);
  const places = placesOf({ kind: "regex", text: "a+" }, bytes);
  assert.equal(places[0]![0], 0);
  assert.equal(places.at(-1)![1], bytes.length);
  for (const [i, [from]] of places.entries()) assert.equal(from, places[i - 1]?.[1] ?? 0);
  // Its automaton has far more states than there is room for.
  const text = "(a|b)*a(a|b){14}-";
  const expected = [
    ...latin1(BIG.subarray(0, 60_000)).matchAll(new RegExp("[ab]{0,}a[ab]{14}-", "g")),
  ];
  assert.equal(placesOf({ kind: "regex", text }, BIG.subarray(0, 60_000)).length, expected.length);
});

Deno.test("an invalid pattern is refused in one line", () => {
  const refusal = (kind: PatternText["kind"], text: string) => {
    try {
      scannerOf({ kind, text });
    } catch (error) {
      assert(error instanceof CritError, String(error));
      assert(!error.message.includes("\n"));
      return error.kind;
    }
    return "none";
  };
  const usage = ["(", ")", "[a", "*", "[z-a]", "\\q", "[[:no:]]", "a{3,2}", "a*", "(?:)"];
  for (const text of usage) {
    assert.notEqual(refusal("regex", text), "none", text);
  }
  for (
    const text of [
      "(a)\\1",
      "(?=a)b",
      "(?<!a)b",
      "a++",
      "[^é]",
      "(a{1000}){1000}",
      "a(){999}(((){999}){999}){999}",
    ]
  ) {
    assert.notEqual(refusal("regex", text), "none", text);
  }
  for (const text of ["d", "zz", "?? ??", "", " "]) {
    assert.equal(refusal("hex", text), "usage", text);
  }
  assert.equal(refusal("regex", "(".repeat(5000) + "a" + ")".repeat(5000)), "usage");
});

Deno.test("matches of several patterns are reported in the order of their places", () => {
  const patterns = ["b-", "ab", "1"].map((text) => matcherOf(parsePattern({ kind: "text", text })));
  const matches = scan(new Scanner(patterns), BIG.subarray(0, 100_000), [100_000]);
  for (const text of ["b-", "ab", "1"].keys()) assert(matches.some((m) => m.pattern === text));
  assert.deepEqual(
    matches.map(({ from }) => from),
    matches.map(({ from }) => from).sort((a, b) => a - b),
  );
});

for (const encoding of ["s", "S", "b", "l", "B", "L"] as const satisfies Encoding[]) {
  Deno.test({
    name: `strings -e ${encoding} as binutils finds them`,
    ignore: lacks("strings"),
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        const bytes = mixedBytes(300_000);
        Deno.writeFileSync(`${directory}/bytes`, bytes);
        for (const min of [1, 2, 4, 9]) {
          const { stdout } = await runProgram("strings", [
            ...["-a", "-t", "d", "-n", `${min}`, "-e", encoding, `${directory}/bytes`],
          ], { env: { LC_ALL: "C" } });
          const expected = stdout.trimEnd().split("\n").map((line) => parseInt(line));
          const scanner = new Scanner([stringMatcher({ min, encoding })]);
          const found = scan(scanner, bytes, [100_003, 5]).map(({ from }) => from);
          assert(found.length > 10, `${min}`);
          assert.deepEqual(found, expected, `${min}`);
        }
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

/** Text of all widths between bytes that are none. */
function mixedBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 3;
  const random = (below: number) => {
    state = Math.imul(state, 1103515245) + 12345 | 0;
    return (state >>> 12) % below;
  };
  for (let at = 0; at < length;) {
    const count = 1 + random(14);
    const [width, low] = [[1, 0], [1, 0], [2, 0], [2, 1], [4, 0], [4, 3]][random(6)]!;
    for (let i = 0; i < count; i++, at += width!) bytes[at + low!] = 0x21 + random(0xa0);
    for (let i = random(4); i > 0; i--) bytes[at++] = random(40);
  }
  return bytes;
}
