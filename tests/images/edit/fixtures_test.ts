/** Every real image: one field of one entry changes, and not a byte elsewhere. */

import assert from "node:assert/strict";
import { messageTable } from "../../../images/codec/table.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { shapeAt } from "../../../images/image/reader.ts";
import { Kind } from "../../../images/protobuf/schema.ts";
import { imageToJson, typeByFileName, typeByName } from "../../../mod.ts";
import fc from "../../fast_check.ts";
import { type Fixture, fixturesIn, ownFixtures } from "../../fixtures.ts";
import { isNotSwept, SHARED, THOROUGH } from "../../dumps.ts";
import { edited, editedInPieces, piecesOf } from "./editing.ts";

/** A value in an image: the path to it, and what stands there in JSON. */
interface Place {
  path: string;
  entry: number;
  value: unknown;
  kind: Kind;
}

/** JSON with every number as the text that it was. */
function parseExactly(json: string): { magic: string; entries: Array<Record<string, unknown>> } {
  const reviver = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? context!.source : value;
  return JSON.parse(json, reviver);
}

/** Every field of an image, lists and messages among them. */
function placesIn({ file, bytes }: Fixture): Place[] {
  const { magic, entries } = parseExactly(imageToJson(bytes, { name: file }));
  const byName = typeByFileName(file);
  const type = byName?.entry === undefined ? typeByName(magic)! : byName;
  const places: Place[] = [];
  const walk = (message: string, value: Record<string, unknown>, path: string, entry: number) => {
    const table = messageTable(message, "plain");
    for (const [key, inner] of Object.entries(value)) {
      const field = table.byName.get(key);
      if (field === undefined) continue;
      const at = `${path}.${key}`;
      places.push({ path: at, entry, value: inner, kind: field.kind });
      const items = Array.isArray(inner) ? inner : [inner];
      items.forEach((item, i) => {
        const itemPath = Array.isArray(inner) ? `${at}[${i}]` : at;
        if (Array.isArray(inner)) {
          places.push({ path: itemPath, entry, value: item, kind: field.kind });
        }
        if (field.kind === Kind.Message) {
          walk(field.schema.typeName!, item as Record<string, unknown>, itemPath, entry);
        }
      });
    }
  };
  entries.forEach((value, i) => walk(shapeAt(type, i).entry, value, `[${i}]`, i));
  return places;
}

/** A value as a user would write it. */
function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Another value than the one that is there; undefined for what has no simple other one. */
function another({ kind, value }: Place): string | undefined {
  if (Array.isArray(value) || kind === Kind.Message) return undefined;
  if (kind === Kind.Bool) return `${!value}`;
  if (kind === Kind.String) return `${value}x`;
  if (kind === Kind.Bytes) return undefined;
  if (kind === Kind.Enum) return "12345";
  return value === "1" ? "0x2" : "1";
}

const fixtures = ownFixtures();

/** Places of an image that are set to what they have, and to something else. */
const [PLACES, CHANGES] = THOROUGH ? [200, 12] : [40, 5];

for (const fixture of fixtures) {
  const { name, file, bytes } = fixture;
  const places = placesIn(fixture);

  Deno.test(`${name}: setting a field to its present value changes nothing`, async () => {
    const step = Math.max(1, Math.floor(places.length / PLACES));
    for (const { path, value } of places.filter((_, i) => i % step === 0)) {
      const same = await edited(file, bytes, `${path}=${written(value)}`);
      assert.equal(same, bytes, `${path}=${written(value)}`);
    }
  });

  Deno.test(`${name}: editing one field changes no other byte`, async () => {
    const before = piecesOf(file, bytes);
    const plain = decodeObjects(bytes, { name: file });
    const usable = places.filter((place) => another(place) !== undefined);
    for (const place of usable.filter((_, i) => i % Math.ceil(usable.length / CHANGES) === 0)) {
      const text = `${place.path}=${another(place)}`;
      let after: Uint8Array;
      try {
        after = await edited(file, bytes, text);
      } catch (error) {
        // The field says how long the extra is.
        assert.match((error as Error).message, /extra: .*the entry says/, text);
        continue;
      }
      const pieces = piecesOf(file, after);
      assert.equal(pieces.length, before.length);
      pieces.forEach((piece, i) => {
        if (i !== place.entry + 1) assert.deepEqual(piece, before[i], text);
      });
      assert.notDeepEqual(pieces[place.entry + 1], before[place.entry + 1], text);
      const other = decodeObjects(after, { name: file });
      assert.deepEqual(differences(plain, other, ""), [`.entries${place.path}`], text);
      const back = await edited(file, after, `${place.path}=${written(place.value)}`);
      assert.deepEqual(back, bytes, text);
    }
  });
}

/** Paths at which two values differ. */
function differences(a: unknown, b: unknown, path: string): string[] {
  if (a instanceof Uint8Array || typeof a !== "object" || a === null) {
    return Object.is(a, b) || (a instanceof Uint8Array && `${a}` === `${b}`) ? [] : [path];
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) =>
    differences(left[key], right[key], Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`)
  );
}

Deno.test("edits do not depend on the ends of chunks", async () => {
  const anySize = fc.integer({ min: 1, max: 90 });
  const byName = new Map(fixtures.map((fixture) => [fixture.name, fixture]));
  const names = [...byName.keys()].filter((name) => byName.get(name)!.bytes.length < 100_000);
  await fc.assert(fc.asyncProperty(fc.constantFrom(...names), anySize, async (name, size) => {
    const { file, bytes } = byName.get(name)!;
    assert.deepEqual(editedInPieces(file, bytes, size, "-*:[*].no_such_field"), bytes);
    if (piecesOf(file, bytes).length < 3) return;
    const last = "-[1]";
    assert.deepEqual(
      editedInPieces(file, bytes, size, last),
      await edited(file, bytes, last),
    );
  }));
});

Deno.test({
  name: "a shared image stays unchanged if no edit applies to it",
  ignore: isNotSwept(),
  fn() {
    let count = 0;
    for (const { file, bytes } of fixturesIn(`${SHARED}dumps`, `${SHARED}dumps`)) {
      if (typeByFileName(file)?.raw !== undefined) continue;
      const edit = "-*:[*].no_such_field";
      assert.deepEqual(editedInPieces(file, bytes, 1 << 18, edit), bytes, file);
      count++;
    }
    assert.ok(count > 500, `${count}`);
  },
});
