/** Digests of OCI's content-addressable storage. */

import assert from "node:assert/strict";
import { CritError } from "../../../images/errors.ts";
import { digestOf, parseDigest } from "../../../images/oci/digest.ts";

Deno.test("a digest is parsed, and other text is refused", () => {
  const hex = "0123456789abcdef".repeat(4);
  assert.deepEqual(parseDigest(`sha256:${hex}`, "index.json"), { algorithm: "sha256", hex });
  const wrong = [undefined, 7, "", hex, `sha256:${hex}0`, `sha256:${hex.toUpperCase()}`];
  for (const text of [...wrong, `md5:${hex}`, `sha256:../${hex}`, `sha512:${hex}`]) {
    assert.throws(() => parseDigest(text, "index.json"), (error) => {
      assert(error instanceof CritError);
      assert.match(error.message, /^index\.json: .* is not a digest$/);
      return true;
    });
  }
});

Deno.test("digests match those of the platform", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
  const source = {
    size: bytes.length,
    read(offset: number, into: Uint8Array) {
      const piece = bytes.subarray(offset, offset + into.length);
      into.set(piece);
      return piece.length;
    },
    [Symbol.dispose]() {},
  };
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assert.equal(await digestOf(source), `sha256:${hash}`);
});
