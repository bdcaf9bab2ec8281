/**
 * References from one image to another, and findings for dangling references.
 *
 * @module
 */

import type { FdTypes } from "../../proto/types.ts";
import type { CheckContext } from "./context.ts";
import type { Finding } from "./rule.ts";

/** A field that names an object that does not exist. */
export interface Reference {
  readonly image: string;
  readonly entry: number;
  readonly field?: string;
  /** The named object, as a phrase: `REG file 12`. */
  readonly target: string;
}

/**
 * Findings for dangling references into `images`. There are none if one of `images` is damaged:
 * another rule reports that. If none of `images` exists, there is one finding for that.
 */
export function* unresolved(
  context: CheckContext,
  images: readonly string[],
  references: Iterable<Reference>,
): Generator<Finding> {
  if (images.some((image) => context.isDamaged(image))) return;
  const isMissing = !images.some((image) => context.dump.has(image));
  let first: Reference | undefined;
  let count = 0;
  for (const reference of references) {
    first ??= reference;
    count++;
    if (!isMissing) yield nowhere(reference);
  }
  if (!isMissing || first === undefined) return;
  const { image, entry, target } = first;
  const others = count > 1 ? ` and ${count - 1} more` : "";
  const message = `it is missing: ${image}, entry ${entry} names ${target}${others}`;
  yield { image: images[0]!, message };
}

/**
 * Path of a field in the message of a file's type, in files.img or in the older image of its type.
 */
export function fieldOfFile(image: string, part: string, field: string): string {
  return image === "files.img" ? `${part}.${field}` : field;
}

/** A reference to an open file that does not exist, of one type or several. */
export interface FileReference extends Reference {
  readonly type: FdTypes | readonly FdTypes[];
}

/**
 * Findings for dangling references to open files. There are none for a type whose image is missing
 * or damaged: other rules report that.
 */
export function* unresolvedFiles(
  context: CheckContext,
  references: Iterable<FileReference>,
): Generator<Finding> {
  const usable = new Map<FdTypes, boolean>();
  const isUsable = (type: FdTypes) => {
    let known = usable.get(type);
    if (known === undefined) {
      known = context.isWhole(context.fileImage(type)) && context.filesAreWhole;
      usable.set(type, known);
    }
    return known;
  };
  for (const reference of references) {
    const { type } = reference;
    const types = typeof type === "object" ? type : [type];
    if (types.every(isUsable)) yield nowhere(reference);
  }
}

function nowhere({ image, entry, field, target }: Reference): Finding {
  return { image, entry, field, message: `there is no ${target}` };
}
