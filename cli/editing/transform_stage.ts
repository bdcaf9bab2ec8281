/**
 * Transforms: the user's JavaScript functions on images.
 *
 * @module
 */

import { splitGlob } from "../../images/bytes/glob.ts";
import type { Stage } from "../../images/edit/edits.ts";
import { checkEditedSize } from "../../images/edit/size.ts";
import { type Transform, transformImage } from "../../images/edit/transform.ts";
import { CritError } from "../../images/errors.ts";

/**
 * The stage that `--transform` asks for.
 *
 * @throws {CritError} `usage` when the file is no module with a function as its default export
 */
export async function transformStage(text: string): Promise<Stage> {
  const { files, rest: file } = splitGlob(text);
  const transform = await loadTransform(file);
  return {
    text,
    files,
    edit(name, image) {
      checkEditedSize(name, image.length);
      return transformImage(transform, file, name, image);
    },
  };
}

async function loadTransform(file: string): Promise<Transform> {
  let loaded: { default?: unknown };
  try {
    loaded = await import(new URL(file, `file://${Deno.cwd()}/`).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    throw new CritError("usage", `cannot be loaded as a transform: ${reason}`, { image: file });
  }
  if (typeof loaded.default === "function") return loaded.default as Transform;
  throw new CritError("usage", "its default export is no function", { image: file });
}
