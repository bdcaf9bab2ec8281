/**
 * Edits by a function that takes an image as an object.
 *
 * @module
 */

import { CritError, dataError } from "../errors.ts";
import { decodeObjects, encodeImage, type ImageLike, type ObjectImage } from "../image/objects.ts";
import { restoreOriginalBytes } from "./noncanonical.ts";

/**
 * Changes an image, in place or by giving another one; 64-bit numbers are bigints, bytes
 * `Uint8Array`s. Nothing given means the image that it got, as it is by then.
 */
export type Transform = (image: ObjectImage, name: string) => unknown;

/**
 * Passes an image through a function.
 *
 * @param label what errors call the function
 * @param bytes all of the image
 * @throws {CritError} `data` when the function throws or does not give an image of the type
 */
export async function transformImage(
  transform: Transform,
  label: string,
  name: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const image = decodeObjects(bytes, { name, size: bytes.length });
  const { type, version, byteOrder } = image;
  let given: unknown;
  try {
    given = await transform(image, name) ?? image;
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new CritError("data", `${label} failed: ${said}`, { image: name }, undefined, {
      cause: error,
    });
  }
  if (!isImage(given)) {
    throw dataError(`${label} gave no image: {type, entries} is needed`, { image: name });
  }
  if (given.type !== type) {
    throw dataError(`${label} made a ${given.type} image of it`, { image: name });
  }
  let edited: Uint8Array;
  try {
    edited = encodeImage({ ...given, byteOrder: byteOrder ?? "little" }, version);
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: `${name} as ${label} gave it` }) : error;
  }
  return restoreOriginalBytes(edited, bytes, { name });
}

function isImage(value: unknown): value is ImageLike {
  if (typeof value !== "object" || value === null) return false;
  const { type, entries } = value as Record<string, unknown>;
  return typeof type === "string" && Array.isArray(entries) &&
    entries.every((entry) => typeof entry === "object" && entry !== null);
}
