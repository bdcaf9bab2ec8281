/** Images entry by entry. */

import assert from "node:assert/strict";
import { type CritError, decodeImage, readEntries } from "../../../mod.ts";
import { ROOT } from "../../programs.ts";

const FILES = Deno.readFileSync(`${ROOT}fixtures/dumps/shloop/files.img`);

/** The bytes in pieces of a few. */
function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

Deno.test("entries read with a type have that type", async () => {
  const image = decodeImage(FILES);
  assert(image.type === "FILES");
  const names: Array<string | undefined> = [];
  for await (const { reg } of readEntries(pieces(FILES, 7), { type: "FILES" })) {
    names.push(reg?.name);
  }
  assert.deepEqual(names, image.entries.map(({ reg }) => reg?.name));
  const all = await Array.fromAsync(readEntries([FILES]));
  assert.deepEqual(all, image.entries);
});

Deno.test("an image of another type is refused before its first entry", async () => {
  for (const size of [3, FILES.length]) {
    let count = 0;
    await assert.rejects(async () => {
      const options = { type: "PSTREE", name: "files.img" } as const;
      for await (const _ of readEntries(pieces(FILES, size), options)) count++;
    }, { name: "CritError", message: /^files\.img: it is a FILES image, not a PSTREE image$/ });
    assert.equal(count, 0);
  }
});

Deno.test("entries before the damage come first, and the error names the image", async () => {
  let count = 0;
  await assert.rejects(async () => {
    const cut = FILES.subarray(0, FILES.length - 3);
    for await (const _ of readEntries([cut], { name: "files.img" })) count++;
  }, (error: CritError) => error.place.image === "files.img" && error.kind === "data");
  assert.equal(count, decodeImage(FILES).entries.length - 1);
});
