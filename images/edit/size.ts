/** The limit for images that are edited in memory. @module */

import { joinBytes } from "../bytes/bytes.ts";
import type { InputReader, SyncReader } from "../bytes/io.ts";
import { CritError } from "../errors.ts";

/** Largest image that is edited in memory, in bytes; there may be several copies. */
export const MAX_EDITED = 1 << 30;

/** Limits the size of an edited image. @throws {CritError} `unsupported` when it is too large */
export function checkEditedSize(name: string, size: number): void {
  if (size <= MAX_EDITED) return;
  const reason = `${size} bytes are too many to hold in memory, ${MAX_EDITED} at most`;
  throw new CritError("unsupported", reason, { image: name });
}

/** Bytes that are read at a time. */
const PIECE = 1 << 18;

/**
 * Reads all bytes of an image, whose size may be unknown.
 *
 * @throws {CritError} `unsupported` if the image is too large
 */
export async function readToEnd(
  name: string,
  input: SyncReader & Partial<Pick<InputReader, "size">>,
): Promise<Uint8Array> {
  checkEditedSize(name, input.size ?? 0);
  const pieces: Uint8Array[] = [];
  for (let size = 0;;) {
    const piece = new Uint8Array(PIECE);
    const count = input.read === undefined ? input.readSync(piece) : await input.read(piece);
    if (count === null) return pieces.length === 0 ? new Uint8Array() : joinBytes(pieces);
    checkEditedSize(name, size += count);
    pieces.push(piece.subarray(0, count));
  }
}
