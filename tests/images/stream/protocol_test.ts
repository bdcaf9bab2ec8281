import assert from "node:assert/strict";
import { encodeMessage } from "../../../images/codec/objects.ts";
import { CritError } from "../../../images/errors.ts";
import {
  decodeRequest,
  encodeRecord,
  encodeReply,
  MAX_RECORD,
  RecordReader,
} from "../../../images/stream/protocol.ts";

function request(filename: string): Uint8Array {
  return encodeMessage("img_streamer_request_entry", { filename });
}

/** Feeds bytes as a socket would, `step` at a time; gives the messages and what was not taken. */
function readRecords(bytes: Uint8Array, step: number): { messages: Uint8Array[]; left: number } {
  const reader = new RecordReader();
  const messages: Uint8Array[] = [];
  let pos = 0;
  while (pos < bytes.length) {
    const { wanted } = reader;
    const count = Math.min(wanted.length, step, bytes.length - pos);
    wanted.set(bytes.subarray(pos, pos + count));
    pos += count;
    const message = reader.took(count);
    if (message !== undefined) {
      messages.push(message);
      if (messages.length === 2) break;
    }
  }
  return { messages, left: bytes.length - pos };
}

Deno.test("an answer for a missing file contains the field with false", () => {
  assert.deepEqual([...encodeReply(false)], [2, 0, 0, 0, 8, 0]);
  assert.deepEqual([...encodeReply(true)], [2, 0, 0, 0, 8, 1]);
});

Deno.test("records are read to their last byte and no further", () => {
  const first = request("core-1.img");
  const second = request("ids-1.img");
  const bytes = Uint8Array.from([...encodeRecord(first), ...encodeRecord(second), 0, 99]);
  for (const step of [1, 3, 1000]) {
    const { messages, left } = readRecords(bytes, step);
    assert.deepEqual(messages, [first, second]);
    assert.equal(left, 2);
  }
});

Deno.test("a record has begun after its first byte", () => {
  const reader = new RecordReader();
  assert.equal(reader.begun, false);
  reader.wanted[0] = 1;
  reader.took(1);
  assert.equal(reader.begun, true);
});

Deno.test("an empty record is a message without fields", () => {
  const reader = new RecordReader();
  assert.deepEqual(reader.took(4), new Uint8Array());
  assert.throws(() => decodeRequest(new Uint8Array()), { kind: "data" });
});

Deno.test("a record larger than the limit is refused before its bytes are read", () => {
  const head = (size: number) => {
    const reader = new RecordReader();
    new DataView(reader.wanted.buffer).setUint32(0, size, true);
    return reader.took(4);
  };
  assert.equal(head(MAX_RECORD), undefined);
  assert.throws(() => head(MAX_RECORD + 1), { kind: "data" });
  assert.throws(() => head(0xffffffff), { kind: "data" });
});

Deno.test("a request names a file of the directory and nothing else", () => {
  for (const name of ["a", "core-1.img", "...", "..img", "x".repeat(255), "ä".repeat(127)]) {
    assert.equal(decodeRequest(request(name)), name);
  }
  const bad = ["", ".", "..", "/", "../a", "a/b", "/etc/passwd", "a\0b", "x".repeat(256)];
  for (const name of [...bad, "ä".repeat(128)]) {
    assert.throws(() => decodeRequest(request(name)), (error) => {
      return error instanceof CritError && error.kind === "data";
    }, name);
  }
});

Deno.test("a damaged request is refused", () => {
  for (const bytes of [[0x0a], [0x0a, 5, 65], [0xff], [0x08, 1]]) {
    assert.throws(() => decodeRequest(Uint8Array.from(bytes)), { kind: "data" });
  }
});
