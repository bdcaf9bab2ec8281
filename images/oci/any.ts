/**
 * The value of a `google.protobuf.Any`, in which containerd wraps configuration.
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import { readUpTo } from "../archive/bytes.ts";

/** Largest accepted message, in bytes. */
const LARGEST = 1 << 24;

/** Tag of field 2, `value`, with wire type 2 (any.proto). */
const VALUE_TAG = 0x12;

/** The bytes of field 2; undefined if it is missing, or the message is damaged or too large. */
export function anyValue(file: SizedBytes): SizedBytes | undefined {
  if (file.size > LARGEST) return undefined;
  const bytes = readUpTo(file, 0, file.size);
  for (let pos = 0; pos < bytes.length;) {
    const tag = bytes[pos++]!;
    // Both fields are length-delimited; a message with any other field is no Any.
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

/** Bytes in memory. */
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
