/**
 * Bytes of memory as text.
 *
 * @module
 */

import { printable } from "../bytes/printable.ts";
import { decodeText } from "../bytes/utf8.ts";

/** Bytes as text on one line without control characters; equal for equal bytes. */
export function bytesText(bytes: Uint8Array): string {
  return printable(decodeText(bytes).replaceAll("\\", "\\\\"));
}
