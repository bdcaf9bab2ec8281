/** Statistics of a dump: `pages_lazy`, which is required since CRIU 3.5. @module */

import { messageSchema } from "../../protobuf/schema.ts";
import { lastNumber, Wire, WireReader, WireWriter } from "../../protobuf/wire.ts";
import type { Step } from "./step.ts";

/**
 * The step. Downwards, the field is removed with the others that an older release does not know.
 */
export const dumpStats: Step = {
  name: "dump statistics",
  since: "3.5",
  payload: { message: "stats_entry", up },
};

/** Adds `pages_lazy` with 0 if it is missing. */
function up(bytes: Uint8Array): Uint8Array {
  const dump = messageSchema("stats_entry").byName.get("dump")!.number;
  const lazy = messageSchema("dump_stats_entry").byName.get("pages_lazy")!.number;
  const reader = new WireReader(bytes, 0, bytes.length);
  const writer = new WireWriter(bytes.length + 8);
  let isChanged = false;
  while (!reader.done) {
    const start = reader.pos;
    const tag = reader.tag();
    if (tag !== (dump << 3 | Wire.Bytes)) {
      reader.skip(tag);
      writer.raw(bytes.subarray(start, reader.pos));
      continue;
    }
    const end = reader.length();
    writer.varint(tag);
    const inner = writer.open();
    writer.raw(bytes.subarray(reader.pos, end));
    if (lastNumber(bytes.subarray(reader.pos, end), lazy) === undefined) {
      writer.varint(lazy << 3 | Wire.Varint);
      writer.varint(0);
      isChanged = true;
    }
    writer.close(inner);
    reader.pos = end;
  }
  return isChanged ? writer.view() : bytes;
}
