/** Odd but valid wire data: read as protobufjs reads it, and written back as CRIU would write it. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { decodeMessage, type Message } from "../../../images/codec/objects.ts";
import { headOf } from "../../../images/image/head.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { normalizePayload } from "../../../images/protobuf/normalize.ts";
import { Kind, messageNames, messageSchema, wireType } from "../../../images/protobuf/schema.ts";
import { varintSize, Wire, WireReader, WireWriter } from "../../../images/protobuf/wire.ts";
import { imageToJson, jsonToImage, typeByName } from "../../../mod.ts";
import fc from "../../fast_check.ts";
import {
  anyMessage,
  comparable,
  payloadOf,
  readByProtobufjs,
  root,
} from "../../random_messages.ts";

/** One field's bytes, its tag included. */
interface RawField {
  number: number;
  wire: number;
  bytes: Uint8Array;
}

function fieldsOf(payload: Uint8Array): RawField[] {
  const reader = new WireReader(payload, 0, payload.length);
  const fields: RawField[] = [];
  while (!reader.done) {
    const start = reader.pos;
    const tag = reader.tag();
    reader.skip(tag);
    fields.push({ number: tag >>> 3, wire: tag & 7, bytes: payload.slice(start, reader.pos) });
  }
  return fields;
}

/** Fields in a random order, in which those of the same number keep theirs. */
function shuffled(fields: RawField[], keys: readonly number[]): Uint8Array {
  const rank = new Map<number, number>();
  for (const { number } of fields) {
    if (!rank.has(number)) rank.set(number, keys[rank.size % keys.length]!);
  }
  const sorted = fields.toSorted((a, b) => rank.get(a.number)! - rank.get(b.number)!);
  return joinBytes([new Uint8Array(), ...sorted.map(({ bytes }) => bytes)]);
}

/** Repeated numbers packed, as a writer with `[packed = true]` would have them. */
function packed(name: string, fields: RawField[]): Uint8Array {
  const { byNumber } = messageSchema(name);
  const out = new WireWriter();
  const done = new Set<number>();
  for (const { number, wire, bytes } of fields) {
    const field = byNumber.get(number)!;
    if (field.label !== "repeated" || wire === Wire.Bytes) {
      out.raw(bytes);
      continue;
    }
    if (done.has(number)) continue;
    done.add(number);
    out.varint((number << 3 | Wire.Bytes) >>> 0);
    const start = out.open();
    for (const other of fields) {
      if (other.number === number) out.raw(other.bytes.subarray(varintSize(number << 3)));
    }
    out.close(start);
  }
  return out.view().slice();
}

/** Reads the payload three ways: our objects, protobufjs's, our canonical bytes read by protobufjs. */
function checkOdd(name: string, odd: Uint8Array): void {
  const read = readByProtobufjs(name, odd);
  const ours = comparable(decodeMessage(name, odd));
  assert.deepEqual(ours, read, name);
  assert.deepEqual(readByProtobufjs(name, normalizePayload(name, odd, 0, odd.length)), read, name);
}

/** The messages of `proto/`, without those that other tests have added. */
const names = messageNames().filter((name) => root.lookup(name) !== null);

const anyKeys = fc.array(fc.integer(), { minLength: 1, maxLength: 8 });

Deno.test("fields in any order, packed or not, read as protobufjs reads them", () => {
  assert(names.length > 150);
  for (const name of names) {
    fc.assert(
      fc.property(anyMessage(name), anyKeys, (message, keys) => {
        const payload = payloadOf(name, message);
        assert.deepEqual(normalizePayload(name, payload, 0, payload.length), payload);
        const fields = fieldsOf(payload);
        for (const odd of [shuffled(fields, keys), packed(name, fields)]) {
          checkOdd(name, odd);
          assert.deepEqual(normalizePayload(name, odd, 0, odd.length), payload, name);
        }
      }),
      { seed: 3, numRuns: 6 },
    );
  }
});

Deno.test("the last of two values counts, messages are merged and lists are joined", () => {
  for (const name of names) {
    fc.assert(
      fc.property(anyMessage(name), anyMessage(name), (first, second) => {
        checkOdd(name, joinBytes([payloadOf(name, first), payloadOf(name, second)]));
      }),
      { seed: 4, numRuns: 5 },
    );
  }
});

/** A payload of an FS image's one message: cwd_id = 1, root_id = 2 (both required), umask = 3. */
const CWD = [0x08, 1];
const ROOT = [0x10, 2];

