/** Which bytes follow a payload, worked out from the payload. */

import assert from "node:assert/strict";
import { encodeMessage } from "../../../images/codec/objects.ts";
import { paddingOf, planExtra } from "../../../images/image/extra.ts";
import type { Extra } from "../../../images/types/image_type.ts";
import type { Message } from "../../../mod.ts";

const plan = (extra: Extra, message: string, fields: Message, inner?: Uint8Array) => {
  const runs = planExtra(extra, message, encodeMessage(message, fields));
  const list = [];
  for (let next = runs.next(); !next.done; next = runs.next(inner)) list.push(next.value);
  return list;
};

Deno.test("lengths are the sums of fields, padded", () => {
  const extra: Extra = { kind: "bytes", length: ["pipe_id", "bytes"], pad: 8 };
  const runs = plan(extra, "pipe_data_entry", { pipe_id: 5, bytes: 6 });
  assert.deepEqual(runs, [{ kind: "bytes", length: 11, padding: 5 }]);
  assert.deepEqual([0, 1, 7, 8, 9].map((length) => paddingOf(length, 8)), [0, 7, 1, 0, 7]);
});

Deno.test("an extra of the rest of the file ends with it", () => {
  assert.deepEqual(plan({ kind: "rest" }, "fs_entry", { cwd_id: 1, root_id: 2 }), [
    { kind: "bytes", length: Infinity, padding: 0 },
  ]);
});

Deno.test("the bytes after a message have the length that it declares", () => {
  const extra: Extra = {
    kind: "messages",
    count: "cwd_id",
    message: "sk_packet",
    bytes: { kind: "bytes", length: ["length"] },
  } as Extra;
  const inner = encodeMessage("sk_packet_entry", { id_for: 1, length: 300 });
  const runs = plan(
    { ...extra, message: "sk_packet_entry" } as Extra,
    "fs_entry",
    { cwd_id: 2, root_id: 0 },
    inner,
  );
  assert.deepEqual(runs.map(({ kind, length }) => [kind, length]), [
    ["message", 0],
    ["bytes", 300],
    ["message", 0],
    ["bytes", 300],
  ]);
});

Deno.test("a negative length or a missing length field is refused", () => {
  const extra: Extra = { kind: "bytes", length: ["nosuch"] };
  assert.throws(() => plan(extra, "fs_entry", { cwd_id: 1, root_id: 2 }), /no number field nosuch/);
});
