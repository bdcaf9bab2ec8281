/** Heads of images: the one that is read is the one that is written. */

import assert from "node:assert/strict";
import {
  headLength,
  headOf,
  LONGEST_HEAD,
  readHead,
  writeHead,
} from "../../../images/image/head.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";
import { allTypes, typeByName } from "../../../images/types/registry.ts";
import "../../../plugins/mod.ts";

/** A head as bytes. */
function bytesOf(head: ReturnType<typeof headOf>): Uint8Array {
  const out = new WireWriter();
  writeHead(out, head);
  return out.view();
}

Deno.test("the head of every image type is read back, in both image versions", () => {
  for (const type of allTypes().filter(({ magic }) => magic !== undefined)) {
    for (const version of ["1.0", "1.1"] as const) {
      const head = headOf(type, version);
      const bytes = bytesOf(head);
      assert.equal(bytes.length, headLength(head), type.name);
      const read = readHead(bytes, type);
      // The inventory has the same head in both versions.
      assert.deepEqual(read, type.framing === "bare" ? headOf(type, "1.1") : head, type.name);
      assert.deepEqual(bytesOf(read!), bytes, type.name);
      for (let end = 0; end < bytes.length; end++) {
        assert.equal(readHead(bytes.subarray(0, end), type), undefined, `${type.name} ${end}`);
      }
    }
  }
});

Deno.test("a head magic that is not the type's own is kept as it is", () => {
  const bytes = bytesOf({
    ...headOf(typeByName("PSTREE")!, "1.1"),
    words: [headOf(typeByName("STATS")!, "1.1").words[0]!, typeByName("PSTREE")!.magic!],
  });
  const head = readHead(bytes.subarray(0, LONGEST_HEAD))!;
  assert.equal(head.type.name, "PSTREE");
  assert.deepEqual(bytesOf(head), bytes);
});

Deno.test("unknown magics and raw images have no head", () => {
  assert.throws(
    () => readHead(Uint8Array.of(1, 2, 3, 4), typeByName("PSTREE")),
    /unknown magic 0x04030201.*a PSTREE image is expected/,
  );
  const raw = allTypes().find(({ magic }) => magic === undefined)!;
  assert.throws(() => headOf(raw, "1.1"), /images have no entries/);
});
