/** Images become JSON in pieces, the same whatever pieces the image comes in. */

import assert from "node:assert/strict";
import { type DecodeOptions, ImageDecoder } from "../../../images/image/decode.ts";
import { encodeImage } from "../../../mod.ts";
import { ownFixtures } from "../../fixtures.ts";

function decode(bytes: Uint8Array, piece: number, options: DecodeOptions): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let json = "";
  const image = new ImageDecoder(
    (chunk) => json += decoder.decode(chunk, { stream: true }),
    options,
  );
  for (let from = 0; from < bytes.length; from += piece) {
    image.reader.push(bytes.subarray(from, from + piece));
  }
  image.reader.finish();
  return json;
}

Deno.test("JSON does not depend on where the image is cut into pieces", () => {
  for (const { file: name, bytes } of ownFixtures().filter(({ bytes }) => bytes.length < 9000)) {
    for (const options of [{ name }, { name, pretty: true }, { name, noPayload: true }]) {
      const whole = decode(bytes, bytes.length, options);
      for (const piece of [1, 7, 113]) assert.equal(decode(bytes, piece, options), whole, name);
    }
  }
});

Deno.test("indented JSON is the compact one, laid out", () => {
  for (const { file: name, bytes } of ownFixtures()) {
    const [compact, indented] = [false, true].map((indented) =>
      decode(bytes, bytes.length, { name, indented })
    );
    assert.equal(indented!.split("\n").some((line) => /^ {4}"entries"/.test(line)), true, name);
    assert.deepEqual(JSON.parse(indented!), JSON.parse(compact!), name);
  }
});

Deno.test("unknown fields of an entry are reported once", () => {
  const image = encodeImage({ type: "FS", entries: [{ cwd_id: 1, root_id: 2 }] });
  const unknown = Uint8Array.of(...image, 6, 0, 0, 0, 8, 1, 16, 2, 15 << 3, 1);
  let told = 0;
  decode(unknown, 5, { onUnknown: () => told++ });
  assert.equal(told, 1);
});
