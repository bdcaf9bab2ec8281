/**
 * A walk over all registered image types: each has a real image among the fixtures or one that
 * protobufjs makes here, extras included, and comes through crit whole.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { joinBytes } from "../../images/bytes/bytes.ts";
import { encodeQuotedPrintable } from "../../images/bytes/quoted_printable.ts";
import { headOf, jsonName } from "../../images/image/head.ts";
import { decodeObjects } from "../../images/image/objects.ts";
import { messageSchema } from "../../images/protobuf/schema.ts";
import {
  allTypes,
  type BytesExtra,
  encodeImage,
  type EntryShape,
  type Extra,
  imageToJson,
  type ImageType,
  jsonToImage,
  typeByFileName,
  typeByName,
} from "../../mod.ts";
import { rounds } from "../dumps.ts";
import fc from "../fast_check.ts";
import { ownFixtures } from "../fixtures.ts";
import { anyMessage, payloadOf, type PlainMessage, root } from "../random_messages.ts";

/** A message, an extra as it stands in the file, and what JSON must say of both. */
interface MadeEntry {
  bytes: Uint8Array;
  json: unknown;
}

/** MIME base64, from Node rather than from crit. */
function mime(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("base64");
  return text.replace(/.{1,76}/g, (line) => line + "\n");
}

/** What JSON must say of a payload, by protobufjs; every number as text. */
function expected(name: string, payload: Uint8Array): PlainMessage {
  const type = root.lookupType(name);
  return asJson(name, type.toObject(type.decode(payload), { longs: String, enums: String }));
}

function asJson(name: string, message: PlainMessage): PlainMessage {
  const { byName } = messageSchema(name);
  const one = (key: string, value: unknown): unknown => {
    if (typeof value === "number") return String(value);
    if (name === "unix_sk_entry" && key === "name") {
      return encodeQuotedPrintable(value as Uint8Array);
    }
    if (value instanceof Uint8Array) return mime(value);
    const { typeName } = byName.get(key)!;
    if (typeof value === "object") return asJson(typeName!, value as PlainMessage);
    return value;
  };
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map((item) => one(key, item)) : one(key, value),
    ]),
  );
}

/** JSON with every number as the text that it was. */
function parseExactly(json: string): unknown {
  const reviver = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? context!.source : value;
  return JSON.parse(json, reviver);
}

function u32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

function padded(bytes: Uint8Array, pad: number): Uint8Array {
  return joinBytes([bytes, new Uint8Array((pad - bytes.length % pad) % pad)]);
}

/** Makes the message say that `bytes` follow it; nothing follows where a field says so. */
function announce(extra: BytesExtra, message: PlainMessage, bytes: Uint8Array): Uint8Array {
  if (extra.unless !== undefined && message[extra.unless] === true) bytes = new Uint8Array();
  const parts = extra.length.length;
  const first = Math.floor(bytes.length / parts);
  extra.length.forEach((field, i) => {
    message[field] = i === 0 ? bytes.length - first * (parts - 1) : first;
  });
  if (extra.unless !== undefined && message[extra.unless] === true) {
    message[extra.length[0]!] = 4096;
  }
  return bytes;
}

const anyBytes = fc.uint8Array({ maxLength: 200 });

