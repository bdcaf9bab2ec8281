/** Files with an image's name that are none are said to be what they are. */

import assert from "node:assert/strict";
import { foreignFormat } from "../../../images/image/foreign.ts";
import { decodeImage } from "../../../mod.ts";

const text = (value: string) => new TextEncoder().encode(value);

const FILES: ReadonlyArray<[bytes: Uint8Array, reason: RegExp]> = [
  [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0), /it is gzip data, not an image/],
  [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 0, 1, 0), /it is zstd data, not an image/],
  [Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), /it is an ELF file, not an image/],
  [text(' {"magic": "CORE"}'), /it is JSON, not an image/],
  [text("hello, world"), /it is text, not an image/],
  [text("abc"), /it is text, not an image/],
  [new Uint8Array(64), /it is zeros, not an image/],
  [new Uint8Array(), /the file is empty/],
  [Uint8Array.of(0x19, 0x43, 0x56, 0x54, 1), /the file ends inside its magic/],
  [Uint8Array.of(0xfc, 0x2b, 0xf5, 0xd4, 1, 2, 3, 4), /unknown magic 0xd4f52bfc/],
];

Deno.test("a file that is not an image is recognized by its format", () => {
  for (const [bytes, reason] of FILES) {
    assert.throws(() => decodeImage(bytes, { name: "core-1.img" }), reason, `${reason}`);
  }
});

Deno.test("the beginning of an image is not taken for another format", () => {
  assert.equal(
    foreignFormat(Uint8Array.of(0x19, 0x43, 0x56, 0x54, 0x47, 0x38, 0x05, 0x55)),
    undefined,
  );
});
