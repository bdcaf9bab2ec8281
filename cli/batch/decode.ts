/**
 * Decodes dumps into directories of JSON files.
 *
 * @module
 */

import { baseName } from "../../images/bytes/paths.ts";
import { typeByFileName } from "../../images/types/registry.ts";
import type { JsonLayout } from "../images/decode_image.ts";
import { isImage } from "./images.ts";
import { type BatchArguments, runBatch } from "./run.ts";

/** Writes `NAME.json` for each image and copies all other files. Returns the exit code. */
export function decodeAll(args: BatchArguments, layout: JsonLayout): Promise<number> {
  return runBatch(args, {
    conversion: { to: "json", layout },
    convertedPlace: (tree, file) => isImage(tree, file) ? `${file.place}.json` : undefined,
    convertsName: (place) => typeByFileName(baseName(place))?.entry !== undefined,
  });
}
