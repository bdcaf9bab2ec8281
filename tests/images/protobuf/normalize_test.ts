/** Payloads in normal form, against the plainest reading of the same bytes. */

import assert from "node:assert/strict";
import { decodeMessage, encodeMessage } from "../../../images/codec/objects.ts";
import { normalizePayload } from "../../../images/protobuf/normalize.ts";
import { WireReader, WireWriter } from "../../../images/protobuf/wire.ts";
import "../../../mod.ts";
import { THOROUGH } from "../../dumps.ts";
import fc from "../../fast_check.ts";

/** A field of `pstree_entry`, or one that it does not have. */
interface Field {
  readonly number: number;
  readonly value: number;
}

function bytesOf(fields: readonly Field[]): Uint8Array {
  const writer = new WireWriter();
  for (const { number, value } of fields) {
    writer.varint(number << 3);
    writer.varint(value);
  }
  return writer.view().slice();
}

const anyField: fc.Arbitrary<Field> = fc.record({
  number: fc.constantFrom(1, 2, 3, 4, 5, 5, 5, 9, 30, 300, 70_000),
  value: fc.nat(),
});
const required: Field[] = [1, 2, 3, 4].map((number) => ({ number, value: number }));

Deno.test("normalizing sorts known fields, keeps the last of singular ones, and puts unknown fields last", () => {
  fc.assert(fc.property(fc.array(anyField, { maxLength: 40 }), (more) => {
    const fields = [...required, ...more];
    const bytes = bytesOf(fields);
    const normal = normalizePayload("pstree_entry", bytes, 0, bytes.length);
    const expected = [
      ...[1, 2, 3, 4].map((number) => fields.findLast((field) => field.number === number)!),
      ...fields.filter(({ number }) => number === 5),
      ...fields.filter(({ number }) => number > 5).sort((a, b) => a.number - b.number),
    ];
    assert.deepEqual(normal.slice(), bytesOf(expected));
  }));
});

Deno.test("normalizing merges pieces of messages and unpacks lists, at any depth", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 9 }), (cg) => {
    const whole = encodeMessage("core_entry", {
      mtype: "X86_64",
      tc: { personality: 1, task_state: 1, exit_code: 0, flags: 0, blk_sigset: 3n, comm: "a" },
    });
    // The task in two pieces, the later with another name.
    const piece = encodeMessage("core_entry", {
      mtype: "X86_64",
      tc: { personality: cg[0]!, task_state: 1, exit_code: 0, flags: 0, blk_sigset: 3n, comm: "b" },
    });
    const bytes = new Uint8Array([...whole, ...piece]);
    const normal = normalizePayload("core_entry", bytes, 0, bytes.length);
    assert.deepEqual(normal.slice(), piece.slice());
    assert.deepEqual(decodeMessage("core_entry", normal), decodeMessage("core_entry", bytes));
  }));
});

Deno.test("any number of unknown or repeated fields take no object each", () => {
  const count = THOROUGH ? 1 << 20 : 1 << 17;
  const writer = new WireWriter();
  writer.raw(bytesOf(required));
  for (let i = 0; i < count; i++) {
    writer.varint((i % 2 === 0 ? 103 : 102) << 3);
    writer.varint(i & 1);
    writer.varint(1 << 3);
    writer.varint(7);
  }
  const bytes = writer.view().slice();
  const normal = normalizePayload("pstree_entry", bytes, 0, bytes.length);
  const reader = new WireReader(normal, 0, normal.length);
  const numbers: number[] = [];
  for (let i = 0; i < 4; i++) {
    numbers.push(reader.tag() >>> 3);
    reader.varint();
  }
  assert.deepEqual(numbers, [1, 2, 3, 4]);
  for (let i = 0; i < count; i++) {
    assert.equal(reader.tag() >>> 3, i < count / 2 ? 102 : 103);
    reader.varint();
    assert.equal(reader.lo, i < count / 2 ? 1 : 0);
  }
  assert.ok(reader.done);
});
