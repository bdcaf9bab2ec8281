/** Differences between two images. */

import assert from "node:assert/strict";
import { decodeMessage } from "../../../images/codec/objects.ts";
import { messageTable } from "../../../images/codec/table.ts";
import { FileBytes, firstDifference } from "../../../images/diff/bytes.ts";
import { MOST_HELD } from "../../../images/diff/entries.ts";
import { imageChanges, rawChanges } from "../../../images/diff/images.ts";
import { pairsOf } from "../../../images/diff/pairs.ts";
import { prettyMessage } from "../../../images/diff/pretty.ts";
import type { ImageFile } from "../../../images/dump/source.ts";
import { headLength, readHead } from "../../../images/image/head.ts";
import { decodeObjects, type ImageLike } from "../../../images/image/objects.ts";
import { encodeImage, imageToJson } from "../../../mod.ts";
import { dumpsIn } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

/** An image in memory. */
function fileOf(bytes: Uint8Array, name = "x.img"): ImageFile {
  return {
    name,
    size: bytes.length,
    read(offset, into) {
      const there = bytes.subarray(offset, offset + into.length);
      into.set(there);
      return there.length;
    },
    [Symbol.dispose]() {},
  };
}

function changesOf(a: ImageLike, b: ImageLike) {
  return [...imageChanges(fileOf(encodeImage(a)), fileOf(encodeImage(b)), (_side, fault) => {
    throw fault;
  })];
}

const bytes = (...values: number[]) => Uint8Array.from(values);

Deno.test("values are printed as crit show prints them", () => {
  let count = 0;
  for (const name of dumpsIn(`${ROOT}fixtures/dumps`)) {
    for (const { name: file } of Deno.readDirSync(`${ROOT}fixtures/dumps/${name}`)) {
      if (!/^(core|files|mm|inetsk|unixsk|mountpoints|fdinfo|pipes|netns|vmas)\b/.test(file)) {
        continue;
      }
      const image = Deno.readFileSync(`${ROOT}fixtures/dumps/${name}/${file}`);
      // Numbers lose digits alike in both.
      const expected = JSON.parse(imageToJson(image, { pretty: true }));
      const plain = (_key: string, value: unknown) =>
        typeof value === "bigint"
          ? Number(value)
          : value instanceof Uint8Array
          ? value.toBase64().replace(/.{1,76}/g, "$&\n")
          : value;
      const changes = [
        ...imageChanges(
          fileOf(image, file),
          fileOf(image.subarray(0, headLength(readHead(image.subarray(0, 8))!)), file),
          (_s, f) => {
            throw f;
          },
        ),
      ];
      const found = JSON.parse(JSON.stringify(changes.map(({ a }) => a), plain));
      assert.deepEqual(found, expected.entries, `${name}/${file}`);
      count++;
    }
  }
  assert(count > 15, `${count} images`);
});

Deno.test("entries with an identity are compared at any place, others by their index", () => {
  const rlimits = (...values: bigint[]): ImageLike => ({
    type: "RLIMIT",
    entries: values.map((cur) => ({ cur, max: 9n })),
  });
  assert.deepEqual(changesOf(rlimits(1n, 2n, 3n), rlimits(1n, 5n)), [
    { path: "[1].cur", a: 2n, b: 5n },
    { path: "[2]", a: { cur: 3n, max: 9n }, b: undefined },
  ]);
  const ids = (...pids: number[]): ImageLike => ({
    type: "PSTREE",
    entries: pids.map((pid) => ({ pid, ppid: 0, pgid: pid % 10, sid: 1, threads: [pid] })),
  });
  assert.deepEqual(changesOf(ids(1, 2, 3, 4), ids(4, 3, 1)).map(({ path }) => path), ["[pid=2]"]);
  assert.deepEqual(changesOf(ids(1, 2), ids(9, 1, 2)).map(({ path }) => path), ["[pid=9]"]);
});

Deno.test("a list that one side lacks is reported by item, an IP address as a whole", () => {
  const tasks = (threads: number[]): ImageLike => ({
    type: "PSTREE",
    entries: [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads }],
  });
  assert.deepEqual(changesOf(tasks([1, 5]), tasks([])), [
    { path: "[pid=1].threads[0]", a: 1, b: undefined },
    { path: "[pid=1].threads[1]", a: 5, b: undefined },
  ]);
  const path = `${ROOT}fixtures/dumps/legacy-v1.0/inetsk.img`;
  const [before, after] = [
    decodeObjects(Deno.readFileSync(path)),
    decodeObjects(Deno.readFileSync(path)),
  ];
  after.entries[0]!.src_addr = [0x0100a8c0];
  const [change, ...rest] = changesOf(before, after);
  assert.deepEqual(rest, []);
  assert.match(change!.path, /^\[id=\d+\]\.src_addr$/);
  assert.deepEqual([change!.a, change!.b], [["127.0.0.1"], ["192.168.0.1"]]);
});

Deno.test("heads of page maps are compared", () => {
  const map = (pages_id: number, ...starts: bigint[]): ImageLike => ({
    type: "PAGEMAP",
    entries: [
      { pages_id },
      ...starts.map((vaddr) => ({ vaddr, compat_nr_pages: 1, flags: 4 })),
    ],
  });
  const changes = changesOf(map(1, 0x1000n, 0x3000n), map(2, 0x3000n, 0x5000n));
  assert.deepEqual(changes.map(({ path, b }) => [path, typeof b]), [
    ["[0].pages_id", "number"],
    ["[vaddr=0x1000]", "undefined"],
    ["[vaddr=0x5000]", "object"],
  ]);
});

