/**
 * Opens a dump by its path.
 *
 * @module
 */

import { isDirectory, kindOf } from "../bytes/io.ts";
import { CritError } from "../errors.ts";
import { DirectorySource, openFile } from "./directory.ts";
import { Dump } from "./dump.ts";
import type { ImageSource } from "./source.ts";

/** How a dump is opened. */
export interface OpenOptions {
  /** Path of the parent dump, in place of what the link `parent` leads to. */
  parent?: string;
}

/**
 * Opens a dump: a directory, or an archive as container engines export checkpoints. A directory
 * in an archive is named as if the archive were unpacked: `ARCHIVE/DIRECTORY`.
 *
 * @throws {CritError} `file` when there is nothing at that path, `data` when it holds no dump
 */
export async function openDump(path: string, options: OpenOptions = {}): Promise<Dump> {
  const source = await openSource(path);
  try {
    const parent = options.parent === undefined ? undefined : await openSource(options.parent);
    return new Dump(source, parent);
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** Opens what holds a dump's images. */
export async function openSource(path: string): Promise<ImageSource> {
  if (isDirectory(path)) return new DirectorySource(path);
  const { archive, directory } = archiveIn(path);
  const { openArchive } = await import("./archive.ts");
  const { file, identity } = openFile(archive);
  return await openArchive(file, { path: archive, identity, directory });
}

/**
 * Parts the path of a dump in an archive into the archive's and that of a directory in it.
 *
 * @throws {CritError} `file` when there is no file at that path or before it
 */
export function archiveIn(path: string): { archive: string; directory?: string } {
  const kind = kindOf(path);
  if (kind === "file") return { archive: path };
  if (kind === "other") {
    throw new CritError("file", "it is neither a directory nor an archive", { image: path });
  }
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const archive = path.slice(0, end);
    if (kindOf(archive) === "file") return { archive, directory: path.slice(end + 1) };
  }
  throw new CritError("file", "there is no such directory or archive", { image: path });
}
