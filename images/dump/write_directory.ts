/**
 * Writes dumps into directories, for the library.
 *
 * Commands also copy the files beside a dump (`cli/files/new_directory.ts`). Both create the
 * directory with `images/bytes/staged_directory.ts`.
 *
 * @module
 */

import { canonicalPath, inFile } from "../bytes/io.ts";
import { baseName, below, directoryOf, relativePath, temporaryName } from "../bytes/paths.ts";
import { lstatOrUndefined, StagedDirectory } from "../bytes/staged_directory.ts";
import { createFile, permissionsOf, permissionsOfNew, WrittenFile } from "../bytes/written_file.ts";
import { CritError, dataError } from "../errors.ts";
import { type DerivedDump, DerivedSource } from "./derived.ts";
import { DirectorySource } from "./directory.ts";
import type { DumpImages } from "./images.ts";
import { type ImageFile, type ImageSource, PARENT } from "./source.ts";

/** Permissions of what is written: memory is in it. */
const SECRET = permissionsOfNew(0o600);

/** Bytes that are copied at a time. */
const PIECE = 1 << 18;

/**
 * Writes the files of a dump into a new directory, which is complete or absent. Holes stay holes,
 * and a link `parent` leads to the same parent dump.
 *
 * @param path path of the directory; nothing but an empty directory may exist there
 * @throws {CritError} `file` when there is something at the path already or it cannot be written,
 * `unsupported` when the parent dump is in an archive, `data` when a file ends early
 */
export async function writeDump(dump: DumpImages, path: string): Promise<void> {
  using directory = new StagedDirectory(path);
  for (const name of dump.source.files.keys()) {
    using file = dump.source.open(name);
    using output = directory.create(name, SECRET);
    await copyImage(file, output);
  }
  const link = linkToParent(dump, directory.target);
  if (link !== undefined) directory.link(PARENT, link);
  directory.commit();
}

/**
 * Replaces the changed images of a derived dump in the directory of the original. No image is
 * replaced before all are written.
 *
 * @throws {CritError} `unsupported` when the original is no directory or an image is a symbolic
 * link, `file` when one cannot be written
 */
export async function replaceImages({ original, changed, gone }: DerivedDump): Promise<void> {
  const { source } = original;
  if (!(source instanceof DirectorySource)) {
    const reason = "images can be replaced in a directory only";
    throw new CritError("unsupported", reason, { image: source.path });
  }
  const ready = new Map<string, string>();
  try {
    for (const [name, image] of changed) {
      const path = below(source.path, name);
      const info = inFile(name, () => lstatOrUndefined(path));
      if (info?.isSymlink) {
        throw new CritError("unsupported", "it is a symbolic link", { image: name });
      }
      const temporary = temporaryName(path);
      const permissions = info === undefined ? SECRET : permissionsOf(info);
      using file = image.open();
      const created = createFile(temporary, path, name, permissions);
      ready.set(temporary, path);
      using output = new WrittenFile(created, name);
      await copyImage(file, output);
    }
    for (const [temporary, path] of ready) inFile(path, () => Deno.renameSync(temporary, path));
    for (const name of gone) inFile(name, () => Deno.removeSync(below(source.path, name)));
  } finally {
    for (const path of ready.keys()) {
      if (lstatOrUndefined(path) !== undefined) Deno.removeSync(path);
    }
  }
}

/** Copies an image with its holes. */
async function copyImage(file: ImageFile, output: WrittenFile): Promise<void> {
  const buffer = new Uint8Array(PIECE);
  for (let at = 0; at < file.size;) {
    const from = file.dataFrom?.(at) ?? at;
    output.skip(from - at);
    at = from;
    if (at >= file.size) break;
    const count = file.read(at, buffer);
    if (count === 0) throw dataError(`it ends after ${at} bytes`, { image: file.name });
    await output.writeBehind(buffer.subarray(0, count));
    at += count;
  }
  output.end();
}

/** The text of the link to the parent dump in a directory; undefined if there is no parent. */
function linkToParent(dump: DumpImages, directory: string): string | undefined {
  return dump.parent === undefined ? dump.source.parentLink : linkTo(dump.parent, directory);
}

/** The text of a link in a directory that leads to a parent dump. */
function linkTo({ source }: DumpImages, directory: string): string {
  const parent = directoryPath(source);
  const place = canonicalPath(directoryOf(directory));
  if (parent !== undefined && place !== undefined) {
    return relativePath(below(place, baseName(directory)), parent);
  }
  const hint = "flatten the dump first";
  throw new CritError("unsupported", "no link leads into an archive", { image: PARENT }, hint);
}

/** The directory that a dump is, without links; undefined for one in an archive. */
function directoryPath(source: ImageSource): string | undefined {
  if (source instanceof DerivedSource) return directoryPath(source.original);
  return source instanceof DirectorySource ? canonicalPath(source.path) : undefined;
}
