/**
 * The value of a `google.protobuf.Any`, in which containerd wraps configuration.
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import { readUpTo } from "../archive/bytes.ts";

/** Largest message that is looked at, in bytes. */
const LARGEST = 1 << 24;

/** Tag of field 2, `value`, which is of the kind with a length (any.proto). */
const VALUE_TAG = 0x12;

/** The bytes of field 2; undefined when there are none, or the message is damaged or too large. */
export function anyValue(file: SizedBytes): SizedBytes | undefined {
  if (file.size > LARGEST) return undefined;
  const bytes = readUpTo(file, 0, file.size);
  for (let pos = 0; pos < bytes.length;) {
    const tag = bytes[pos++]!;
    // Both fields have a length; what else there may be is no Any.
    if ((tag & 7) !== 2) return undefined;
    let length = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = bytes[pos++];
      if (byte === undefined || scale > LARGEST * 128) return undefined;
      length += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    if (pos + length > bytes.length) return undefined;
    if (tag === VALUE_TAG) return inMemory(bytes.subarray(pos, pos + length));
    pos += length;
  }
  return undefined;
}

/** Bytes that are held. */
function inMemory(bytes: Uint8Array): SizedBytes {
  return {
    size: bytes.length,
    read(offset, into) {
      const piece = bytes.subarray(offset, offset + into.length);
      into.set(piece);
      return piece.length;
    },
    [Symbol.dispose]: () => {},
  };
}