Deno.test("extras of each kind are compared", () => {
  const pipe = (...extra: number[]): ImageLike => ({
    type: "PIPES_DATA",
    entries: [{ pipe_id: 7, bytes: extra.length, extra: bytes(...extra) }],
  });
  assert.deepEqual(changesOf(pipe(1, 2, 3), pipe(1, 9, 3)), [
    { path: "[pipe_id=7].extra", a: bytes(1, 2, 3), b: bytes(1, 9, 3), offset: 1 },
  ]);
  assert.deepEqual(changesOf(pipe(1), pipe(1, 2)).map(({ path, offset }) => [path, offset]), [
    ["[pipe_id=7].bytes", undefined],
    ["[pipe_id=7].extra", 1],
  ]);
  const desc = { key: 1, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0, id: 5 };
  const sem = (...extra: number[]): ImageLike => ({
    type: "IPCNS_SEM",
    entries: [{ desc, nsems: extra.length, extra }],
  });
  assert.deepEqual(changesOf(sem(1, 2, 3), sem(1, 7, 3)), [
    { path: "[desc.id=5].extra[1]", a: 2, b: 7 },
  ]);
  const msg = (mtype: bigint, text: number): ImageLike => ({
    type: "IPCNS_MSG",
    entries: [
      { desc, qbytes: 9, qnum: 1, extra: [{ mtype, msize: 1 }, bytes(text)] },
    ],
  });
  assert.deepEqual(changesOf(msg(1n, 1), msg(2n, 3)), [
    { path: "[desc.id=5].extra[0].mtype", a: 1n, b: 2n },
    { path: "[desc.id=5].extra[1]", a: bytes(1), b: bytes(3), offset: 0 },
  ]);
  const tcp = (inq: number, outq: number): ImageLike => ({
    type: "TCP_STREAM",
    entries: [{
      inq_len: 1,
      inq_seq: 0,
      outq_len: 1,
      outq_seq: 0,
      opt_mask: 0,
      snd_wscale: 0,
      mss_clamp: 0,
      extra: { inq: bytes(inq), outq: bytes(outq) },
    }],
  });
  assert.deepEqual(changesOf(tcp(1, 2), tcp(1, 3)).map(({ path }) => path), ["[0].extra.outq"]);
});

Deno.test("a long extra is compared in its file, after padding and other extras too", () => {
  const size = MOST_HELD + 5;
  const shm = (id: number, at: number) => {
    const extra = new Uint8Array(size);
    extra[at] = 1;
    const desc = { key: 1, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0, id };
    return { desc, size: BigInt(size), extra };
  };
  const image = (...entries: object[]): ImageLike => ({ type: "IPCNS_SHM", entries });
  const before = image(shm(1, 0), shm(2, size - 2));
  assert.deepEqual(changesOf(before, image(shm(2, size - 2), shm(1, 0))), []);
  const [change, ...rest] = changesOf(before, image(shm(2, size - 1), shm(1, 0)));
  assert.equal(rest.length, 0);
  assert.equal(change!.path, "[desc.id=2].extra");
  assert.equal(change!.offset, size - 2);
  assert(change!.a instanceof FileBytes && change!.a.length === size);
});

Deno.test("bytes fields are reported with the offset of the first difference", () => {
  const socket = (name: Uint8Array): ImageLike => ({
    type: "TTY_DATA",
    entries: [{ tty_id: 3, data: name }],
  });
  assert.deepEqual(changesOf(socket(bytes(1, 2)), socket(bytes(1, 2, 3))), [
    { path: "[tty_id=3].data", a: bytes(1, 2), b: bytes(1, 2, 3), offset: 2 },
  ]);
});

Deno.test("fields that the schema does not know are compared", () => {
  const image = (value: number): ImageLike => ({
    type: "PSTREE",
    entries: [{ pid: 1, ppid: 0, pgid: 1, sid: 1, "?": bytes(0xf8, 0x3f, value) }],
  });
  assert.deepEqual(changesOf(image(1), image(2)).map(({ path }) => path), ["[pid=1].?"]);
});

Deno.test("raw images differ in size or at an offset", () => {
  const raw = (...values: number[]) => fileOf(bytes(...values), "route-9.img");
  assert.deepEqual([...rawChanges(raw(1, 2), raw(1, 2))], []);
  assert.deepEqual([...rawChanges(raw(1, 2), raw(1, 3))].map(({ offset }) => offset), [1]);
  assert.deepEqual([...rawChanges(raw(1), raw(1, 3))].map(({ offset }) => offset), [1]);
});

Deno.test("the first difference of bytes is found, in memory and in files", () => {
  for (const size of [1, 3, 64, 200, 4099]) {
    const a = Uint8Array.from({ length: size }, (_, i) => i);
    assert.equal(firstDifference(a, a.slice()), undefined);
    for (const at of [0, 1, size >> 1, size - 1]) {
      if (at >= size) continue;
      const b = a.slice();
      b[at]! ^= 0x40;
      const inFile = new FileBytes(fileOf(b), 0, size);
      assert.equal(firstDifference(a, b), at);
      assert.equal(firstDifference(a, inFile), at);
      assert.equal(firstDifference(inFile, a.subarray(0, at)), at);
    }
  }
});

Deno.test("lists with the same key several times are paired in their order", () => {
  const list = (keys: string) => ({ length: keys.length, key: (i: number) => keys[i]! });
  assert.deepEqual([...pairsOf(list("aab"), list("baaa"))], [
    [0, 1],
    [1, 2],
    [2, 0],
    [undefined, 3],
  ]);
});

Deno.test("a payload's pretty form needs no image", () => {
  const message = decodeMessage("fdinfo_entry", bytes(8, 1, 16, 0, 24, 1, 32, 3));
  assert.deepEqual(prettyMessage(messageTable("fdinfo_entry", "pretty"), message), {
    id: 1,
    flags: 0,
    type: "REG",
    fd: 3,
  });
});
