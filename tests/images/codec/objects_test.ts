/** Fields that the schema does not know are kept, however many there are. */

import assert from "node:assert/strict";
import { decodeMessage, encodeMessage } from "../../../images/codec/objects.ts";

Deno.test("a million unknown fields are kept in their order", () => {
  const known = encodeMessage("fs_entry", { cwd_id: 1, root_id: 2 });
  const count = 1_000_000;
  const bytes = new Uint8Array(known.length + 2 * count);
  bytes.set(known);
  for (let i = 0; i < count; i++) bytes.set([15 << 3, i & 0x7f], known.length + 2 * i);
  const entry = decodeMessage("fs_entry", bytes);
  assert.equal(entry.cwd_id, 1);
  assert(isSame(entry["?"] as Uint8Array, bytes.subarray(known.length)));
  assert(
    isSame(encodeMessage("fs_entry", { ...entry, "?": bytes.slice(4, 10) }), bytes.slice(0, 10)),
  );
});

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
