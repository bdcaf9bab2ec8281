/** Archives of tar's many forms, read and written. */

import assert from "node:assert/strict";
import { readUpTo } from "../../../images/archive/bytes.ts";
import { archiveFormatOf } from "../../../images/archive/format.ts";
import { ArchivedBytes } from "../../../images/archive/archived_file.ts";
import { type ArchiveIndex, readIndex } from "../../../images/archive/index.ts";
import { paxRecord, TAR_END, tarHeader, tarPadding } from "../../../images/archive/tar_writer.ts";
import { lacks } from "../../programs.ts";
import { pattern, Scratch } from "../../scratch.ts";
import { OpenFile, randomFrom, run, tar } from "./archives.ts";

const ignore = lacks("tar");

/** Bytes in memory as random bytes. */
function inMemory(bytes: Uint8Array) {
  return {
    read(offset: number, into: Uint8Array): number {
      const piece = bytes.subarray(offset, offset + into.length);
      into.set(piece);
      return piece.length;
    },
  };
}

function indexOf(bytes: Uint8Array): ArchiveIndex {
  return readIndex(inMemory(bytes), () => false);
}

/** Compares an archive with the directory that it was made of. */
function compare(archive: string, directory: string, files: string[]): void {
  using file = new OpenFile(archive);
  const index = readIndex(file, () => false);
  assert.equal(index.fault?.message, undefined);
  assert.deepEqual([...index.files.keys()].sort(), files.toSorted());
  for (const path of files) {
    const expected = Deno.readFileSync(`${directory}/${path}`);
    const found = index.files.get(path)!;
    assert.equal(found.size, expected.length, path);
    const bytes = new ArchivedBytes(file, found);
    assert.deepEqual(readUpTo(bytes, 0, found.size), expected, path);
    const random = randomFrom(expected.length);
    for (let i = 0; i < 50 && expected.length > 0; i++) {
      const at = random(expected.length);
      const piece = new Uint8Array(random(9000) + 1);
      const count = bytes.read(at, piece);
      assert.equal(count, Math.min(piece.length, expected.length - at));
      assert.ok(Buffer.compare(piece.subarray(0, count), expected.subarray(at, at + count)) === 0);
    }
    assert.equal(bytes.read(expected.length, new Uint8Array(10)), 0);
    assert.equal(bytes.read(expected.length + 100, new Uint8Array(10)), 0);
  }
}

/** Files whose names and sizes try a format. */
function plainFiles(longest: number): Record<string, Uint8Array> {
  return {
    "pstree.img": pattern(40, 1),
    "empty.img": new Uint8Array(),
    "block.img": pattern(512, 2),
    "over.img": pattern(513, 3),
    "pages-1.img": pattern(300_000, 4),
    [`${"n".repeat(longest)}`]: pattern(10, 5),
  };
}

for (
  const [format, longest] of [["gnu", 255], ["pax", 255], ["posix", 255], ["oldgnu", 255], [
    "ustar",
    99,
  ], ["v7", 90]] as const
) {
  Deno.test({
    name: `an archive of the form ${format} is what it was made of`,
    ignore,
    async fn() {
      using scratch = new Scratch();
      const files = plainFiles(longest);
      const directory = scratch.directory("dump", files);
      const deep = `${"d".repeat(50)}/${"e".repeat(30)}`;
      if (format !== "v7") {
        Deno.mkdirSync(`${directory}/${deep}`, { recursive: true });
        files[`${deep}/${"f".repeat(40)}`] = pattern(5, 6);
        Deno.writeFileSync(`${directory}/${deep}/${"f".repeat(40)}`, pattern(5, 6));
      }
      Deno.linkSync(`${directory}/over.img`, `${directory}/zz-hard.img`);
      Deno.symlinkSync("../parent", `${directory}/parent`);
      const archive = await tar(`${scratch.path}/a.tar`, directory, `--format=${format}`);
      compare(archive, directory, [...Object.keys(files), "zz-hard.img"]);
      using file = new OpenFile(archive);
      assert.equal(archiveFormatOf(readUpTo(file, 0, 512)), "tar");
      assert.deepEqual([...readIndex(file, () => false).links], [["parent", "../parent"]]);
    },
  });
}

