/** Compressed archives: read from any place, forward or back, whole or damaged. */

import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { readUpTo } from "../../../images/archive/bytes.ts";
import { compress, compressionOfName } from "../../../images/archive/compress.ts";
import { type Compression, loadDecompressor } from "../../../images/archive/decompress.ts";
import { archiveFormatOf } from "../../../images/archive/format.ts";
import { UnpackedBytes } from "../../../images/archive/unpacked.ts";
import { isZstd, zstdFrames } from "../../../images/archive/zstd_frames.ts";
import { isQuick, rounds } from "../../dumps.ts";
import { lacks } from "../../programs.ts";
import { pattern, Scratch } from "../../scratch.ts";
import { randomFrom, run } from "./archives.ts";

/** Bytes in memory that count how many of them are read. */
class Counted {
  total = 0;

  constructor(readonly bytes: Uint8Array) {}

  read(offset: number, into: Uint8Array): number {
    const piece = this.bytes.subarray(offset, offset + into.length);
    into.set(piece);
    this.total += piece.length;
    return piece.length;
  }
}

const unpackers = {
  gzip: await loadDecompressor("gzip"),
  zstd: await loadDecompressor("zstd"),
};
const packers = {
  gzip: (bytes: Uint8Array): Uint8Array => gzipSync(bytes),
  zstd: (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes),
};
const BOTH: Compression[] = ["gzip", "zstd"];

function opened(compression: Compression, packed: Uint8Array): UnpackedBytes {
  return new UnpackedBytes(new Counted(packed), unpackers[compression]);
}

/** Bytes that compress somewhat. */
function sample(size: number, seed = 1): Uint8Array {
  const bytes = pattern(size, seed);
  for (let i = 0; i < size; i++) if (i % 5 !== 0) bytes[i]! &= 3;
  return bytes;
}

function join(...pieces: Uint8Array[]): Uint8Array {
  // A copy: `slice` of a Buffer would share its bytes.
  return new Uint8Array(Buffer.concat(pieces));
}

/** Reads all of it, then pieces from anywhere. */
function compare(bytes: UnpackedBytes, expected: Uint8Array, pieces: number): void {
  bytes.readToEnd();
  assert.deepEqual([bytes.size, bytes.fault], [expected.length, undefined]);
  assert.ok(Buffer.compare(readUpTo(bytes, 0, expected.length + 1), expected) === 0);
  const random = randomFrom(expected.length);
  for (let i = 0; i < pieces; i++) {
    const at = random(expected.length);
    const piece = new Uint8Array(random(100_000) + 1);
    const count = bytes.read(at, piece);
    assert.equal(count, Math.min(piece.length, expected.length - at));
    assert.ok(Buffer.compare(piece.subarray(0, count), expected.subarray(at, at + count)) === 0);
  }
  bytes.close();
}

for (const compression of BOTH) {
  const pack = packers[compression];

  Deno.test(`${compression}: any place can be read`, () => {
    const expected = sample(3_000_000);
    compare(opened(compression, pack(expected)), expected, 30);
  });

  Deno.test(`${compression}: several compressed files may follow one another`, () => {
    const parts = [sample(2_500_000, 1), sample(1, 2), new Uint8Array(), sample(1_500_000, 3)];
    compare(opened(compression, join(...parts.map(pack))), join(...parts), 30);
  });

  Deno.test(`${compression}: nothing, or next to nothing`, () => {
    for (const size of [0, 1, 511]) {
      const expected = sample(size);
      compare(opened(compression, pack(expected)), expected, size === 0 ? 0 : 3);
    }
  });

  Deno.test(`${compression}: cut anywhere it gives what stands before the cut, and a fault`, () => {
    const expected = sample(400_000);
    const packed = pack(expected);
    const cuts = rounds(160);
    for (let i = 1; i < cuts; i++) {
      const length = Math.floor(packed.length * i / cuts);
      const bytes = opened(compression, packed.subarray(0, length));
      const read = readUpTo(bytes, 0, expected.length);
      bytes.readToEnd();
      assert.ok(read.length < expected.length);
      assert.deepEqual(read, expected.subarray(0, read.length));
      assert.equal(bytes.size, read.length);
      assert.match(bytes.fault!.message, /^the compressed data is (cut short|damaged: .*)$/);
      assert.equal(bytes.read(read.length, new Uint8Array(5)), 0);
      assert.equal(bytes.read(0, new Uint8Array(5)), Math.min(5, read.length));
    }
  });

  Deno.test(`${compression}: flipped bits are found by the checksum`, async () => {
    const expected = sample(100_000);
    const chunks: Uint8Array[] = [];
    for await (const chunk of compress([expected], compression)) chunks.push(chunk);
    const packed = join(...chunks);
    compare(opened(compression, packed), expected, 5);
    const random = randomFrom(7);
    let found = 0;
    const flips = 4 * rounds(200);
    for (let i = 0; i < flips; i++) {
      const damaged = packed.slice();
      damaged[10 + random(packed.length - 10)]! ^= 1 << random(8);
      const bytes = opened(compression, damaged);
      bytes.readToEnd();
      if (bytes.fault !== undefined) found++;
      else assert.ok(Buffer.compare(readUpTo(bytes, 0, expected.length + 1), expected) === 0);
    }
    assert.ok(found > flips * 0.95, `${found} of ${flips}`);
  });

  Deno.test(`${compression}: files that are read in turns do not make it begin anew each time`, () => {
    const expected = sample(4_000_000);
    const packed = new Counted(pack(expected));
    const bytes = new UnpackedBytes(packed, unpackers[compression]);
    bytes.readToEnd();
    packed.total = 0;
    const piece = new Uint8Array(4096);
    // Five files at five places, page by page.
    for (let at = 0; at < 700_000; at += 4096) {
      for (let file = 0; file < 5; file++) {
        const offset = at + file * 800_000;
        assert.equal(bytes.read(offset, piece), 4096);
        assert.deepEqual(piece, expected.subarray(offset, offset + 4096));
      }
    }
    assert.ok(packed.total <= 7 * packed.bytes.length, `${packed.total / packed.bytes.length}`);
    bytes.close();
  });

  // What keeps the pieces small is the same for both.
  const ignore = compression === "gzip" && isQuick();
  Deno.test(`${compression}: a bomb is read in bounded pieces`, { ignore }, () => {
    const bytes = opened(compression, pack(new Uint8Array(1 << 28)));
    const before = Deno.memoryUsage().rss;
    bytes.readToEnd();
    assert.equal(bytes.size, 1 << 28);
    assert.ok(Deno.memoryUsage().rss - before < 1 << 27);
    bytes.close();
  });
}