function imageOf(name: string, payload: readonly number[]): Uint8Array {
  const magics = headOf(typeByName(name)!, "1.1").words;
  const words = new Uint8Array(new Uint32Array([...magics, payload.length]).buffer);
  return joinBytes([words, Uint8Array.from(payload)]);
}

function fsEntry(payload: readonly number[]): Message {
  return decodeObjects(imageOf("FS", payload)).entries[0]!;
}

Deno.test("required fields may be spread over pieces of a message", () => {
  // reg_file_entry: id, flags, pos and fown are required, and name.
  const fown = [0x2a, 10, 8, 0, 16, 0, 24, 0, 32, 0, 40, 0];
  const pieces = [[8, 1, 0x10, 2, 0x18, 3], [...fown, 0x32, 2, 0x2f, 0x61]];
  const payload = [8, 1, 16, 1, ...pieces.flatMap((piece) => [0x1a, piece.length, ...piece])];
  const reg = decodeObjects(imageOf("FILES", payload)).entries[0]!.reg as Message;
  assert.deepEqual([reg.id, reg.name], [1, "/a"]);
  const missing = imageOf("FILES", [8, 1, 16, 1, 0x1a, 2, 8, 1]);
  assert.throws(() => decodeObjects(missing), {
    message: /entry 0 at offset 8: reg\.flags: required field is missing$/,
  });
});

Deno.test("unknown fields survive, in ascending order", () => {
  // Numbers 20 (a group with a group inside), 21 (8 bytes), 22 (text), 23 (4 bytes), 24 (varint).
  const group = [0xa3, 1, 0x0b, 0x08, 5, 0x0c, 0xa4, 1];
  const wide = [0xa9, 1, 1, 2, 3, 4, 5, 6, 7, 8];
  const text = [0xb2, 1, 2, 0x68, 0x69];
  const narrow = [0xbd, 1, 1, 2, 3, 4];
  const number = [0xc0, 1, 0xff, 1];
  const unknown = [...group, ...wide, ...text, ...narrow, ...number];
  const regular = [...CWD, ...ROOT, ...unknown];
  const orders = [
    regular,
    [...unknown, ...CWD, ...ROOT],
    [...number, ...ROOT, ...narrow, ...text, ...CWD, ...wide, ...group],
  ];
  for (const payload of orders) {
    let warnings = 0;
    const json = imageToJson(imageOf("FS", payload), { onUnknown: () => warnings++ });
    assert.equal(warnings, 1);
    assert.match(json, /"cwd_id": 1, "root_id": 2, "\?": "[A-Za-z0-9+/=\\n]+"\}\]/);
    assert.deepEqual(jsonToImage(json), imageOf("FS", regular));
  }
  assert.deepEqual(fsEntry(regular)["?"], Uint8Array.from(unknown));
});

Deno.test("a known field with another wire type is an unknown field", () => {
  const odd = [...CWD, ...ROOT, 0x1d, 1, 0, 0, 0];
  assert.deepEqual(fsEntry(odd), { cwd_id: 1, root_id: 2, "?": Uint8Array.of(0x1d, 1, 0, 0, 0) });
  assert.deepEqual(jsonToImage(imageToJson(imageOf("FS", odd))), imageOf("FS", odd));
});

Deno.test("unknown fields stay in their message, sorted by number among known ones", () => {
  // PSTREE: pid 1, ppid 2, pgid 3, sid 4, threads 5; unknown: 6.
  const payload = [0x08, 1, 0x10, 0, 0x18, 1, 0x20, 1, 0x28, 1, 0x30, 9];
  const image = imageOf("PSTREE", payload);
  assert.match(imageToJson(image), /"threads": \[1\], "\?": "MAk=\\n"\}/);
  assert.deepEqual(jsonToImage(imageToJson(image, { pretty: true })), image);
});

Deno.test("an enum value without a name stays a number", () => {
  // FDINFO: id 1, flags 2, type 3 (fd_types), fd 4.
  for (const number of [[77], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]) {
    const image = imageOf("FDINFO", [0x08, 1, 0x10, 0, 0x18, ...number, 0x20, 0]);
    const json = imageToJson(image);
    assert.match(json, number.length === 1 ? /"type": 77,/ : /"type": -1,/);
    assert.deepEqual(jsonToImage(json), image);
  }
});

