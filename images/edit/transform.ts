/**
 * Edits by functions that get an image as an object.
 *
 * @module
 */

import { CritError, dataError } from "../errors.ts";
import { decodeObjects, encodeImage, type ImageLike, type ObjectImage } from "../image/objects.ts";
import { restoreOriginalBytes } from "./noncanonical.ts";
import { refuseManyFields } from "./raw_field.ts";

/**
 * Changes an image in place or returns another one. 64-bit numbers are bigints, and bytes are
 * `Uint8Array`s. If it returns nothing, the given image is used in its present state.
 */
export type Transform = (image: ObjectImage, name: string) => unknown;

/**
 * Passes an image through a function.
 *
 * @param label name of the function in errors
 * @param bytes the whole image
 * @throws {CritError} `data` if the function throws, or does not return an image of the same type
 */
export async function transformImage(
  transform: Transform,
  label: string,
  name: string,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  refuseManyFields(bytes, name);
  const image = decodeObjects(bytes, { name, size: bytes.length });
  const { type, version, byteOrder } = image;
  let edited: Uint8Array;
  try {
    const given: unknown = await transform(image, name) ?? image;
    if (!isImage(given)) {
      throw dataError(`${label} gave no image: {type, entries} is needed`, { image: name });
    }
    if (given.type !== type) {
      throw dataError(`${label} made a ${given.type} image of it`, { image: name });
    }
    edited = encoded(given, { version, byteOrder }, `${name} as ${label} gave it`);
  } catch (error) {
    if (error instanceof CritError) throw error.at({ image: name });
    // Getters and proxies run where the object is read.
    const reason = `${label} failed: ${describe(error)}`;
    throw new CritError("data", reason, { image: name }, undefined, { cause: error });
  }
  return restoreOriginalBytes(edited, bytes, { name });
}

function encoded(
  image: ImageLike,
  { version, byteOrder }: Pick<ObjectImage, "version" | "byteOrder">,
  name: string,
): Uint8Array {
  try {
    return encodeImage({ ...image, byteOrder: byteOrder ?? "little" }, version);
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: name }) : error;
  }
}

/** What was thrown, which may be anything. */
function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "it threw something that is no error";
  }
}

function isImage(value: unknown): value is ImageLike {
  if (typeof value !== "object" || value === null) return false;
  const { type, entries } = value as Record<string, unknown>;
  return typeof type === "string" && Array.isArray(entries) &&
    Array.from(entries).every((entry) => typeof entry === "object" && entry !== null);
}
