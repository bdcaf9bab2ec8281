/**
 * Edits on the way: which images are changed and how.
 *
 * @module
 */

import { sameBytes } from "../bytes/bytes.ts";
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