Deno.test("reading backwards restarts zstd at the frame before", () => {
  const frame = sample(2_000_000);
  const one = zstdCompressSync(frame);
  const packed = new Counted(join(...Array.from({ length: 10 }, () => one)));
  const bytes = new UnpackedBytes(packed, unpackers.zstd);
  bytes.readToEnd();
  packed.total = 0;
  const piece = new Uint8Array(1000);
  assert.equal(bytes.read(14_000_100, piece), 1000);
  assert.deepEqual(piece, frame.subarray(100, 1100));
  assert.ok(packed.total < packed.bytes.length / 5 + (1 << 19));
});

Deno.test("only skippable frames may be between frames of zstd", () => {
  const skipped = Uint8Array.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const frame = zstdCompressSync(sample(5000));
  assert.ok(isZstd(skipped) && isZstd(frame) && !isZstd(skipped.subarray(0, 3)));
  compare(
    opened("zstd", join(skipped, frame, skipped, frame)),
    join(sample(5000), sample(5000)),
    2,
  );
  const bytes = opened("zstd", join(frame, pattern(100, 1)));
  assert.deepEqual(readUpTo(bytes, 0, 9999), sample(5000));
  assert.match(bytes.fault!.message, /goes on with something else/);
});

Deno.test({
  name: "frames of zstd are read for all window sizes, with and without checksums, in many chunks",
  ignore: isQuick() || lacks("zstd"),
  async fn() {
    using scratch = new Scratch();
    const expected = sample(3_000_000);
    Deno.writeFileSync(`${scratch.path}/a`, expected);
    const windows: number[] = [];
    for (
      const args of [["-1"], ["-19"], ["--no-check"], ["-3", "--long=27"], ["-T2", "-B100000"]]
    ) {
      await run("zstd", ["-qf", ...args, "a", "-o", "a.zst"], scratch.path);
      const packed = Deno.readFileSync(`${scratch.path}/a.zst`);
      assert.equal(archiveFormatOf(packed), "zstd");
      compare(opened("zstd", packed), expected, 5);
      const pieces = function* () {
        for (let at = 0; at < packed.length; at += 97) yield packed.subarray(at, at + 97);
      };
      for (const frame of zstdFrames(pieces())) {
        windows.push(frame.windowSize);
        const again = join(...[...frame.pieces].map((piece) => piece.slice()));
        assert.ok(Buffer.compare(again, packed.subarray(frame.offset)) === 0);
      }
    }
    assert.ok(windows.every((size) => size >= 1024 && size <= 1 << 27), String(windows));
    await run("sh", ["-c", "zstd -q --long=28 <a >a.zst"], scratch.path);
    const large = opened("zstd", Deno.readFileSync(`${scratch.path}/a.zst`));
    large.readToEnd();
    assert.deepEqual([large.size, large.fault?.kind], [0, "unsupported"]);
    assert.match(large.fault!.message, /^zstd wants 268435456 bytes of memory, 134217728 at most/);
  },
});

Deno.test("the name of an archive determines its compression", () => {
  const names = ["a.tar", "a.tar.gz", "a.tgz", "a.tar.zst", "a.tar.xz", "tar", "a"];
  assert.deepEqual(names.map(compressionOfName), [
    "none",
    "gzip",
    "gzip",
    "zstd",
    undefined,
    undefined,
    undefined,
  ]);
});
