import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Base64Decoder } from "../../../images/bytes/base64.ts";
import { JsonWriter } from "../../../images/codec/json_writer.ts";
import { writeBase64String } from "../../../images/codec/to_json.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";
import fc from "../../fast_check.ts";

const encoder = new TextEncoder();

/** Decodes a string's inside in one piece or several; nothing when it is not base64. */
function decode(...pieces: string[]): Uint8Array | undefined {
  const out = new WireWriter(1);
  const decoder = new Base64Decoder();
  for (const piece of pieces) if (!decoder.push(encoder.encode(piece), out)) return undefined;
  if (!decoder.finish(out)) return undefined;
  assert.equal(decoder.length, out.pos);
  return out.view().slice();
}

/** Cuts that leave escapes whole, as those who push pieces must. */
function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))]
    .filter((place) => text[place - 1] !== "\\").sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
}

Deno.test("any bytes are read back for pieces and lines of any size", () => {
  const cuts = fc.array(fc.nat({ max: 1000 }), { maxLength: 6 });
  const breaks = fc.constantFrom("\\n", "\\r\\n", "", " ", "\\t");
  const lines = fc.constantFrom(76, 64, 60, 4, 3, 1000);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), cuts, breaks, lines, (bytes, at, end, line) => {
      const text = Buffer.from(bytes).toString("base64")
        .replace(new RegExp(`.{1,${line}}`, "g"), (part) => part + end);
      assert.deepEqual(decode(...cut(text, at)), bytes);
    }),
    { seed: 16, numRuns: 1000 },
  );
});

Deno.test("lines are written as MIME has them", () => {
  for (
    const length of [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 57 * 1008 - 1, 57 * 1008, 57 * 1008 + 1]
  ) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    const writer = new JsonWriter(false, 8);
    writeBase64String(writer, bytes);
    const text = new TextDecoder().decode(writer.take());
    const mime = Buffer.from(bytes).toString("base64").replace(/.{1,76}/g, (line) => line + "\n");
    assert.equal(text, JSON.stringify(mime), `${length} bytes`);
    assert.deepEqual(decode(text.slice(1, -1)), bytes);
  }
});

Deno.test("escapes that JSON writers use for + and / are read", () => {
  assert.deepEqual(decode("\\/\\/\\/\\/"), Uint8Array.of(0xff, 0xff, 0xff));
  assert.deepEqual(decode("\\u002b\\u002B\\u002f\\u0038"), decode("++/8"));
  for (const character of "ABYZabyz0189+/") {
    const code = character.charCodeAt(0).toString(16);
    assert.deepEqual(decode(`QUJ\\u00${code}`), decode(`QUJ${character}`), character);
  }
  assert.deepEqual(decode("QQ\\u003d\\u003D"), Uint8Array.of(0x41));
  // Some writers escape the ends of lines this way.
  assert.deepEqual(
    decode("QUJD\\u000aREVG\\u000D\\u000A\\u0009\\u0020R0hJ"),
    decode("QUJDREVGR0hJ"),
  );
});

Deno.test("invalid base64 is refused", () => {
  for (
    const text of [
      "Q",
      "QQ",
      "QQ=",
      "QQQ",
      "QQ===",
      "=",
      "QQ==QQ==",
      "QQ==\\nQQ==",
      "QQ=Q",
      "Q*==",
      "QQ-_",
      "QQ==x",
      "QQé=",
      "\\u00e9QQQ",
      "QQ\\bQQ",
      'Q\\"QQ',
      "Q\\\\QQ",
      "QQQ\\u005cnQ",
      "QQQ\\u0022",
      "QQQ\\u00",
    ]
  ) {
    assert.equal(decode(text), undefined, text);
    for (let at = 1; at < text.length; at++) {
      if (text.includes("\\")) continue;
      assert.equal(decode(text.slice(0, at), text.slice(at)), undefined, `${text} cut at ${at}`);
    }
  }
});
