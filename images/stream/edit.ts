/** Edits of images while they are streamed. @module */

import { sameBytes } from "../bytes/bytes.ts";
import { CritError } from "../errors.ts";
import type { Awaitable } from "./store.ts";

/** Edits the complete bytes of one image. */
export type EditImage = (bytes: Uint8Array) => Awaitable<Uint8Array>;

/** Decides by file name whether an image passes unchanged or is edited. */
export type EditPlan = (name: string) => "pass" | EditImage;

/** The plan without any edits. */
export function passAll(): "pass" {
  return "pass";
}

/** An edited image. */
export interface Edited {
  /** The complete image. */
  readonly bytes: Uint8Array;
  /** Whether the edit changed it. */
  readonly changed: boolean;
}

/**
 * Edits an image.
 *
 * @throws any exception of the edit; a CritError gets the name of the image
 */
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
