/** The image version in inventory.img. @module */

import { dataError } from "../errors.ts";
import type { ImageVersion } from "../image/head.ts";
import { messageSchema } from "../protobuf/schema.ts";
import { Wire, WireReader } from "../protobuf/wire.ts";

/** `img_version` of each image version (CRIU: CRTOOLS_IMAGES_V1, V1_1). */
const NUMBERS: Readonly<Record<ImageVersion, number>> = { "1.0": 1, "1.1": 2 };

/**
 * Changes the image version of an inventory's payload; returns the same bytes if it already has
 * that version.
 *
 * @throws {CritError} `data` if its version does not exist
 */
export function withVersion(payload: Uint8Array, version: ImageVersion): Uint8Array {
  const field = messageSchema("inventory_entry").byName.get("img_version")!;
  const reader = new WireReader(payload, 0, payload.length);
  let changed: Uint8Array | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    const start = reader.pos;
    reader.skip(tag);
    if (tag !== (field.number << 3 | Wire.Varint)) continue;
    const { lo } = reader;
    // A pre-dump's inventory has no version.
    if (lo === 0) continue;
    if (!Object.values(NUMBERS).includes(lo)) {
      throw dataError(`there is no image version ${lo}`, { field: field.name });
    }
    if (lo === NUMBERS[version]) continue;
    changed ??= payload.slice();
    // The low bits of a varint are in its first byte, however long it is.
    changed[start] = changed[start]! & 0x80 | NUMBERS[version];
  }
  return changed ?? payload;
}
