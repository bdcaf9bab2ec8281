import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import {
  formatAddress as formatWords,
  formatOf,
  type Hint,
  parseInteger,
  parseIpAddress as parseWords,
  parseOf,
} from "../../../images/types/hints.ts";
import { policyName } from "../../../images/kernel/tasks.ts";
import { dictTables, flagTables } from "../../../images/types/tables.ts";
import fc from "../../fast_check.ts";

/** Texts of values under a hint. */
const FORMS: Array<[hint: Hint, value: bigint, text: string]> = [
  ["hex", 0n, "0x0"],
  ["hex", 31n, "0x1f"],
  ["hex", -5n, "0x-5"],
  ["hex", 0xffffffffffffffffn, "0xffffffffffffffff"],
  ["dev", 0n, "0:0"],
  ["dev", 0x800001n, "8:1"],
  ["dev", 0xffffffffn, "4095:1048575"],
  ["odev", 0x801n, "8:1"],
  ["odev", 0x120006783459an, "74565:424090"],
  ["odev", 0x123456789abcdef0n, "305421534:1737075696"],
  [{ flags: "mmap.prot" }, 0n, ""],
  [{ flags: "mmap.prot" }, 3n, "PROT_READ | PROT_WRITE"],
  [{ flags: "mmap.prot" }, 13n, "PROT_READ | PROT_EXEC | 0x8"],
  [{ flags: "mmap.flags" }, 0x122n, "MAP_PRIVATE | MAP_ANON | MAP_GROWSDOWN"],
  [{ flags: "mmap.status" }, 0x80000001n, "VMA_AREA_REGULAR | VMA_UNSUPP"],
  [{ flags: "rfile.flags" }, 0o100002n, "O_RDWR | O_LARGEFILE"],
  [
    { flags: "seals.flags" },
    0x1fn,
    "F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE",
  ],
  [{ flags: "pmap.flags" }, 6n, "PE_LAZY | PE_PRESENT"],
];

const formatAddress = (words: readonly number[]) => formatWords(words, "little");
const parseIpAddress = (text: string) => parseWords(text, "little");

Deno.test("every hint prints its form and reads it back", () => {
  for (const [hint, value, text] of FORMS) {
    assert.equal(formatOf(hint)!(value), text);
    assert.equal(parseOf(hint)?.(text) ?? parseInteger(text), value, text);
  }
});

Deno.test("a flag table that does not exist shows hexadecimal", () => {
  assert.equal(formatOf({ flags: "no.such" })!(5n), "0x5");
});

Deno.test("dictionaries name values; others stay numbers", () => {
  for (const dict of Object.keys(dictTables)) {
    const { prefix, rows } = dictTables[dict]!;
    for (const [value, name, crit] of rows) {
      const printed = crit === true ? name : crit;
      assert.equal(formatOf({ dict })?.(BigInt(value)), printed);
      for (const text of [name, prefix + name, printed ?? name]) {
        assert.equal(parseOf({ dict })!(text), BigInt(value), text);
      }
    }
  }
  const state: Hint = { dict: "gen.task_state" };
  // CRIU's own tool has 3 and 6 swapped; scripts rely on it.
  const names = [1n, 2n, 3n, 6n].map((value) => formatOf(state)!(value));
  assert.deepEqual(names, ["Alive", undefined, "Zombie", "Stopped"]);
  assert.deepEqual(["Zombie", "zombie", "asleep"].map(parseOf(state)!), [3n, 6n, undefined]);
});

Deno.test("every value of every table is read back", () => {
  const hints: Hint[] = [
    "dev",
    "odev",
    ...Object.keys(flagTables).map((flags) => ({ flags })),
    ...Object.keys(dictTables).map((dict) => ({ dict })),
  ];
  const unsigned = fc.oneof(
    fc.bigInt({ min: 0n, max: 0xffffffffn }),
    fc.bigInt({ min: 0n, max: 63n }),
  );
  for (const hint of hints) {
    fc.assert(
      fc.property(unsigned, (value) => {
        const text = formatOf(hint)?.(value);
        if (text !== undefined) assert.equal(parseOf(hint)!(text) ?? parseInteger(text), value);
      }),
      { seed: 11, numRuns: 100 },
    );
  }
  const wide = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
  fc.assert(
    fc.property(wide, (value) => {
      assert.equal(parseOf("odev")!(formatOf("odev")!(value)!), value);
    }),
    { seed: 12 },
  );
});

Deno.test("flags are read with any blanks, and unknown words are refused", () => {
  const parse = parseOf({ flags: "mmap.prot" })!;
  assert.equal(parse("PROT_READ|PROT_EXEC"), 5n);
  assert.equal(parse("  PROT_READ  |  0x10 "), 17n);
  assert.equal(parse("3"), 3n);
  for (const text of ["PROT_RAED", "PROT_READ |", "prot_read", "PROT_READ PROT_EXEC"]) {
    assert.equal(parse(text), undefined, text);
  }
});

