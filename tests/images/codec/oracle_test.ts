/** Random images of every type, against protobufjs as an independent reader and writer. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { ImageDecoder } from "../../../images/image/decode.ts";
import { ImageEncoder } from "../../../images/image/encode.ts";
import { headOf } from "../../../images/image/head.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { allTypes, encodeImage, type ImageType, type Message } from "../../../mod.ts";
import { THOROUGH } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import {
  anyMessage,
  anySizes,
  comparable,
  inChunks,
  payloadOf,
  readByProtobufjs,
} from "../../random_messages.ts";

/** Fields that say how long an extra is are 0, so that there is none. */
function withoutExtra(type: ImageType, message: Record<string, unknown>): Record<string, unknown> {
  const { extra } = type;
  if (extra === undefined) return message;
  const lengths = extra.kind === "record"
    ? Object.values(extra.parts).flatMap((part) => part.length)
    : extra.kind === "bytes"
    ? extra.length
    : extra.kind === "rest"
    ? []
    : [extra.count];
  for (const name of lengths) {
    if (message[name] !== undefined) message[name] = typeof message[name] === "number" ? 0 : 0n;
  }
  return message;
}

/** An image whose payloads protobufjs wrote. */
function imageOf(type: ImageType, payloads: Uint8Array[]): Uint8Array {
  const words = new Uint32Array(headOf(type, "1.1").words);
  const pieces: Uint8Array[] = [new Uint8Array(words.buffer)];
  for (const payload of payloads) {
    pieces.push(new Uint8Array(new Uint32Array([payload.length]).buffer), payload);
  }
  return joinBytes(pieces);
}

function decode(image: Uint8Array, sizes: number[], pretty: boolean): Uint8Array {
  const pieces: Uint8Array[] = [];
  const decoder = new ImageDecoder((json) => pieces.push(json.slice()), { pretty });
  inChunks(image, sizes, (chunk) => decoder.reader.push(chunk));
  decoder.reader.finish();
  return joinBytes(pieces);
}

function encode(json: Uint8Array, sizes: number[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const encoder = new ImageEncoder((image) => pieces.push(image.slice()));
  inChunks(json, sizes, (chunk) => encoder.push(chunk));
  encoder.finish();
  return joinBytes(pieces);
}

for (const type of allTypes()) {
  if (type.entry === undefined || type.head !== undefined || type.sameMagicAs !== undefined) {
    continue;
  }
  const name = type.entry;
  Deno.test(`random ${type.name} images are read and written as protobufjs does`, () => {
    const messages = fc.array(anyMessage(name), { maxLength: 3 });
    fc.assert(
      fc.property(messages, anySizes, (list, sizes) => {
        const payloads = list.map((message) => payloadOf(name, withoutExtra(type, message)));
        const image = imageOf(type, payloads);
        const objects = decodeObjects(image);
        objects.entries.forEach((entry, i) => {
          const { extra: _, ...fields } = entry;
          const ours = type.extra === undefined ? entry : fields as Message;
          assert.deepEqual(comparable(ours), readByProtobufjs(name, payloads[i]!));
        });
        const ours = encodeImage(objects);
        for (const pretty of [false, true]) {
          assert.deepEqual(encode(decode(image, sizes, pretty), sizes), ours);
        }
      }),
      { seed: 1, numRuns: THOROUGH ? 12 : 5 },
    );
  });
}
