/** Edits of what follows a payload, and of payloads that something follows. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { Edits } from "../../../images/edit/edits.ts";
import { restoreOriginalBytes } from "../../../images/edit/noncanonical.ts";
import { transformImage } from "../../../images/edit/transform.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { encodeImage, type Entry, imageToJson, jsonToImage } from "../../../mod.ts";
import { ROOT } from "../../programs.ts";
import { edited, piecesOf, refused } from "./editing.ts";

const read = (name: string) => Deno.readFileSync(`${ROOT}fixtures/images/${name}`);
const text = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array);
const entriesOf = (name: string, image: Uint8Array): Entry[] =>
  decodeObjects(image, { name }).entries;

/** An image from entries as JSON has them. */
const made = (magic: string, ...entries: unknown[]) =>
  jsonToImage(JSON.stringify({ magic, entries }));

const HELLO = "aGVsbG8=";

Deno.test("new bytes and their length are set, and other entries stay unchanged", async () => {
  const image = read("pipes-data.img");
  const edits = ["[0].extra=" + HELLO, "[0].bytes=5"];
  for (const order of [edits, edits.toReversed()]) {
    const after = await edited("pipes-data.img", image, ...order);
    assert.equal(text(entriesOf("pipes-data.img", after)[0]!.extra), "hello");
    const [before, pieces] = [image, after].map((one) => piecesOf("pipes-data.img", one));
    assert.deepEqual(pieces!.slice(2), before!.slice(2));
  }
  assert.match(
    imageToJson(await edited("pipes-data.img", image, "-[0].extra", "[0].bytes=0")),
    /"bytes": 0, "size": \d+, "extra": ""/,
  );
  const emptied = await edited("pipes-data.img", image, "-[0]");
  assert.equal(
    entriesOf("pipes-data.img", emptied).length,
    entriesOf("pipes-data.img", image).length - 1,
  );
  const same = imageToJson(image).match(/"extra": "([^"]+)"/)![1]!;
  assert.deepEqual(await edited("pipes-data.img", image, `[0].extra="${same}"`), image);
});

Deno.test("a length that contradicts its extra is refused, whether the length or the extra was edited", async () => {
  const image = read("pipes-data.img");
  const where =
    /^pipes-data\.img: entry 0 at offset 8: extra: it has \d+ bytes, the entry says \d+ \(set bytes too\)$/;
  await refused("pipes-data.img", image, `[0].extra=${HELLO}`, where);
  await refused("pipes-data.img", image, "[0].bytes=5", where);
  await refused("pipes-data.img", image, "[0].extra=!", /extra: not base64$/);
  await refused("pipes-data.img", image, "[0].extra.inq=aa", /extra: it is bytes, without parts$/);
  await refused("pipes-data.img", image, "[0].extra[0]=aa", /extra: it is bytes, without parts$/);
  const whole = '[0]={"pipe_id": 1, "bytes": 5, "size": 4096, "extra": "aGVs"}';
  await refused("pipes-data.img", image, whole, /extra: it has 3 bytes, the entry says 5/);
});

Deno.test("a whole entry is set with its extra", async () => {
  const image = read("pipes-data.img");
  const entry = `{"extra": "${HELLO}", "size": 4096, "bytes": 5, "pipe_id": 7}`;
  const after = await edited("pipes-data.img", image, `[0]=${entry}`, `[+]=${entry}`);
  const entries = entriesOf("pipes-data.img", after);
  assert.deepEqual([entries[0], entries.at(-1)].map((one) => text(one!.extra)), ["hello", "hello"]);
  const then = await edited("pipes-data.img", image, `[0]=${entry}`, `[0].extra=d29ybGQ=`);
  assert.equal(text(entriesOf("pipes-data.img", then)[0]!.extra), "world");
});

Deno.test("named parts of an extra are edited", async () => {
  const one = {
    inq_len: 3,
    inq_seq: 1,
    outq_len: 2,
    outq_seq: 2,
    opt_mask: 0,
    snd_wscale: 0,
    mss_clamp: 0,
  };
  const image = made("TCP_STREAM", { ...one, extra: { inq: "YWJj", outq: "eHk=" } });
  const name = "tcp-stream-1.img";
  const extraAfter = async (...edits: string[]) => {
    const { inq, outq } = entriesOf(name, await edited(name, image, ...edits))[0]!.extra as Entry;
    return [text(inq), text(outq)];
  };
  assert.deepEqual(await extraAfter("[0].extra.outq=YWI="), ["abc", "ab"]);
  assert.deepEqual(await extraAfter(`[0].extra.inq=${HELLO}`, "[0].inq_len=5"), ["hello", "xy"]);
  assert.deepEqual(await extraAfter("-[0].extra.inq", "[0].inq_len=0"), ["", "xy"]);
  assert.deepEqual(await extraAfter('[0].extra={"inq": "QUJD", "outq": "WFk="}'), ["ABC", "XY"]);
  await refused(
    name,
    image,
    "[0].extra.inq=YQ==",
    /extra: it has 1 bytes, the entry says 3 \(set inq_len or outq_len too\)$/,
  );
  await refused(
    name,
    image,
    "[0].extra.in=YQ==",
    /the extra has no part in \(it has inq and outq\)$/,
  );
  await refused(name, image, '[0].extra={"in": "YQ=="}', /extra\.in: there is no such part$/);
  await refused(
    name,
    image,
    "[0].extra.inq.x=YQ==",
    /it has the parts inq and outq, which are bytes/,
  );
});

