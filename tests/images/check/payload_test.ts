/** The comparison of wire bytes with the schema, against what the codec makes of the same bytes. */

import assert from "node:assert/strict";
import { type FieldFaultKind, PayloadScanner } from "../../../images/check/payload.ts";
import { decodeMessage, encodeMessage, type Message } from "../../../images/codec/objects.ts";
import { CritError } from "../../../images/errors.ts";
import { messageNames, messageSchema } from "../../../images/protobuf/schema.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";
import "../../../plugins/mod.ts";
import fc from "../../fast_check.ts";

type Fault = [kind: FieldFaultKind, path: string, detail: string];

function scan(message: string, bytes: Uint8Array): Fault[] {
  const faults: Fault[] = [];
  new PayloadScanner((...fault) => faults.push(fault)).scan(message, bytes, 0, bytes.length);
  return faults;
}

/** A message's bytes, put together field by field. */
function wire(...fields: ([number, number] | [number, Uint8Array])[]): Uint8Array {
  const writer = new WireWriter();
  for (const [number, value] of fields) {
    writer.varint(number << 3 | (typeof value === "number" ? 0 : 2));
    if (typeof value === "number") writer.varint(value);
    else {
      writer.varint(value.length);
      writer.raw(value);
    }
  }
  return writer.bytes.slice(0, writer.pos);
}

Deno.test("no message has more fields than the check can count", () => {
  for (const name of messageNames()) {
    assert(messageSchema(name).fields.length <= 64, name);
  }
});

Deno.test("a good message has no faults", () => {
  const entry: Message = { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1, 2] };
  assert.deepEqual(scan("pstree_entry", encodeMessage("pstree_entry", entry)), []);
});

Deno.test("missing, unknown, mistyped and unnamed values are reported with their path", () => {
  assert.deepEqual(scan("pstree_entry", wire([1, 1], [2, 1], [4, 1])), [["required", "pgid", ""]]);
  const fdinfo = wire([1, 1], [2, 0], [3, 99], [4, 1], [9, 7]);
  assert.deepEqual(scan("fdinfo_entry", fdinfo), [["enum", "type", "99"], ["unknown", "", "9"]]);
  const fs = wire([1, new Uint8Array(1)], [2, 1]);
  assert.deepEqual(scan("fs_entry", fs), [["type", "cwd_id", "2"]]);
  const times = wire([1, wire([1, 1])], [2, wire([1, 1], [2, 2], [7, 7])]);
  assert.deepEqual(scan("timens_entry", times), [
    ["required", "monotonic.tv_nsec", ""],
    ["unknown", "boottime", "7"],
  ]);
});

Deno.test("paths have the index in a list", () => {
  const set = (id: number) => wire([1, id]);
  const cgroup = wire([1, set(1)], [1, wire([2, wire([1, new Uint8Array()])])], [1, set(3)]);
  assert.deepEqual(scan("cgroup_entry", cgroup), [
    ["required", "sets[1].ctls[0].path", ""],
    ["required", "sets[1].id", ""],
  ]);
});

Deno.test("packed lists are checked like other lists", () => {
  const packed = wire([1, 1], [2, 0], [3, 1], [4, 1], [5, Uint8Array.of(1, 2, 3)]);
  assert.deepEqual(scan("pstree_entry", packed), []);
});

Deno.test("the pieces of a message are checked as one", () => {
  const pieces = wire([1, wire([1, 1])], [2, wire([1, 1], [2, 2])], [1, wire([2, 2])]);
  assert.deepEqual(scan("timens_entry", pieces), []);
  const still = wire([1, wire([1, 1])], [2, wire([1, 1], [2, 2])], [1, wire([1, 2])]);
  assert.deepEqual(scan("timens_entry", still), [["required", "monotonic.tv_nsec", ""]]);
});

/** What decoding says: whether it is a message at all, and whether something is missing. */
function decoded(message: string, bytes: Uint8Array): "good" | "missing" | "broken" {
  try {
    decodeMessage(message, bytes);
    return "good";
  } catch (error) {
    assert(error instanceof CritError);
    return error.reason === "required field is missing" ? "missing" : "broken";
  }
}

Deno.test("random bytes are refused or lack fields just as in decoding", () => {
  const names = messageNames();
  const good = encodeMessage("pstree_entry", { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.array(fc.constantFrom(...good, 10, 18, 26, 0, 1, 2), { maxLength: 30 })
      .map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), bytes, (name, bytes) => {
      const expected = decoded(name, bytes);
      let found: string;
      try {
        const faults = scan(name, bytes);
        found = faults.some(([kind]) => kind === "required") ? "missing" : "good";
      } catch (error) {
        assert(error instanceof CritError);
        found = "broken";
      }
      // Of a message that lacks a field and is broken, too, either may be told.
      if (expected === "good" || found === "good") {
        // A field of a wrong wire type counts as missing to decoding, as a fault of its own here.
        const ofType = found === "good" && expected === "missing" &&
          scan(name, bytes).some(([kind]) => kind === "type");
        if (!ofType) assert.equal(found, expected);
      }
    }),
    {
      numRuns: 5000,
      // Of a field in two pieces one has another wire type, and the other is cut short.
      examples: [["thread_info_x86", Uint8Array.of(24, 8, 26, 1, 8)]],
    },
  );
});

Deno.test("a packed list that is cut short inside a number is refused, as by the codec", () => {
  const threads = (bytes: number[]) =>
    wire([1, 1], [2, 0], [3, 1], [4, 1], [5, Uint8Array.from(bytes)]);
  assert.deepEqual(scan("pstree_entry", threads([1, 2, 0x80, 1])), []);
  for (const cut of [[0x80], [1, 2, 0x80], [1, 0xff, 0xff]]) {
    assert.throws(() => scan("pstree_entry", threads(cut)), /a number is cut short/);
    assert.throws(() => decodeMessage("pstree_entry", threads(cut)), /a number is cut short/);
  }
});
