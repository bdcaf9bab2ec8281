/**
 * Dumps to directories of JSON files.
 *
 * @module
 */

import { COMMON_HEAD, SERVICE_HEAD } from "../../images/image.ts";
import { typeByFileName, typeByMagic } from "../../images/registry.ts";
import { uint32At } from "../../images/wire.ts";
import type { Layout } from "../decode_image.ts";
import { type BatchArguments, runBatch } from "./run.ts";
import { baseName, type Found, type Tree } from "./tree.ts";

/** Writes `NAME.json` for each image; all else is copied. Gives the exit code. */
export function decodeAll(args: BatchArguments, layout: Layout): Promise<number> {
  return runBatch(args, {
    conversion: { to: "json", layout },
    convertedPlace: (tree, file) => isImage(tree, file) ? `${file.place}.json` : undefined,
  });
}

/** Whether a file has entries, by its name or, where that tells nothing, by its magic. */
function isImage(tree: Tree, file: Found): boolean {
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