for (
  const args of [
    ["--format=gnu"],
    ["--format=oldgnu"],
    ["--format=pax", "--sparse-version=0.0"],
    ["--format=pax", "--sparse-version=0.1"],
    ["--format=pax", "--sparse-version=1.0"],
  ]
) {
  Deno.test({
    name: `holes of a sparse file are zeros: ${args.join(" ")}`,
    ignore,
    async fn() {
      using scratch = new Scratch();
      const directory = scratch.directory("dump");
      const names = ["ends-in-hole", "begins-in-hole", "many", "only-hole", "full"];
      const write = (name: string, size: number, places: number[]) => {
        const file = Deno.openSync(`${directory}/${name}`, { create: true, write: true });
        file.truncateSync(size);
        for (const at of places) {
          file.seekSync(at, Deno.SeekMode.Start);
          file.writeSync(pattern(4096, at));
        }
        file.close();
      };
      write("ends-in-hole", 1_000_000, [0, 40_960]);
      write("begins-in-hole", 1_000_000, [995_904 - 995_904 % 4096]);
      write("many", 3_000_001, Array.from({ length: 180 }, (_, i) => i * 16_384));
      write("only-hole", 500_000, []);
      write("full", 8192, [0, 4096]);
      const archive = await tar(`${scratch.path}/a.tar`, directory, "--sparse", ...args);
      assert.ok(Deno.statSync(archive).size < 2_000_000, "the archive is sparse");
      compare(archive, directory, names);
    },
  });
}

Deno.test({
  name: "a later member replaces one with the same path",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("dump", { "a.img": pattern(100, 1) });
    const archive = await tar(`${scratch.path}/a.tar`, directory);
    Deno.writeFileSync(`${directory}/a.img`, pattern(900, 2));
    await run("tar", ["-rf", archive, "-C", directory, "./a.img"]);
    compare(archive, directory, ["a.img"]);
  },
});

Deno.test({
  name: "names that are not UTF-8 and sizes above 8 GiB are read",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("dump");
    await run(
      "sh",
      ["-c", "printf x >\"$(printf 'n\\303\\244\\377.img')\"; truncate -s 9G p"],
      directory,
    );
    for (const format of ["gnu", "pax"]) {
      const archive = await tar(
        `${scratch.path}/a.tar`,
        directory,
        "--sparse",
        `--format=${format}`,
      );
      using file = new OpenFile(archive);
      const { files, fault } = readIndex(file, () => false);
      assert.equal(fault, undefined);
      assert.equal(files.get("p")?.size, 9 * 2 ** 30);
      const [other] = [...files.keys()].filter((name) => name !== "p");
      assert.match(other!, /^nä.*\.img$/);
      const end = new Uint8Array(100).fill(1);
      assert.equal(new ArchivedBytes(file, files.get("p")!).read(9 * 2 ** 30 - 10, end), 10);
    }
  },
});

/** Writes an archive of these files. */
function written(files: Array<[path: string, bytes: Uint8Array]>): Uint8Array {
  // A copy: `slice` of a Buffer would share its bytes.
  return new Uint8Array(Buffer.concat([
    ...files.flatMap(([path, bytes]) => [
      tarHeader({ path, size: bytes.length, mode: 0o600, modified: 1_700_000_000 }),
      bytes,
      tarPadding(bytes.length),
    ]),
    TAR_END,
  ]));
}

const NAMES = [
  "core-1.img",
  "x".repeat(100),
  "y".repeat(101),
  "z".repeat(250),
  "ä.img",
  "ü".repeat(120),
];

Deno.test("written members are read back unchanged", () => {
  const files = NAMES.map((name, i) => [name, pattern(i * 700, i)] as [string, Uint8Array]);
  const bytes = written(files);
  const index = indexOf(bytes);
  assert.equal(index.fault, undefined);
  assert.deepEqual([...index.files.keys()], NAMES);
  for (const [name, expected] of files) {
    const file = index.files.get(name)!;
    assert.deepEqual(readUpTo(new ArchivedBytes(inMemory(bytes), file), 0, 10_000), expected);
  }
});