/** The extra's bytes and JSON; the message is made to fit. */
function anyExtra(extra: Extra, message: PlainMessage): fc.Arbitrary<MadeEntry | undefined> {
  switch (extra.kind) {
    case "rest":
      if (extra.unless !== undefined && message[extra.unless] === true) {
        return fc.constant(undefined);
      }
      return anyBytes.map((bytes) => ({ bytes, json: mime(bytes) }));
    case "bytes":
      return anyBytes.map((given) => {
        const bytes = announce(extra, message, given);
        return { bytes: padded(bytes, extra.pad ?? 1), json: mime(bytes) };
      });
    case "numbers":
      return fc.uint16Array({ maxLength: 9 }).map((numbers) => {
        message[extra.count] = numbers.length;
        const bytes = new Uint8Array(numbers.slice().buffer);
        return { bytes: padded(bytes, extra.pad), json: Array.from(numbers, String) };
      });
    case "record": {
      const parts = Object.entries(extra.parts);
      return fc.tuple(...parts.map(() => anyBytes)).map((given) => {
        const runs = parts.map(([, part], i) => announce(part, message, given[i]!));
        return {
          bytes: joinBytes(parts.map(([, part], i) => padded(runs[i]!, part.pad ?? 1))),
          json: Object.fromEntries(parts.map(([name], i) => [name, mime(runs[i]!)])),
        };
      });
    }
    case "messages": {
      const inner = fc.tuple(anyMessage(extra.message), anyBytes);
      return fc.array(inner, { maxLength: 3 }).map((items) => {
        message[extra.count] = items.length;
        const pieces: Uint8Array[] = [];
        const json: unknown[] = [];
        for (const [item, given] of items) {
          const bytes = announce(extra.bytes, item, given);
          const payload = payloadOf(extra.message, item);
          pieces.push(u32(payload.length), payload, padded(bytes, extra.bytes.pad ?? 1));
          json.push(expected(extra.message, payload), mime(bytes));
        }
        return { bytes: joinBytes([new Uint8Array(), ...pieces]), json };
      });
    }
  }
}

function anyEntry(shape: EntryShape): fc.Arbitrary<MadeEntry> {
  return anyMessage(shape.entry).chain((message) => {
    const extra: fc.Arbitrary<MadeEntry | undefined> = shape.extra === undefined
      ? fc.constant(undefined)
      : anyExtra(shape.extra, message);
    return extra.map((made) => {
      const payload = payloadOf(shape.entry, message);
      const json = expected(shape.entry, payload);
      if (made !== undefined) json.extra = made.json;
      const pieces = [u32(payload.length), payload, made?.bytes ?? new Uint8Array()];
      return { bytes: joinBytes(pieces), json };
    });
  });
}

/** An image's entries: the head, where there is one, then others. */
function anyEntries(type: ImageType): fc.Arbitrary<MadeEntry[]> {
  const others = fc.array(anyEntry(type as EntryShape), { maxLength: 3 });
  const { head } = type;
  if (head === undefined) return others;
  return fc.tuple(anyEntry(head), others).map(([first, rest]) => {
    const toEnd = head.extra?.kind === "rest" && "extra" in (first.json as PlainMessage);
    return toEnd ? [first] : [first, ...rest];
  });
}

for (const type of allTypes().filter((type) => type.entry !== undefined)) {
  Deno.test(`${type.name} images with what follows their entries are printed as protobufjs reads them`, () => {
    const name = type.files[0]!.replace(/%[uds]/, "7").replace("%x", "7f");
    assert.equal(typeByFileName(name), type);
    fc.assert(
      fc.property(
        anyEntries(type),
        fc.constantFrom("1.0" as const, "1.1" as const),
        (made, version) => {
          const magics = headOf(type, version).words.map(u32);
          const image = joinBytes([...magics, ...made.map(({ bytes }) => bytes)]);
          const compact = imageToJson(image, { name });
          assert.deepEqual(parseExactly(compact), {
            magic: jsonName(type),
            entries: made.map(({ json }) => json),
          });
          // protobufjs packs nothing and writes fields as they are declared: ascending.
          assert.deepEqual(jsonToImage(compact, { version }), image);
          const pretty = imageToJson(image, { name, pretty: true });
          assert.deepEqual(jsonToImage(pretty, { version }), image);
          assert.deepEqual(encodeImage(decodeObjects(image, { name }), version), image);
        },
      ),
      { seed: 7, numRuns: rounds(30) },
    );
  });
}

Deno.test("the file name and magic of every fixture give the same type", () => {
  const seen = new Set<string>();
  for (const { name, file, bytes } of ownFixtures()) {
    const type = typeByFileName(file);
    assert(type !== undefined, name);
    assert.equal(decodeObjects(bytes).type, jsonName(type), name);
    seen.add(type.name);
  }
  assert(seen.size > 50);
});

Deno.test("image types that share a magic are distinguished by file name", () => {
  for (const type of allTypes()) {
    if (type.sameMagicAs === undefined) continue;
    const first = typeByName(type.sameMagicAs);
    assert(first !== undefined && first.sameMagicAs === undefined, type.name);
    assert.equal(first.magic, type.magic);
    for (const file of type.files) assert(!first.files.includes(file), file);
  }
});