Deno.test("overlong varints are read, and written in their shortest form", () => {
  const long = imageOf("FS", [0x88, 0x80, 0, 0x81, 0x80, 0x80, 0, ...ROOT]);
  assert.deepEqual(jsonToImage(imageToJson(long)), imageOf("FS", [...CWD, ...ROOT]));
  // 32-bit fields take the low bits of a longer number, as in protobuf's own libraries.
  assert.equal(fsEntry([0x08, 0x81, 0x80, 0x80, 0x80, 0x10, ...ROOT]).cwd_id, 1);
  assert.match(
    imageToJson(imageOf("FS", [0x08, 0x81, 0x80, 0x80, 0x80, 0x10, ...ROOT])),
    /cwd_id": 1,/,
  );
});

/** Payloads of an FS image that are no message, and what is wrong with them. */
const BROKEN: Array<[payload: number[], message: RegExp]> = [
  [[0x08], /a number is cut short, at byte 1/],
  [[0x08, 0x80], /a number is cut short, at byte 1/],
  [[0x08, ...Array(10).fill(0xff), 1], /a number is longer than 10 bytes, at byte 1/],
  [[0x00, 1], /there is no field 0, at byte 0/],
  [[0x80, 0x80, 0x80, 0x80, 0x80, 1, 1], /there is no field of that number, at byte 0/],
  [[0x0e], /wire type 6/],
  [[...CWD, ...ROOT, 0x0f], /wire type 7/],
  [[...CWD, ...ROOT, 0xa3, 1], /group 20 does not end/],
  [[...CWD, ...ROOT, 0xa3, 1, 0xac, 1], /group 20 ends as 21/],
  [[...CWD, ...ROOT, 0xa4, 1], /wire type 4/],
  [[...CWD, ...ROOT, ...Array(200).fill([0xa3, 1]).flat()], /groups nest deeper than 100/],
  [[...CWD, ...ROOT, 0xb2, 1, 5, 1], /a field is 5 bytes, 1 remain/],
  [
    [...CWD, ...ROOT, 0xb2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    /a field is \d+ bytes, 0 remain/,
  ],
  [[...CWD, ...ROOT, 0xbd, 1, 1], /a number is cut short/],
  [[...CWD], /root_id: required field is missing/],
  [[], /cwd_id: required field is missing/],
];

Deno.test("both codecs refuse invalid payloads, with the offset", () => {
  for (const [payload, message] of BROKEN) {
    const image = imageOf("FS", payload);
    const place = /^entry 0 at offset 8: /;
    for (const read of [imageToJson, decodeObjects] as const) {
      assert.throws(() => read(image), (error: Error) => {
        assert.match(error.message, place);
        assert.match(error.message, message);
        return true;
      }, `${payload}`);
    }
  }
});

Deno.test("messages that nest too deeply are refused", () => {
  // cgroup_dir_entry: dir_name 1, children 2 (themselves cgroup_dir_entry), dir_perms 4.
  const nested = (depth: number): Uint8Array => {
    const out = new WireWriter();
    const open = (level: number) => {
      out.raw(Uint8Array.of(0x0a, 1, 0x61));
      if (level === 0) return;
      out.raw(Uint8Array.of(0x12));
      const start = out.open();
      open(level - 1);
      out.close(start);
    };
    open(depth);
    return out.view().slice();
  };
  const name = "cgroup_dir_entry";
  assert.deepEqual(messageSchema(name).byNumber.get(2)!.typeName, name);
  for (const depth of [20, 45]) {
    const payload = nested(depth);
    assert.deepEqual(normalizePayload(name, payload, 0, payload.length), payload);
    assert.deepEqual(comparable(decodeMessage(name, payload)), readByProtobufjs(name, payload));
  }
  const beyond = nested(2000);
  assert.throws(
    () => normalizePayload(name, beyond, 0, beyond.length),
    /messages nest deeper than 100/,
  );
  assert.throws(() => decodeMessage(name, beyond), /messages nest deeper than 100/);
});

Deno.test("the lengths of kinds are those of their wire types", () => {
  assert.deepEqual([Kind.Fixed32, Kind.Sfixed32].map(wireType), [Wire.Fixed32, Wire.Fixed32]);
  assert.deepEqual([Kind.Fixed64, Kind.Sfixed64].map(wireType), [Wire.Fixed64, Wire.Fixed64]);
  assert.deepEqual([Kind.String, Kind.Bytes, Kind.Message].map(wireType), [2, 2, 2]);
});