Deno.test("numbers of an extra are edited", async () => {
  const name = "ipcns-sem-9.img";
  const image = read(name);
  const { extra: before, nsems } = entriesOf(name, image)[0]! as { extra: number[]; nsems: number };
  const after = async (...edits: string[]) =>
    entriesOf(name, await edited(name, image, ...edits))[0]!.extra;
  assert.deepEqual(await after("[0].extra[0]=0x7"), [7, ...before.slice(1)]);
  assert.deepEqual(await after("[0].extra[*]=1"), before.map(() => 1));
  assert.deepEqual(await after("[0].extra=[5]", "[0].nsems=1"), [5]);
  assert.deepEqual(await after("[0].extra[+]=9", `[0].nsems=${nsems + 1}`), [...before, 9]);
  assert.deepEqual(await after("-[0].extra[0]", `[0].nsems=${nsems - 1}`), before.slice(1));
  await refused(name, image, "[0].extra[0]=65536", /extra: 65536 is not in 0\.\.65535$/);
  await refused(name, image, "[0].extra[0]=x", /extra: x is not a number$/);
  await refused(name, image, "[0].extra[99]=1", /there is no \[99\]: it has \d+ numbers?$/);
  await refused(name, image, "-[0].extra[0]", /\(set nsems too\)$/);
});

const MESSAGE = { mtype: 1, msize: 3 };
const QUEUE = {
  desc: { key: 1, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0, id: 0 },
  qbytes: 99,
  qnum: 2,
};
const QUEUES = made(
  "IPCNS_MSG",
  { ...QUEUE, extra: [MESSAGE, "YWJj", { ...MESSAGE, mtype: 2 }, "ZGVm"] },
  { ...QUEUE, qnum: 0, extra: [] },
);

Deno.test("a list of messages with bytes is edited", async () => {
  const name = "ipcns-msg-9.img";
  const after = async (...edits: string[]) => {
    const extra = entriesOf(name, await edited(name, QUEUES, ...edits))[0]!.extra as Array<
      Entry | Uint8Array
    >;
    return extra.map((item) => item instanceof Uint8Array ? text(item) : `${item.mtype}`);
  };
  assert.deepEqual(await after("[0].extra[0].mtype=0x9"), ["9", "abc", "2", "def"]);
  assert.deepEqual(await after("[0].extra[mtype=2].mtype=5"), ["1", "abc", "5", "def"]);
  assert.deepEqual(await after("[0].extra[3]=eHl6"), ["1", "abc", "2", "xyz"]);
  assert.deepEqual(await after("-[0].extra[0]", "[0].qnum=1"), ["2", "def"]);
  assert.deepEqual(await after('[0].extra=[{"mtype": 4, "msize": 1}, "YQ=="]', "[0].qnum=1"), [
    "4",
    "a",
  ]);
  await refused(name, QUEUES, "[0].qnum=1", /extra: it has .*the entry says/);
  await refused(name, QUEUES, "[0].qnum=3", /extra: it has .*the entry says/);
  await refused(name, QUEUES, "[0].extra[0].msize=4", /extra: it has 3 bytes, the entry says 4/);
  await refused(
    name,
    QUEUES,
    "-[0].extra[0]",
    /extra: it has 2 items, not what the entry says \(set qnum too\)$/,
  );
  await refused(
    name,
    QUEUES,
    "[0].extra[0].mtyp=4",
    /ipc_msg has no field mtyp \(did you mean mtype\?\)$/,
  );
  await refused(
    name,
    QUEUES,
    "[0].extra[1].mtype=4",
    /extra: the bytes of an item have no fields$/,
  );
});

