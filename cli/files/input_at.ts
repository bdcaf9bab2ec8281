/**
 * Where a command reads an image from: a file, standard input, or an archive.
 *
 * @module
 */

import { kindOf } from "../../images/bytes/io.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";
import { type Input, openInput } from "./input.ts";

/**
 * Opens a file for reading, or standard input, or a file in an archive.
 *
 * @throws {CritError} `data` when there is no such file in the archive
 */
export async function openInputAt(path?: string): Promise<Input> {
  if (path === undefined || path === "-" || kindOf(path) !== undefined) return openInput(path);
  const { archiveBefore }: typeof import("./paths.ts") = await import(lazySpecifier("./paths.ts"));
  if (await archiveBefore(path) === undefined) return openInput(path);
  const { openImageFile }: typeof import("../../images/dump/open.ts") = await import(
    lazySpecifier("../../images/dump/open.ts")
  );
  const { asInput }: typeof import("./tree.ts") = await import(lazySpecifier("./tree.ts"));
  return asInput(await openImageFile(path));
}
