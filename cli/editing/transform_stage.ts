/** Transforms: JavaScript functions of the user that change images. @module */

import { splitGlob } from "../../images/bytes/glob.ts";
import type { Stage } from "../../images/edit/session.ts";
import { checkEditedSize } from "../../images/edit/size.ts";
import { type Transform, transformImage } from "../../images/edit/transform.ts";
import { CritError, dataError } from "../../images/errors.ts";
import { importDefault, settled } from "../images/user_module.ts";

/** Default of `--timeout` for a call, in milliseconds. */
const CALL_LIMIT = 300_000;

/** Limits of transforms. */
export interface Limits {
  /** Milliseconds after which a call fails. */
  readonly timeout?: number;
}

/**
 * Makes the stage for `--transform`.
 *
 * @throws {CritError} `usage` if the file is not a module with a function as its default export
 */
export async function transformStage(text: string, limits: Limits): Promise<Stage> {
  const { files, rest: file } = splitGlob(text);
  const transform = await loadTransform(file);
  return {
    text,
    files,
    edit(name, image) {
      checkEditedSize(name, image.length);
      return transformImage(inTime(transform, file, limits), file, name, image);
    },
  };
}

async function loadTransform(file: string): Promise<Transform> {
  const { exported: transform } = await importDefault(file, "a transform");
  if (typeof transform === "function") return transform as Transform;
  throw new CritError("usage", "its default export is not a function", { image: file });
}

/** Wraps the function, and limits the time of its promise. */
function inTime(transform: Transform, file: string, { timeout = CALL_LIMIT }: Limits): Transform {
  const reason = `${file} had not finished after ${timeout / 1000} s`;
  return (image, name) => {
    const given = transform(image, name);
    if (!(given instanceof Promise)) return given;
    return settled(given, timeout, () => dataError(reason));
  };
}
