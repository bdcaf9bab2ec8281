/**
 * Edits on the way: which images are changed and how.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import type { Awaitable } from "./store.ts";

/** Changes one image: whole image bytes to whole image bytes. */
export type EditImage = (bytes: Uint8Array) => Awaitable<Uint8Array>;

/** Says, by an image's file name, whether it passes as it is or how it is changed. */
export type EditPlan = (name: string) => "pass" | EditImage;

/** The plan that changes nothing. */
export function passAll(): "pass" {
  return "pass";
}

/** Largest image that is edited, in bytes: it is held in memory, more than once. */
export const MAX_EDITED = 1 << 30;

/** Limits the size of an edited image. @throws {CritError} `unsupported` when it is too large */
export function checkEditedSize(name: string, size: number): void {
  if (size <= MAX_EDITED) return;
  const reason = `${size} bytes are too many to edit on the way, ${MAX_EDITED} at most`;
  throw new CritError("unsupported", reason, { image: name });
}

/** An edited image, and whether the edit changed it. */
export interface Edited {
  /** The whole image, edited. */
  readonly bytes: Uint8Array;
  /** Whether it differs from what it was. */
  readonly changed: boolean;
}

/** Edits an image. @throws what the edit throws, with the image's name */
export async function applyEdit(
  name: string,
  edit: EditImage,
  bytes: Uint8Array,
): Promise<Edited> {
  try {
    const edited = await edit(bytes);
    return { bytes: edited, changed: edited !== bytes && !sameBytes(edited, bytes) };
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: name }) : error;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
