import { deepEqual, equal, match } from "node:assert/strict";
import { firstRangeAfter, readPageMap } from "../../../images/dump/page_map.ts";
import type { ImageFile } from "../../../images/dump/source.ts";
import { PAGES } from "../../../images/kernel/memory.ts";
import "../../../plugins/mod.ts";
import fc from "../../fast_check.ts";

/** A varint, `extra` bytes longer than it need be. */
function varint(value: bigint, extra = 0): number[] {
  const bytes = [];
  for (let rest = value;; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn));
    if (rest < 0x80n) break;
  }
  for (let i = 0; i < extra && bytes.length < 10; i++) bytes.push(0);
  return bytes.map((byte, i) => i + 1 < bytes.length ? byte | 0x80 : byte);
}

function u32(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

/** A page map whose ranges have these payloads. */
function imageOf(payloads: readonly number[][]): ImageFile {
  const head = [0x08, 7];
  const bytes = Uint8Array.from([
    ...u32(0x54564319),
    ...u32(0x56084025),
    ...[head, ...payloads].flatMap((payload) => [...u32(payload.length), ...payload]),
  ]);
  return {
    name: "pagemap-1.img",
    size: bytes.length,
    read: (offset, into) => {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    [Symbol.dispose]: () => {},
  };
}

/** A field of an entry, written so many bytes longer than it need be. */
interface Field {
  readonly number: number;
  readonly value: bigint;
  readonly extra: number;
}

const fieldBits = [[1, 64], [2, 32], [3, 1], [4, 8], [5, 52], [9, 64]] as const;
const anyField: fc.Arbitrary<Field> = fc.constantFrom(...fieldBits).chain(([number, bits]) =>
  fc.record({
    number: fc.constant(number),
    value: fc.integer({ min: 1, max: bits }).chain((length) =>
      fc.bigInt({ min: 0n, max: (1n << BigInt(length)) - 1n })
        .map((value) => number === 1 && value >> 53n !== 0n ? value & ~0xfffn : value)
    ),
    extra: fc.constantFrom(0, 0, 0, 1, 2),
  })
);
const usual = fc.record({ address: fc.nat(), pages: fc.nat(), flags: fc.nat({ max: 7 }) }).map(
  ({ address, pages, flags }): Field[] => [
    { number: 1, value: BigInt(address) * 4096n, extra: 0 },
    { number: 2, value: BigInt(pages), extra: 0 },
    { number: 4, value: BigInt(flags), extra: 0 },
    { number: 5, value: BigInt(pages), extra: 0 },
  ],
);
const odd = fc.array(anyField, { maxLength: 8 }).map((fields): Field[] => [
  { number: 1, value: 4096n, extra: 0 },
  { number: 2, value: 1n, extra: 0 },
  ...fields,
]);

Deno.test("ranges do not depend on the encoding of their entries", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(usual, odd), { maxLength: 20 }), (entries) => {
      const payloads = entries.map((fields) =>
        fields.flatMap(({ number, value, extra }) => [number << 3, ...varint(value, extra)])
      );
      const map = readPageMap(imageOf(payloads));
      equal(map.error, undefined);
      equal(map.pagesId, 7);
      equal(map.count, entries.length);
      let stored = 0;
      const expected = entries.map((fields) => {
        const last = (number: number) => fields.findLast((field) => field.number === number)?.value;
        const inParent = (last(3) ?? 0n) !== 0n;
        const flags = Number(last(4) ?? (inParent ? 0n : BigInt(PAGES.PRESENT))) |
          (inParent ? PAGES.PARENT : 0);
        const length = Number(last(5) ?? last(2)!);
        const range = [Number(last(1)!), length, flags, stored];
        if ((flags & PAGES.PRESENT) !== 0) stored += length;
        return range;
      });
      const { addresses, lengths, flags, stored: before } = map;
      deepEqual(
        entries.map((_, i) => [addresses[i], lengths[i], flags[i], before[i]]),
        expected.sort(([a], [b]) => a! - b!),
      );
    }),
    { seed: 4, numRuns: 2000 },
  );
});

Deno.test("an address belongs to the range that ends after it", () => {
  const range = (page: bigint, pages: number) => [8, ...varint(page * 4096n), 0x28, pages, 16, 0];
  const map = readPageMap(imageOf([range(10n, 2), range(12n, 1), range(20n, 1)]));
  const found = [0, 9, 10, 11, 12, 13, 19, 20, 21].map((page) =>
    firstRangeAfter(map, page * 4096, 4096)
  );
  deepEqual(found, [0, 0, 0, 0, 1, 2, 2, 2, 3]);
  equal(firstRangeAfter(map, 12 * 4096 - 1, 4096), 0);
});

Deno.test("an address that a number cannot hold is refused, not rounded", () => {
  const map = readPageMap(imageOf([
    [...[1 << 3, ...varint(0xffff_ffff_ff60_0000n, 0)], ...[2 << 3, 1], ...[4 << 3, 4]],
    [...[1 << 3, ...varint(0xffff_ffff_ff60_0001n, 0)], ...[2 << 3, 1], ...[4 << 3, 4]],
  ]));
  equal(map.count, 1);
  equal(map.addresses[0], 0xffff_ffff_ff60_0000);
  match(
    map.error!.message,
    /a range begins at 0xffffffffff600001, which is not the beginning of a page/,
  );
});
