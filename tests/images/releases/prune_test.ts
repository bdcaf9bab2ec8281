/** Images of every type, of random messages, to every release. */

import assert from "node:assert/strict";
import { headOf } from "../../../images/image/head.ts";
import { WireWriter } from "../../../images/protobuf/wire.ts";
import type { ImageType } from "../../../images/types/image_type.ts";
import { allTypes } from "../../../images/types/registry.ts";
import { CritError } from "../../../mod.ts";
import { releases } from "../../../proto/release_tables.ts";
import { THOROUGH } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import { anyMessage, payloadOf } from "../../random_messages.ts";
import { type Converted, converted, type Files } from "../convert/dumps.ts";

/** A dump of one image with the entries given. */
function filesOf(type: ImageType, payloads: readonly Uint8Array[]): Files {
  const writer = new WireWriter();
  for (const magic of headOf(type, "1.1").words) writer.fixed32(magic);
  for (const payload of payloads) {
    writer.fixed32(payload.length);
    writer.raw(payload);
  }
  const name = type.files[0]!.replace(/%[udxs]/, "1");
  return new Map([[name, writer.bytes.slice(0, writer.pos)]]);
}

/** Random images of a type: several entries, after a head where there is one. */
function anyImage(type: ImageType): fc.Arbitrary<Files> {
  const entry = (name: string) => anyMessage(name).map((one) => payloadOf(name, one));
  const entries = fc.array(entry(type.entry!), { minLength: 1, maxLength: 3 });
  const head = type.head === undefined
    ? fc.constant([])
    : entry(type.head.entry).map((one) => [one]);
  return fc.tuple(head, entries).map(([first, rest]) => filesOf(type, [...first, ...rest]));
}

const types = allTypes().filter(({ entry, extra, head }) =>
  entry !== undefined && extra === undefined && head?.extra === undefined
);

const anyRelease = fc.constantFrom(...releases.slice(releases.indexOf("1.3")));

/** A conversion; undefined where random data made no sense to a step. */
function tried(files: Files, to: string, drops: string[] = []): Converted | undefined {
  try {
    return converted(files, to, drops);
  } catch (error) {
    if (error instanceof CritError) return undefined;
    throw error;
  }
}

Deno.test("pruning twice finds no more losses and changes nothing", () => {
  assert(types.length > 40);
  for (const type of types) {
    fc.assert(
      fc.property(anyImage(type), anyRelease, (files, to) => {
        const first = tried(files, to);
        if (first === undefined) return;
        const second = tried(first.files, to);
        // Of a machine that the release does not know no core is left.
        if (second === undefined) return assert.equal(type.name, "CORE");
        assert.deepEqual(second.report.losses, [], type.name);
        assert.deepEqual(second.files, first.files, type.name);
      }),
      { numRuns: THOROUGH ? 20 : 6 },
    );
  }
});

Deno.test("the newest release loses nothing", () => {
  for (const type of types) {
    fc.assert(
      fc.property(anyImage(type), (files) => {
        const losses = tried(files, "4.2")?.report.losses ?? [];
        // Watches alone, without the files that have them, are the exception.
        const isWatch = /^(EVENTPOLL_TFD|INOTIFY_WD|FANOTIFY_MARK)$/.test(type.name);
        if (!isWatch) assert.deepEqual(losses, [], type.name);
      }),
      { numRuns: THOROUGH ? 10 : 4 },
    );
  }
});