Deno.test("non-zero padding stays unchanged, also after a filter or function", async () => {
  const name = "ipcns-msg-9.img";
  const at = QUEUES.indexOf(0x64, QUEUES.indexOf(0x63));
  const image = QUEUES.slice();
  for (const byte of [0x61, 0x64]) {
    const start = image.findIndex((one, i) => one === byte && image[i + 1] === byte + 1);
    image.fill(0xee, start + 3, start + 8);
  }
  assert.ok(at > 0 && image.filter((byte) => byte === 0xee).length === 10);
  const count = (bytes: Uint8Array) => bytes.filter((byte) => byte === 0xee).length;
  assert.equal(count(await edited(name, image, "[1].qbytes=5")), 10);
  assert.equal(count(await edited(name, image, "[0].qbytes=5")), 10);
  assert.equal(count(await edited(name, image, "[0].extra[0].mtype=5")), 10);
  const json = imageToJson(image, { name });
  assert.equal(count(jsonToImage(json)), 0);
  assert.deepEqual(restoreOriginalBytes(jsonToImage(json), image, { name }), image);
  const other = await transformImage(
    ({ entries }) => void (entries[1]!.qbytes = 7),
    "f",
    name,
    image,
  );
  assert.equal(count(other), 10);
  assert.equal(entriesOf(name, other)[1]!.qbytes, 7);
});

Deno.test("a function can change an image, return another, return a promise, or do nothing", async () => {
  const image = read("pstree.img");
  const name = "pstree.img";
  const sidAfter = async (transform: Parameters<typeof transformImage>[0]) =>
    entriesOf(name, await transformImage(transform, "f.js", name, image))[0]!.sid;
  assert.equal(await sidAfter(({ entries }) => void (entries[0]!.sid = 1)), 1);
  assert.equal(
    await sidAfter(({ type }) => ({ type, entries: [{ pid: 1, ppid: 0, pgid: 0, sid: 9 }] })),
    9,
  );
  assert.equal(await sidAfter((one, given) => Promise.resolve(given === name ? one : null)), 2496);
  for (const nothing of [null, undefined]) assert.equal(await sidAfter(() => nothing), 2496);
  const wrong: Array<[transform: (image: Entry) => unknown, message: RegExp]> = [
    [() => {
      throw new TypeError("no\nway");
    }, /^pstree\.img: f\.js failed: TypeError: no\nway$/],
    [() => Promise.reject("x"), /^pstree\.img: f\.js failed: x$/],
    [() => 5, /^pstree\.img: f\.js gave no image/],
    [() => ({ type: "PSTREE" }), /f\.js gave no image/],
    [() => ({ type: "PSTREE", entries: [null] }), /f\.js gave no image/],
    [() => ({ type: "CORE", entries: [] }), /^pstree\.img: f\.js made a CORE image of it$/],
    [
      () => ({ type: "PSTREE", entries: [{ pid: 1 }] }),
      /^pstree\.img as f\.js gave it: entry 0: ppid: required/,
    ],
  ];
  for (const [transform, message] of wrong) {
    await assert.rejects(transformImage(transform as never, "f.js", name, image), {
      kind: "data",
      message,
    });
  }
});

Deno.test("irregular entries that a function does not change keep their bytes", async () => {
  const plain = made("PSTREE", { pid: 1, ppid: 2, pgid: 3, sid: 4 }, {
    pid: 5,
    ppid: 2,
    pgid: 3,
    sid: 4,
  });
  const swapped = (pid: number) => Uint8Array.of(8, 0, 0, 0, 0x10, 2, 0x08, pid, 0x18, 3, 0x20, 4);
  const odd = joinBytes([plain.subarray(0, 8), swapped(1), swapped(5)]);
  const after = await transformImage(
    ({ entries }) => void (entries[0]!.sid = 9),
    "f",
    "pstree.img",
    odd,
  );
  const [, first, second] = piecesOf("pstree.img", after);
  assert.deepEqual(second, swapped(5));
  assert.deepEqual(entriesOf("pstree.img", after)[0]!.sid, 9);
  assert.notDeepEqual(first, swapped(1));
  assert.deepEqual(await transformImage(() => null, "f", "pstree.img", odd), odd);
});

Deno.test("edits keep the image version", async () => {
  const image = encodeImage(decodeObjects(read("pstree.img")), "1.0");
  const name = "pstree.img";
  const stage = {
    text: "f",
    files: undefined,
    edit: (_: string, bytes: Uint8Array) =>
      transformImage(({ entries }) => void (entries[0]!.pgid = 1), "f", name, bytes),
  };
  const edits = new Edits([], [stage], "image");
  for (
    const after of [await edited(name, image, "[0].sid=1"), await edits.session(name).edit(image)]
  ) {
    assert.equal(decodeObjects(after).version, "1.0");
    assert.notDeepEqual(after, image);
  }
});

Deno.test("edits do not read the contents of a ghost file", async () => {
  const image = read("ghost-file-1.img");
  const name = "ghost-file-1.img";
  const after = await edited(name, image, "[0].uid=77");
  const [before, now] = [image, after].map((one) => entriesOf(name, one)[0]!);
  assert.equal(now!.uid, 77);
  assert.deepEqual(now!.extra, before!.extra);
  if (before!.chunks !== true) {
    await refused(name, image, "[0].chunks=true", /extra: it has .*chunks says/);
  }
});