Deno.test({
  name: "tar unpacks a written archive without a warning",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const files = NAMES.map((name, i) => [name, pattern(i * 700, i)] as [string, Uint8Array]);
    Deno.writeFileSync(`${scratch.path}/a.tar`, written(files));
    const out = scratch.directory("out");
    const listing = await run("tar", ["-tvf", `${scratch.path}/a.tar`, "--full-time", "--utc"]);
    assert.match(listing, /^-rw------- 0\/0 +0 2023-11-14 22:13:20 core-1\.img\n/);
    await run("tar", ["-xf", `${scratch.path}/a.tar`, "-C", out]);
    for (const [name, bytes] of files) assert.deepEqual(Deno.readFileSync(`${out}/${name}`), bytes);
  },
});

Deno.test({
  name: "hard links share held contents, and keep them when the file is replaced",
  ignore,
  async fn() {
    using scratch = new Scratch();
    for (const size of [1000, 200_000]) {
      const directory = scratch.directory(`of-${size}`, { "a.img": pattern(size, 1) });
      for (const name of ["b.img", "c.img"]) {
        Deno.linkSync(`${directory}/a.img`, `${directory}/${name}`);
      }
      const archive = `${scratch.path}/${size}.tar`;
      const names = ["a.img", "b.img", "c.img"];
      await run("tar", ["-cf", archive, "-C", directory, ...names]);
      Deno.removeSync(`${directory}/a.img`);
      Deno.writeFileSync(`${directory}/a.img`, pattern(70, 2));
      await run("tar", ["-rf", archive, "-C", directory, "a.img"]);
      const { files, fault } = readIndex(inMemory(Deno.readFileSync(archive)), () => true);
      assert.equal(fault, undefined);
      const [a, b, c] = names.map((name) => files.get(name)!.held!);
      assert.deepEqual([a, b, c], [pattern(70, 2), pattern(size, 1), pattern(size, 1)]);
      assert.deepEqual([b!.buffer === c!.buffer, b!.byteOffset], [true, c!.byteOffset]);
    }
  },
});

Deno.test("an index that is too large for memory is refused, and so is an endless path", () => {
  const path = "p".repeat(4000);
  const member = Buffer.concat([tarHeader({ path, size: 0, mode: 0, modified: 0 })]);
  const count = 100_000;
  // The limit itself takes seconds to reach; thorough runs do, from a file.
  const largest = 1 << 20;
  const endless = {
    read(offset: number, into: Uint8Array): number {
      const first = member.subarray(offset % member.length).subarray(0, into.length);
      into.set(first);
      for (let at = first.length; at < into.length; at += member.length) {
        into.set(member.subarray(0, into.length - at), at);
      }
      return offset > count * member.length ? 0 : into.length;
    },
  };
  const { files, fault } = readIndex(endless, () => false, largest);
  assert.match(
    fault!.message,
    /the archive has too many files: a list of them takes more than 1048576/,
  );
  assert.equal(files.size, 1);
  const place = Math.ceil(largest / (200 + path.length)) * member.length;
  assert.ok(Math.abs(fault!.place.offset! - place) <= member.length, `${fault!.place.offset}`);
  const long = tarHeader({ path: "p".repeat(5000), size: 0, mode: 0, modified: 0 });
  assert.match(indexOf(long).fault!.message, /a path of 5000 characters is impossible$/);
});

Deno.test("the length of a record includes its own digits", () => {
  for (let length = 0; length < 1100; length++) {
    for (const value of ["x".repeat(length), "ü".repeat(length)]) {
      const record = new TextEncoder().encode(paxRecord("path", value));
      assert.equal(parseInt(new TextDecoder().decode(record)), record.length, `${length}`);
    }
  }
});

Deno.test("a size that does not fit into ustar is in an extended header", () => {
  for (const size of [8 ** 11 - 1, 8 ** 11, 2 ** 45 + 1]) {
    const header = tarHeader({ path: "pages-1.img", size, mode: 0o600, modified: 0 });
    assert.equal(header.length, size < 8 ** 11 ? 512 : 1536);
    const { files, fault } = indexOf(header);
    assert.equal(files.get("pages-1.img")?.size, size);
    assert.match(fault!.message, /the archive is cut short/);
  }
});

