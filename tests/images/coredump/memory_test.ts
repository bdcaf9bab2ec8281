import { deepEqual, equal } from "node:assert/strict";
import { runsOf } from "../../../images/coredump/copy.ts";
import {
  type ByteSource,
  Contents,
  type CoreExtent,
  ExtentList,
} from "../../../images/coredump/memory.ts";
import { type Segment, Segments } from "../../../images/coredump/segments.ts";
import fc from "../../fast_check.ts";
import { sourceOf } from "./synthetic.ts";

const BYTES = Uint8Array.from({ length: 256 }, (_, i) => i % 40 < 10 ? 0 : i);
const source = sourceOf(BYTES);
const other = sourceOf(BYTES.toReversed());

const extent: fc.Arbitrary<CoreExtent> = fc.oneof(
  fc.record({ kind: fc.constantFrom("zeros" as const, "absent" as const), length: fc.nat(9) }),
  fc.record({
    kind: fc.constant("bytes" as const),
    length: fc.nat(30),
    source: fc.constantFrom(source, other),
    offset: fc.nat(200),
  }),
);

/** Each byte of extents: a value, or null where it is absent. */
function bytesOf(extents: readonly CoreExtent[]): Array<number | null> {
  return extents.flatMap((extent) => {
    if (extent.kind !== "bytes") {
      return Array<number | null>(extent.length).fill(extent.kind === "zeros" ? 0 : null);
    }
    const bytes = new Uint8Array(extent.length);
    extent.source.read(extent.offset, bytes);
    return [...bytes];
  });
}

/** Extents as a list, and an image of the list's bytes. */
function listOf(extents: readonly CoreExtent[]): ExtentList {
  const list = new ExtentList();
  for (const extent of extents) list.append(extent);
  return list;
}

function bytesOfList(list: ExtentList): Array<number | null> {
  const extents = Array.from({ length: list.count }, (_, i): CoreExtent => {
    const source = list.sourceAt(i);
    const length = list.lengthAt(i);
    if (source === undefined) return { kind: "zeros", length };
    return { kind: "bytes", length, source, offset: list.offsetAt(i) };
  });
  return bytesOf(extents);
}

const known = extent.filter(({ kind }) => kind !== "absent");

Deno.test("a part of something has the bytes of that part", () => {
  fc.assert(fc.property(fc.array(extent), fc.nat(90), fc.nat(90), (extents, a, b) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    deepEqual(bytesOf(new Contents(extents).slice(from, to)), bytesOf(extents).slice(from, to));
  }));
});

Deno.test("a list has the bytes of what was appended, in as few runs as can be", () => {
  fc.assert(fc.property(fc.array(known), (extents) => {
    deepEqual(bytesOfList(listOf(extents)), bytesOf(extents));
  }));
  const piece = (offset: number): CoreExtent => ({ kind: "bytes", length: 8, source, offset });
  const zeros: CoreExtent = { kind: "zeros", length: 8 };
  equal(listOf([piece(0), piece(8), zeros, zeros, piece(16), piece(0)]).count, 4);
});

/** The area whose extents are given, as segments with the bytes of each. */
function segmentsOf(extents: readonly CoreExtent[], length: number): Array<[Segment, unknown[]]> {
  const segments = new Segments();
  segments.add({ start: 64, length, protection: 5, extents });
  const bytes = bytesOfList(segments.extents);
  let at = 0;
  const found = [...segments].map((segment): [Segment, unknown[]] => {
    const from = at;
    at += segment.fileSize;
    return [segment, bytes.slice(from, at)];
  });
  equal(at, bytes.length);
  return found;
}

