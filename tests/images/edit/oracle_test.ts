/** Edits of random entries of every image type, judged by protobufjs. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { headOf } from "../../../images/image/head.ts";
import { type FieldSchema, Kind, messageSchema } from "../../../images/protobuf/schema.ts";
import type { ImageType } from "../../../images/types/image_type.ts";
import { allTypes } from "../../../mod.ts";
import { rounds } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import {
  anyMessage,
  payloadOf,
  type PlainMessage,
  readByProtobufjs,
} from "../../random_messages.ts";
import { edited, piecesOf } from "./editing.ts";

/** Types whose entries are alike and have nothing after them. */
const TYPES = allTypes().filter(({ entry, extra, head }) => entry && !extra && !head);

function imageOf(type: ImageType, payloads: readonly Uint8Array[]): Uint8Array {
  const words = (numbers: number[]) => new Uint8Array(new Uint32Array(numbers).buffer);
  const sized = payloads.flatMap((payload) => [words([payload.length]), payload]);
  return joinBytes([words([...headOf(type, "1.1").words]), ...sized]);
}

/** A file name that the type has, as far as its magic does not say it all. */
const nameOf = ({ files }: ImageType) => files[0]!.replace(/%./, "1");

/** A value to set, as a user writes it and as protobufjs reads it. */
function anyNew(field: FieldSchema): fc.Arbitrary<[text: string, value: unknown]> | undefined {
  switch (field.kind) {
    case Kind.Uint32:
      return fc.nat().map((n) => [`0x${n.toString(16)}`, n]);
    case Kind.Int32:
    case Kind.Sint32:
      return fc.integer().map((n) => [`${n}`, n]);
    case Kind.Uint64:
      return fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((n) => [`${n}`, `${n}`]);
    case Kind.Bool:
      return fc.boolean().map((value) => [`${value}`, value]);
    case Kind.String:
      return fc.string({ unit: "grapheme", maxLength: 20 }).map((
        text,
      ) => [JSON.stringify(text), text]);
    default:
      return undefined;
  }
}

/** A path to a field below a message, through messages and lists that are there. */
interface Spot {
  path: string;
  field: FieldSchema;
  /** Puts a value there in what protobufjs reads. */
  put(read: PlainMessage, value: unknown): void;
}

function spotsIn(name: string, read: PlainMessage): Spot[] {
  return messageSchema(name).fields.flatMap((field): Spot[] => {
    const { name: key, kind, label, typeName } = field;
    const value = read[key];
    if (label === "repeated") {
      if (value === undefined) return [];
      return (value as unknown[]).flatMap((item, i) => {
        const at = `.${key}[${i}]`;
        const listIn = (message: PlainMessage) => message[key] as unknown[];
        if (kind !== Kind.Message) {
          return [{ path: at, field, put: (message, given) => void (listIn(message)[i] = given) }];
        }
        return spotsIn(typeName!, item as PlainMessage).map((spot) => ({
          ...spot,
          path: at + spot.path,
          put: (message, given) => spot.put(listIn(message)[i] as PlainMessage, given),
        }));
      });
    }
    if (kind !== Kind.Message) {
      return [{ path: `.${key}`, field, put: (message, given) => void (message[key] = given) }];
    }
    if (value === undefined) return [];
    return spotsIn(typeName!, value as PlainMessage).map((spot) => ({
      ...spot,
      path: `.${key}${spot.path}`,
      put: (message, given) => spot.put(message[key] as PlainMessage, given),
    }));
  });
}

for (const type of TYPES) {
  const entry = type.entry!;

  Deno.test(`${type.name}: an edit sets its field and changes nothing else`, async () => {
    const anyEntries = fc.tuple(anyMessage(entry), anyMessage(entry));
    await fc.assert(
      fc.asyncProperty(anyEntries, fc.nat(), fc.gen(), async (messages, choice, gen) => {
        const payloads = messages.map((message) => payloadOf(entry, message));
        const image = imageOf(type, payloads);
        const read = readByProtobufjs(entry, payloads[1]!) as PlainMessage;
        const spots = spotsIn(entry, read).filter(({ field }) => anyNew(field) !== undefined);
        if (spots.length === 0) return;
        const { path, field, put } = spots[choice % spots.length]!;
        const [text, value] = gen(() => anyNew(field)!);
        const after = await edited(nameOf(type), image, `[1]${path}=${text}`);
        const [head, first, second] = piecesOf(nameOf(type), after);
        assert.deepEqual(
          joinBytes([head!, first!]),
          image.subarray(0, head!.length + first!.length),
        );
        put(read, value);
        assert.deepEqual(readByProtobufjs(entry, second!.subarray(4)), read, `${path}=${text}`);
        const again = await edited(nameOf(type), after, `[1]${path}=${text}`);
        assert.equal(again, after);
      }),
      { numRuns: rounds(25) },
    );
  });
}