Deno.test("a truncated archive gives the files before the cut and a fault", () => {
  const files = [["a", pattern(700, 1)], ["n".repeat(120), pattern(40, 2)]] as Array<
    [string, Uint8Array]
  >;
  const bytes = written(files);
  for (let length = 0; length < bytes.length - 1024; length += 13) {
    const index = indexOf(bytes.subarray(0, length));
    assert.match(index.fault!.message, /^offset \d+: the archive is cut short$/);
    const expected = files.filter(([path]) => index.files.has(path)).map(([path]) => path);
    assert.deepEqual([...index.files.keys()], expected);
  }
});

Deno.test("damaged headers are refused in one line", () => {
  const bytes = written([["a".repeat(120), pattern(700, 1)], ["b", pattern(40, 2)]]);
  for (let at = 0; at < bytes.length - 1024; at++) {
    const damaged = bytes.slice();
    damaged[at]! ^= 4;
    const { fault, files } = indexOf(damaged);
    if (fault !== undefined) assert.match(fault.message, /^offset \d+: [^\n]+$/);
    for (const { size } of files.values()) assert.ok(size <= bytes.length);
    // The last header, of `b`: every byte counts into its sum, but what ends the sum itself.
    const inLast = at - (bytes.length - 1024 - 512 - 512);
    if (inLast >= 0 && inLast < 512 && (inLast < 154 || inLast > 155)) {
      assert.notEqual(fault, undefined, `byte ${inLast}`);
    }
  }
});

Deno.test("contradictory maps and extended headers are refused", () => {
  /** A file whose extended header has these records, and these contents. */
  const archive = (records: Record<string, string>, contents: Uint8Array) => {
    const text = Object.entries(records).map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const length = rest.length + (rest.length < 98 ? 2 : 3);
      return `${length}${rest}`;
    }).join("");
    const extension = new TextEncoder().encode(text);
    const header = (type: string, size: number) => {
      const block = tarHeader({ path: "p", size, mode: 0, modified: 0 });
      // The type counts into the sum.
      const sum = block[156]! - type.charCodeAt(0);
      block[156] = type.charCodeAt(0);
      const digits = new TextDecoder().decode(block.subarray(148, 154));
      block.set(
        new TextEncoder().encode((parseInt(digits, 8) - sum).toString(8).padStart(6, "0")),
        148,
      );
      return block;
    };
    return Buffer.concat([
      header("x", extension.length),
      extension,
      tarPadding(extension.length),
      header("0", contents.length),
      contents,
      tarPadding(contents.length),
      TAR_END,
    ]);
  };
  const sparse = { "GNU.sparse.major": "1", "GNU.sparse.realsize": "100000" };
  const map = (text: string, data = 0) => {
    const block = new Uint8Array(512 + data);
    block.set(new TextEncoder().encode(text));
    return block;
  };
  const good = indexOf(archive(sparse, map("1\n50000\n512\n", 512)));
  assert.equal(good.fault, undefined);
  assert.equal(good.files.get("p")?.size, 100_000);
  const cases: Array<[Record<string, string>, Uint8Array, RegExp]> = [
    [sparse, map("1\n50000\n1000\n", 512), /does not fit its size/],
    [sparse, map("1\n99999\n512\n", 512), /does not fit its size/],
    [sparse, map("2\n600\n256\n100\n256\n", 512), /out of order/],
    [sparse, map("99999999\n"), /99999999 segments/],
    [sparse, map("100\n1\n"), /map is cut short|map is damaged/],
    [sparse, new Uint8Array(2000).fill(0x31), /map is damaged/],
    [sparse, map("x\n"), /has x as a number/],
    [sparse, new Uint8Array(), /map is cut short/],
    [{ "GNU.sparse.map": "0,5,3", "GNU.sparse.size": "9" }, map(""), /does not fit/],
    [{ size: "99999999999999999999" }, map(""), /as a number/],
  ];
  for (const [records, contents, message] of cases) {
    assert.match(indexOf(archive(records, contents)).fault?.message ?? "no fault", message);
  }
});
