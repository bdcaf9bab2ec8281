import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { runsOf } from "../../../images/coredump/copy.ts";
import { cut, type Extent, overlay, segmentsOf } from "../../../images/coredump/memory.ts";
import { sourceOf } from "./synthetic.ts";

const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i % 40 < 10 ? 0 : i);
const source = sourceOf(BYTES);
const other = sourceOf(BYTES.toReversed());

const extent: fc.Arbitrary<Extent> = fc.oneof(
  fc.record({ kind: fc.constantFrom("zeros" as const, "absent" as const), length: fc.nat(9) }),
  fc.record({
    kind: fc.constant("bytes" as const),
    length: fc.nat(30),
    source: fc.constantFrom(source, other),
    offset: fc.nat(200),
  }),
);

/** Each byte of extents: a value, or null where it is absent. */
function bytesOf(extents: readonly Extent[]): Array<number | null> {
  return extents.flatMap((extent) => {
    if (extent.kind !== "bytes") {
      return Array<number | null>(extent.length).fill(extent.kind === "zeros" ? 0 : null);
    }
    const bytes = new Uint8Array(extent.length);
    extent.source.read(extent.offset, bytes);
    return [...bytes];
  });
}

Deno.test("what lies above counts, byte for byte", () => {
  const upper = fc.array(fc.record({ gap: fc.nat(12), extent }));
  fc.assert(fc.property(fc.array(extent), upper, (base, placed) => {
    let at = 0;
    const runs = placed.map(({ gap, extent }) => {
      const run = { at: at + gap, extent };
      at += gap + extent.length;
      return run;
    });
    const expected = bytesOf(base);
    for (const { at, extent } of runs) {
      bytesOf([extent]).forEach((byte, i) => {
        if (at + i < expected.length) expected[at + i] = byte;
      });
    }
    deepEqual(bytesOf(overlay(base, runs)), expected);
  }));
});

Deno.test("a part of an extent has the bytes of that part", () => {
  fc.assert(fc.property(extent, fc.nat(30), fc.nat(30), (extent, a, b) => {
    const [from, to] = [Math.min(a, b, extent.length), Math.min(Math.max(a, b), extent.length)];
    deepEqual(bytesOf([cut(extent, from, to)]), bytesOf([extent]).slice(from, to));
  }));
});

Deno.test("segments have what is known and nothing else", () => {
  fc.assert(fc.property(fc.array(extent), fc.nat(20), (extents, more) => {
    const expected: Array<number | null> = bytesOf(extents);
    expected.push(...Array<null>(more).fill(null));
    const segments = segmentsOf({ start: 64n, length: expected.length, protection: 5, extents });
    let at = 64n;
    const found = segments.flatMap((segment) => {
      equal(segment.start, at);
      equal(segment.protection, 5);
      at += BigInt(segment.memorySize);
      const known = bytesOf(segment.extents);
      equal(known.length, segment.fileSize);
      return [...known, ...Array<null>(segment.memorySize - segment.fileSize).fill(null)];
    });
    deepEqual(found, expected);
  }));
});

Deno.test("an area of which nothing is known is one segment without bytes", () => {
  const [segment, ...rest] = segmentsOf({ start: 4096n, length: 8192, protection: 0, extents: [] });
  deepEqual(rest, []);
  equal(segment?.memorySize, 8192);
  equal(segment?.fileSize, 0);
});

Deno.test("runs have every byte; whole pages of zeros are never bytes", () => {
  const known = fc.array(extent.filter(({ kind }) => kind !== "absent"));
  fc.assert(fc.property(known, fc.constantFrom(4, 8), (extents, pageSize) => {
    const head = Uint8Array.of(1, 2, 3, 4);
    const found: number[] = [];
    let wasZeros = false;
    for (const run of runsOf({ head, extents, size: 0 }, pageSize)) {
      if (typeof run === "number") {
        equal(wasZeros, false, "runs of zeros are joined");
        found.push(...Array<number>(run).fill(0));
      } else {
        found.push(...run);
      }
      wasZeros = typeof run === "number";
    }
    deepEqual(found, [...head, ...bytesOf(extents)]);
  }));
});

Deno.test("bytes that follow each other in a source are read at once", () => {
  const reads: Array<[number, number]> = [];
  const counting = {
    read(offset: number, into: Uint8Array) {
      reads.push([offset, into.length]);
      into.fill(1);
    },
  };
  const piece = (offset: number): Extent => ({
    kind: "bytes",
    length: 8,
    source: counting,
    offset,
  });
  const gap: Extent = { kind: "zeros", length: 800 };
  const extents = [piece(0), gap, piece(8), piece(16), gap, piece(100), gap, piece(108)];
  deepEqual(
    [...runsOf({ head: Uint8Array.of(9), extents, size: 0 }, 8)].map((run) =>
      typeof run === "number" ? run : "bytes"
    ),
    ["bytes", "bytes", 800, "bytes", "bytes", 800, "bytes", 800, "bytes"],
  );
  deepEqual(reads, [[0, 24], [100, 16]]);
});
