/**
 * Which of a dump's files are images with entries.
 *
 * @module
 */

import { baseName } from "../../images/bytes/paths.ts";
import { LONGEST_HEAD, readMagics } from "../../images/image/head.ts";
import { typeByFileName, typeByMagic } from "../../images/types/registry.ts";
import type { Found } from "../files/found.ts";
import type { Tree } from "../files/tree.ts";

/** Whether a file has entries, by its name or, if the name is unknown, by its magic. */
export function isImage(tree: Tree, file: Found): boolean {
  const type = typeByFileName(baseName(file.place));
  if (type !== undefined) return type.entry !== undefined;
  return (tree.isNamed || file.place.endsWith(".img")) && hasMagic(tree, file);
}

/** Whether a file begins as an image of a type that is known. */
function hasMagic(tree: Tree, file: Found): boolean {
  if (file.size < LONGEST_HEAD) return false;
  const bytes = new Uint8Array(LONGEST_HEAD);
  try {
    using input = tree.open(file);
    if (input.readSync(bytes) !== bytes.length) return false;
  } catch {
    // Copying it says what is wrong.
    return false;
  }
  return typeByMagic(readMagics(bytes)!.magic) !== undefined;
}
