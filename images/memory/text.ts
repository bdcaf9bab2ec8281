/**
 * Bytes of memory as text.
 *
 * @module
 */

import { printable } from "../bytes/printable.ts";
import { decodeText } from "../bytes/utf8.ts";

/** Bytes as text that harms no terminal and stays on its line; the same bytes, the same text. */
export function bytesText(bytes: Uint8Array): string {
  return printable(decodeText(bytes).replaceAll("\\", "\\\\"));
}
