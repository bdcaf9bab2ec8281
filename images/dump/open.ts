/**
 * Opens a dump by its path.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { DirectorySource, isDirectory } from "./directory.ts";
import { Dump } from "./dump.ts";
import type { ImageSource } from "./source.ts";

/** How a dump is opened. */
export interface OpenOptions {
  /** Path of the parent dump, in place of what the link `parent` leads to. */
  parent?: string;
}

/**
 * Opens a dump: a directory, or an archive as container engines export checkpoints.
 *
 * @throws {CritError} `file` when there is nothing at that path, `data` when it holds no dump
 */
export async function openDump(path: string, options: OpenOptions = {}): Promise<Dump> {
  const source = await openSource(path);
  const parent = options.parent === undefined ? undefined : await openSource(options.parent);
  return new Dump(source, parent);
}

/** Opens what holds a dump's images. */
// deno-lint-ignore require-await
export async function openSource(path: string): Promise<ImageSource> {
  if (isDirectory(path)) return new DirectorySource(path);
  throw new CritError("file", "there is no such directory", { image: path });
}
