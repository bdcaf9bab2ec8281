/**
 * JSON that older tools and go-criu wrote: every name that CRIU's history has for a field or a
 * value, and every shape, makes the same image; `--strict` takes none of the names.
 */

import assert from "node:assert/strict";
import history from "../../../fixtures/history.json" with { type: "json" };
import { headOf } from "../../../images/image/head.ts";
import { shapeAt } from "../../../images/image/reader.ts";
import { isWide, Kind, messageSchema } from "../../../images/protobuf/schema.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";
import { hintOf } from "../../../images/types/hints.ts";
import type { ImageType } from "../../../images/types/image_type.ts";
import { allTypes, typeByName } from "../../../images/types/registry.ts";
import { imageToJson, jsonToImage } from "../../../mod.ts";
import { rounds } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import { ownFixtures } from "../../fixtures.ts";
import { anyMessage, payloadOf } from "../../random_messages.ts";

/** Another name of a field or an enum's value. */
interface Rename {
  /** Message or enum. */
  owner: string;
  old: string;
  present: string;
}

interface Era {
  name: string;
}

const messages: Record<string, { fields: Record<string, Era[]> }> = history.messages;
const enums: Record<string, Record<string, { number: number }>> = history.enums;

/** Every rename that history knows. */
const FIELDS: Rename[] = Object.entries(messages).flatMap(([owner, { fields }]) =>
  Object.values(fields).flatMap((eras) =>
    eras.slice(0, -1).map(({ name }) => ({ owner, old: name, present: eras.at(-1)!.name }))
  )
);
const VALUES: Rename[] = Object.entries(enums).flatMap(([owner, values]) => {
  const list = Object.entries(values);
  return list.flatMap(([old, { number }], i) => {
    const present = list.slice(i + 1).find(([, other]) => other.number === number)?.[0];
    return present === undefined ? [] : [{ owner, old, present }];
  });
});

Deno.test("the tested renames are all renames of the history", () => {
  const names = [...FIELDS, ...VALUES].map(({ owner, old }) => `${owner}.${old}`).sort();
  assert.deepEqual(names, [
    "fd_types.TUN",
    "pagemap_entry.nr_pages",
    "task_core_entry.seccomp_filter",
    "task_core_entry.seccomp_mode",
    "user_desc_t.useable",
  ]);
});

/** Whether a message or enum occurs in another message, at any depth. */
function reaches(message: string, owner: string, seen = new Set<string>()): boolean {
  if (message === owner) return true;
  if (seen.has(message)) return false;
  seen.add(message);
  return messageSchema(message).fields.some(({ kind, typeName }) =>
    typeName === owner || kind === Kind.Message && reaches(typeName!, owner, seen)
  );
}

/** An image of one entry, or of a head and one. */
function imageOf(type: ImageType, ...payloads: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  for (const magic of headOf(type, "1.1").words) writer.fixed32(magic);
  for (const payload of payloads) {
    writer.fixed32(payload.length);
    writer.raw(payload);
  }
  return writer.bytes.slice(0, writer.pos);
}

/** Random images of a type without extras. */
function anyImage(type: ImageType): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const messages = type.head === undefined
    ? [shapeAt(type, 0).entry]
    : [type.head.entry, type.entry!];
  return fc.tuple(...messages.map((name) => anyMessage(name).map((one) => payloadOf(name, one))))
    .map((payloads) => imageOf(type, ...payloads));
}

