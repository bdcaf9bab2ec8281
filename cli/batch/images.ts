/**
 * Which of a dump's files are images with entries.
 *
 * @module
 */

import { uint32At } from "../../images/bytes/buffer.ts";
import { COMMON_HEAD, SERVICE_HEAD } from "../../images/image/reader.ts";
import { typeByFileName, typeByMagic } from "../../images/types/registry.ts";
import { baseName, type Found, type Tree } from "./tree.ts";

/** Whether a file has entries, by its name or, where that tells nothing, by its magic. */
export function isImage(tree: Tree, file: Found): boolean {
  const type = typeByFileName(baseName(file.place));
  if (type !== undefined) return type.entry !== undefined;
  return (tree.isNamed || file.place.endsWith(".img")) && hasMagic(tree, file);
}

/** Whether a file begins as an image of a type that is known. */
function hasMagic(tree: Tree, file: Found): boolean {
  if (file.size < 8) return false;
  const bytes = new Uint8Array(8);
  try {
    using input = tree.open(file);
    if (input.readSync(bytes) !== bytes.length) return false;
  } catch {
    // Copying it says what is wrong.
    return false;
  }
  const first = uint32At(bytes, 0);
  const hasHead = first === COMMON_HEAD || first === SERVICE_HEAD;
  return typeByMagic(hasHead ? uint32At(bytes, 4) : first) !== undefined;
}