Deno.test("segments contain known bytes only", () => {
  fc.assert(fc.property(fc.array(extent), fc.nat(20), (extents, more) => {
    const expected = bytesOf(extents);
    const length = expected.length + more;
    const found = Array<unknown>(length).fill(null);
    let isUnwritten = more > 0;
    for (
      const [{ start, protection, fileSize, memorySize }, bytes] of segmentsOf(extents, length)
    ) {
      equal(protection, 5);
      equal(bytes.length, fileSize);
      bytes.forEach((byte, i) => found[start - 64 + i] = byte);
      if (memorySize === fileSize) continue;
      equal(start - 64 + memorySize, length, "only the end is left out of the file");
      equal(memorySize - fileSize, more);
      isUnwritten = false;
    }
    deepEqual(found.slice(0, expected.length), expected);
    const isCut = extents.findLast(({ length }) => length > 0)?.kind === "absent";
    equal(isUnwritten, more > 0 && isCut, "what follows unknown bytes is unknown");
  }));
});

Deno.test("an area without bytes to write is one segment without contents", () => {
  const [found, ...rest] = segmentsOf([], 8192);
  deepEqual(rest, []);
  deepEqual(found, [{ start: 64, protection: 5, fileSize: 0, memorySize: 8192 }, []]);
});

Deno.test("runs contain every byte, except pages of zeros", () => {
  fc.assert(fc.property(fc.array(known), fc.constantFrom(4, 8), (extents, pageSize) => {
    const head = Uint8Array.of(1, 2, 3, 4);
    const found: number[] = [];
    let wasZeros = false;
    for (const run of runsOf({ head, extents: listOf(extents), size: 0 }, pageSize)) {
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

/** Takes note of what is read from it. */
function countingSource(reads: Array<[offset: number, length: number]>) {
  return {
    read(offset: number, into: Uint8Array) {
      reads.push([offset, into.length]);
      into.fill(1);
    },
  };
}

Deno.test("adjacent bytes of a source are read at once, across holes", () => {
  const reads: Array<[number, number]> = [];
  const source = countingSource(reads);
  const piece = (offset: number): CoreExtent => ({ kind: "bytes", length: 8, source, offset });
  const gap: CoreExtent = { kind: "zeros", length: 800 };
  const extents = [piece(0), gap, piece(8), piece(16), gap, piece(100), gap, piece(108)];
  const runs = [...runsOf({ head: Uint8Array.of(9), extents: listOf(extents), size: 0 }, 8)];
  deepEqual(runs.map((run) => typeof run === "number" ? run : `${run.length} bytes`), [
    ...["1 bytes", "8 bytes", 800, "16 bytes", 800, "8 bytes", 800, "8 bytes"],
  ]);
  deepEqual(reads, [[0, 24], [100, 16]]);
});

Deno.test("adjacent bytes of the core file are written at once", () => {
  const [one, two] = [countingSource([]), countingSource([])];
  const pieces = Array.from({ length: 9000 }, (_, i): CoreExtent => ({
    kind: "bytes",
    length: 4096,
    source: i % 2 === 0 ? one : two,
    offset: i * 4096,
  }));
  const sizes: number[] = [];
  for (const run of runsOf({ head: new Uint8Array(8), extents: listOf(pieces), size: 0 }, 4096)) {
    sizes.push(typeof run === "number" ? -run : run.length);
  }
  equal(sizes.length, 1 + Math.ceil(9000 * 4096 / (1 << 21)));
  equal(sizes.reduce((sum, size) => sum + size), 8 + 9000 * 4096);
});

Deno.test("a run stays valid while the next one is read", () => {
  const counted: ByteSource = {
    read: (offset, into) => {
      for (let i = 0; i < into.length; i += 4096) into[i] = 1 + (offset + i) / 4096 % 251;
    },
  };
  const pieces = Array.from({ length: 40 }, (_, i): CoreExtent[] => [
    { kind: "bytes", length: 100 * 4096, source: counted, offset: i * 101 * 4096 },
    { kind: "zeros", length: i % 3 === 0 ? 4096 : 0 },
  ]).flat();
  const file = { head: new Uint8Array(8), extents: listOf(pieces), size: 0 };
  let last: { run: Uint8Array; copy: Uint8Array } | undefined;
  let runs = 0;
  for (const run of runsOf(file, 4096)) {
    if (last !== undefined) deepEqual(last.run, last.copy);
    last = typeof run === "number" ? undefined : { run, copy: run.slice() };
    runs++;
  }
  equal(runs > 20, true, `${runs} runs`);
});