Deno.test("integers are read in every form that users write", () => {
  const numbers: Array<[text: string, value: bigint | undefined]> = [
    ["31", 31n],
    ["0x1f", 31n],
    ["0X1F", 31n],
    ["0o37", 31n],
    ["0b101", 5n],
    ["-5", -5n],
    ["-0x5", -5n],
    ["0x-5", -5n],
    ["18446744073709551615", 18446744073709551615n],
    ["", undefined],
    ["0x", undefined],
    ["1.5", undefined],
    ["12a", undefined],
    ["--5", undefined],
    ["1e3", undefined],
    ["1_000", undefined],
  ];
  for (const [text, value] of numbers) assert.equal(parseInteger(text), value, text);
});

/** Network-order bytes as words in little-endian memory. */
function words(...groups: number[]): number[] {
  const bytes = groups.flatMap((group) => [group >> 8, group & 255]);
  return [...new Uint32Array(Uint8Array.from(bytes).buffer)];
}

/** Addresses of RFC 5952's rules, and the text that each must have. */
const ADDRESSES: Array<[groups: number[], text: string]> = [
  [[0, 0, 0, 0, 0, 0, 0, 0], "::"],
  [[0, 0, 0, 0, 0, 0, 0, 1], "::1"],
  [[1, 0, 0, 0, 0, 0, 0, 0], "1::"],
  [[0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], "2001:db8::1"],
  // One zero group alone is not compressed (4.2.2).
  [[0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"],
  // The longest run is (4.2.3); of equal ones the first.
  [[0x2001, 0, 0, 1, 0, 0, 0, 1], "2001:0:0:1::1"],
  [[0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"],
  [[0, 0, 1, 1, 1, 1, 0, 0], "::1:1:1:1:0:0"],
  [[1, 2, 3, 4, 5, 6, 0, 0], "1:2:3:4:5:6::"],
  [[0xfe80, 0, 0, 0, 0xABCD, 0xEF, 0, 1], "fe80::abcd:ef:0:1"],
  [[1, 2, 3, 4, 5, 6, 7, 8], "1:2:3:4:5:6:7:8"],
  // CRIU's tool prints an IPv4-mapped address in groups, and so does crit.
  [[0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], "::ffff:7f00:1"],
];

Deno.test("addresses have one text each, and every text of them is read", () => {
  for (const [groups, text] of ADDRESSES) {
    assert.equal(formatAddress(words(...groups)), text);
    assert.deepEqual(parseIpAddress(text), words(...groups), text);
    assert.deepEqual(parseIpAddress(text.toUpperCase()), words(...groups), text);
  }
  assert.equal(formatAddress(words(0x7f00, 1)), "127.0.0.1");
  assert.deepEqual(parseIpAddress("127.0.0.1"), words(0x7f00, 1));
  assert.equal(formatAddress([0xffffffff]), "255.255.255.255");
  assert.deepEqual(parseIpAddress("::ffff:127.0.0.1"), words(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1));
  assert.deepEqual(parseIpAddress("0:0::0:1"), words(0, 0, 0, 0, 0, 0, 0, 1));
});

Deno.test("any address is read back, and other numbers of words are not addresses", () => {
  const word = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 1, 0xff000000));
  fc.assert(
    fc.property(fc.array(word, { minLength: 4, maxLength: 4 }), (four) => {
      const text = formatAddress(four)!;
      assert(isIPv6(text), text);
      assert.deepEqual(parseIpAddress(text), four);
      assert.deepEqual(parseIpAddress(formatAddress(four.slice(0, 1))!), four.slice(0, 1));
    }),
    { seed: 13, numRuns: 300 },
  );
  for (const count of [0, 2, 3, 5]) assert.equal(formatAddress(Array(count).fill(1)), undefined);
});

Deno.test("a text that is not an address is refused", () => {
  for (
    const text of [
      "",
      "1.2.3",
      "1.2.3.256",
      "1.2.3.4.5",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2::3",
      ":::",
      "12345::",
      "g::",
      "::1.2.3",
      "1:2:3:4:5:6:7::8",
      ":1",
    ]
  ) assert.throws(() => parseIpAddress(text), /is not an IP address/, text);
});

Deno.test("an address from a big-endian machine has the same bytes in other words", () => {
  const known: Array<[text: string, words: number[]]> = [
    ["127.0.0.1", [0x7f000001]],
    ["::1", [0, 0, 0, 1]],
    ["fe80::1234:5678", [0xfe800000, 0, 0, 0x12345678]],
  ];
  for (const [text, words] of known) {
    assert.equal(formatWords(words, "big"), text);
    assert.deepEqual(parseWords(text, "big"), words);
  }
});

Deno.test("a scheduling policy is read as the views print it", () => {
  const parse = parseOf({ dict: "sched.policy" })!;
  for (const policy of [0, 1, 2, 3, 5, 6, 0x4000_0001, 0x4000_0002]) {
    assert.equal(parse(policyName(policy)), BigInt(policy), policyName(policy));
  }
  assert.equal(parse("SCHED_RR | SCHED_RESET_ON_FORK"), 0x4000_0002n);
  assert.equal(parse("RR|NO_SUCH"), undefined);
});