for (const { owner, old, present } of [...FIELDS, ...VALUES]) {
  Deno.test(`${old} of ${owner} is ${present} now`, () => {
    const types = allTypes().filter(({ entry, extra, head, sameMagicAs }) =>
      entry !== undefined && extra === undefined && head?.extra === undefined &&
      sameMagicAs === undefined && reaches(entry, owner)
    );
    assert(types.length > 0);
    const isValue = VALUES.some((one) => one.old === old);
    const written = (name: string) => isValue ? `: "${name}"` : `"${name}": `;
    let seen = 0;
    for (const type of types) {
      fc.assert(
        fc.property(anyImage(type), (image) => {
          const json = imageToJson(image);
          // An entry of 4.2 that has both fields is none of an older tool's.
          if (!json.includes(written(present)) || json.includes(written(old)) && !isOwn(json)) {
            return;
          }
          const older = json.replaceAll(written(present), written(old));
          seen++;
          assert.deepEqual(jsonToImage(older), image, older);
          assert.throws(() => jsonToImage(older, { strict: true }), older);
        }),
        // Values that were renamed are rare among random ones.
        { seed: 17, numRuns: rounds(800) },
      );
    }
    assert(seen > 3, `${seen} images`);

    /** Whether the old name is another message's present one, as of threads. */
    function isOwn(json: string): boolean {
      return owner === "task_core_entry" && json.includes("thread_core");
    }
  });
}

Deno.test("each entry of a pagemap may be of an older tool", () => {
  const head = '{"pages_id": 1}';
  const json = (...entries: string[]) =>
    `{"magic": "PAGEMAP", "entries": [${[head, ...entries].join(", ")}]}`;
  const present = '{"vaddr": 8192, "compat_nr_pages": 0, "nr_pages": 5000000000}';
  assert.deepEqual(
    jsonToImage(json('{"vaddr": 4096, "nr_pages": 2, "in_parent": true}', present)),
    jsonToImage(json('{"vaddr": 4096, "compat_nr_pages": 2, "in_parent": true}', present)),
  );
  assert.throws(
    () => jsonToImage(json('{"vaddr": 4096, "nr_pages": 5000000000}')),
    /compat_nr_pages: required field is missing/,
    "more than an older tool could say",
  );
});

/** A value in the form that go-criu writes: 64-bit numbers as strings, base64 on one line. */
function goForm(message: string, value: Record<string, unknown>): Record<string, unknown> {
  const schema = messageSchema(message);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const field = schema.byName.get(name);
      if (field === undefined) return [name, name === "extra" ? goExtra(one) : one];
      const form = (item: unknown) => {
        if (field.kind === Kind.Message) return goForm(field.typeName!, item as typeof value);
        if (isWide(field.kind)) return `${item}`;
        const isBase64 = field.kind === Kind.Bytes && hintOf(message, name) !== "unix_name";
        return isBase64 ? (item as string).replaceAll("\n", "") : item;
      };
      return [name, Array.isArray(one) ? one.map(form) : form(one)];
    }),
  );
}

/** Its extras: base64 on one line, and other names for a connection's queues. */
function goExtra(extra: unknown): unknown {
  if (typeof extra === "string") return extra.replaceAll("\n", "");
  if (Array.isArray(extra)) return extra.map(goExtra);
  if (typeof extra !== "object") return extra;
  const { inq, outq, ...rest } = extra as Record<string, string>;
  if (inq === undefined || outq === undefined) return extra;
  return { ...rest, in_q: goExtra(inq), out_q: goExtra(outq) };
}

const exactly = (_: string, value: unknown, context?: { source?: string }) =>
  typeof value === "number" ? BigInt(context!.source!) : value;

const plainly = (_: string, value: unknown) => typeof value === "bigint" ? Number(value) : value;

Deno.test("every image is read in the form that go-criu writes", () => {
  let strings = 0;
  for (const { name, file, bytes, version } of ownFixtures()) {
    const { magic, entries, ...order } = JSON.parse(imageToJson(bytes, { name: file }), exactly);
    const type = typeByName(magic)!;
    const go = (entries as Array<Record<string, unknown>>).map((entry, i) =>
      goForm(shapeAt(type, i).entry, entry)
    );
    const json = JSON.stringify({ magic, ...order, entries: go.length === 0 ? null : go }, plainly);
    if (/: "\d+"/.test(json.replaceAll('":"', '": "'))) strings++;
    assert.deepEqual(jsonToImage(json, { version }), bytes, name);
  }
  assert(strings > 30, `${strings} images with 64-bit numbers`);
});
