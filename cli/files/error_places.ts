/** Errors that name their file as the user typed it. @module */

import { baseName, below } from "../../images/bytes/paths.ts";
import { PARENT } from "../../images/dump/source.ts";
import { CritError, OutputError } from "../../images/errors.ts";
import { typeByFileName } from "../../images/types/registry.ts";

/** An error that names its file by its place, which is more than a name below the top. */
export function atPlace(error: unknown, place: string): unknown {
  if (!(error instanceof CritError) || error instanceof OutputError) return error;
  if (error.kind === "usage" && error.place.image === undefined) return error;
  const image = error.place.image ?? baseName(place);
  return image === baseName(place) ? renamed(error, place) : error;
}

/**
 * An error about an image of a dump, which names the dump as well.
 *
 * @param path of the dump, as it was typed
 * @param place where the dump is below that path
 */
export function inDump<E>(error: E, path: string, place = ""): E | CritError {
  if (!(error instanceof CritError) || error instanceof OutputError) return error;
  const { image } = error.place;
  if (error.kind === "usage" || image === undefined || !isOfDump(image)) return error;
  return renamed(error, below(path.replace(/(?<=.)\/+$/, ""), below(place, image)));
}

/** Does something with a dump, whose errors then name it. */
export async function namingDump<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw inDump(error, path);
  }
}

/** Does something with one image, whose errors then name it as it was typed. */
export async function namingImage<T>(
  path: string | undefined,
  action: () => T | Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw path === undefined || path === "-" ? error : atPlace(error, path);
  }
}

/** Whether a name is that of an image, a log or a parent, as dumps have them. */
function isOfDump(image: string): boolean {
  const [first] = image.split("/");
  return first === PARENT || !image.includes("/") && typeByFileName(image) !== undefined;
}

function renamed({ kind, reason, place, hint, cause, stack }: CritError, image: string): CritError {
  const error = new CritError(kind, reason, { ...place, image }, hint, { cause });
  error.stack = stack;
  return error;
}
