/** How large an image may be that is edited in memory. @module */

import { CritError } from "../errors.ts";

/** Largest image that is edited, in bytes: it is held in memory, more than once. */
export const MAX_EDITED = 1 << 30;

/** Limits the size of an edited image. @throws {CritError} `unsupported` when it is too large */
export function checkEditedSize(name: string, size: number): void {
  if (size <= MAX_EDITED) return;
  const reason = `${size} bytes are too many to edit on the way, ${MAX_EDITED} at most`;
  throw new CritError("unsupported", reason, { image: name });
}
