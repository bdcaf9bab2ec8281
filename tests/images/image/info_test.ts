/** Summaries of images: entries and sizes, as the file's own size and the JSON have them. */

import assert from "node:assert/strict";
import { jsonName } from "../../../images/image/head.ts";
import { InfoReader } from "../../../images/image/info.ts";
import { imageToJson } from "../../../mod.ts";
import { ownFixtures } from "../../fixtures.ts";

Deno.test("entries are counted, and all bytes belong to the head, sizes, payloads or extras", () => {
  for (const { file, bytes, version } of ownFixtures()) {
    const counter = new InfoReader({ name: file });
    counter.reader.push(bytes);
    counter.reader.finish();
    const info = counter.info(bytes.length);
    const { magic, entries } = JSON.parse(imageToJson(bytes, { name: file }));
    const { head } = info.type;
    // A pagemap's head is no entry of its own, but stands among them in JSON.
    const isHeaded = head !== undefined && head.extra === undefined;
    assert.equal(info.count, entries.length - (isHeaded ? 1 : 0), file);
    // An inventory looks the same in both versions.
    if (magic !== "INVENTORY") assert.equal(info.version, version, file);
    assert.equal(info.size, bytes.length);
    assert.equal(jsonName(info.type), magic);
    const sizes = 4 * entries.length;
    const rest = bytes.length - sizes - info.payloadSize - info.extraSize;
    assert([4, 8].includes(rest), `${file}: ${rest} bytes are left for the head`);
  }
});
