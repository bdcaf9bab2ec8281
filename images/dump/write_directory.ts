/**
 * Writing dumps into directories, for programs that use crit as a library.
 *
 * Commands write more than that, such as what an engine has put beside a dump:
 * `cli/files/new_directory.ts`.
 *
 * @module
 */

import { canonicalPath, inFile } from "../bytes/io.ts";
import {
  baseName,
  below,
  directoryOf,
  relativePath,
  temporaryName,
  withoutSlash,
} from "../bytes/paths.ts";
import { CritError, dataError } from "../errors.ts";
import { type DerivedDump, DerivedSource } from "./derived.ts";
import { DirectorySource } from "./directory.ts";
import type { DumpImages } from "./images.ts";
import { type ImageFile, type ImageSource, PARENT } from "./source.ts";

/** Permission bits of what is written: memory is in it. */
const FILE_MODE = 0o600, DIRECTORY_MODE = 0o700;

/** Bytes that are copied at a time. */
const PIECE = 1 << 18;

/**
 * Writes the files of a dump into a new directory, which is there once it is whole. Holes stay
 * holes, and a link `parent` leads to the same parent dump.
 *
 * @throws {CritError} `file` when there is something at the path already or it cannot be written,
 * `unsupported` when the parent dump is in an archive, `data` when a file ends early
 */
export async function writeDump(dump: DumpImages, path: string): Promise<void> {
  const target = withoutSlash(path);
  if (exists(target)) throw new CritError("file", "it exists already", { image: path });
  const directory = temporaryName(target);
  inFile(path, () => Deno.mkdirSync(directory, { mode: DIRECTORY_MODE }));
  try {
    for (const name of dump.source.files.keys()) {
      using file = dump.source.open(name);
      await writeFile(file, `${directory}/${name}`);
    }
    linkParent(dump, directory, target);
    inFile(path, () => Deno.renameSync(directory, target));
  } catch (error) {
    Deno.removeSync(directory, { recursive: true });
    throw error;
  }
}

/**
 * Writes the images that are other ones in a dump, in place of those of the original: all of them
 * once all are whole.
 *
 * @throws {CritError} `unsupported` when the original is no directory or an image is a symbolic
 * link, `file` when one cannot be written
 */
export async function replaceImages({ original, changed, gone }: DerivedDump): Promise<void> {
  const { source } = original;
  if (!(source instanceof DirectorySource)) {
    const reason = "images are replaced in a directory only";
    throw new CritError("unsupported", reason, { image: source.path });
  }
  const ready = new Map<string, string>();
  try {
    for (const [name, image] of changed) {
      const path = `${source.path}/${name}`;
      const info = inFile(name, () => exists(path));
      if (info?.isSymlink) {
        throw new CritError("unsupported", "it is a symbolic link", { image: name });
      }
      const temporary = temporaryName(path);
      ready.set(temporary, path);
      using file = image.open();
      await writeFile(file, temporary, info?.mode ?? undefined);
    }
    for (const [temporary, path] of ready) inFile(path, () => Deno.renameSync(temporary, path));
    for (const name of gone) inFile(name, () => Deno.removeSync(`${source.path}/${name}`));
  } finally {
    for (const path of ready.keys()) if (exists(path)) Deno.removeSync(path);
  }
}

/** What a path names, not where it leads; undefined for nothing. */
function exists(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function writeFile(file: ImageFile, path: string, mode = FILE_MODE): Promise<void> {
  const output = await inFileLater(
    file.name,
    () => Deno.open(path, { write: true, createNew: true, mode: mode & 0o777 }),
  );
  using _ = output;
  const buffer = new Uint8Array(PIECE);
  const dataFrom = (offset: number) => file.dataFrom?.(offset) ?? offset;
  for (let at = dataFrom(0); at < file.size; at = dataFrom(at)) {
    const count = file.read(at, buffer);
    if (count === 0) throw dataError(`it ends after ${at} bytes`, { image: file.name });
    await inFileLater(file.name, async () => {
      await output.seek(at, Deno.SeekMode.Start);
      for (let done = 0; done < count;) done += await output.write(buffer.subarray(done, count));
    });
    at += count;
  }
  await inFileLater(file.name, () => output.truncate(file.size));
}

/** {@link inFile} for what takes time. */
async function inFileLater<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    return inFile(name, () => {
      throw error;
    });
  }
}

/** Makes the link to the parent dump, if there is one, in a directory that is to be at `target`. */
function linkParent(dump: DumpImages, directory: string, target: string): void {
  const link = dump.parent === undefined ? dump.source.parentLink : linkTo(dump.parent, target);
  if (link !== undefined) inFile(PARENT, () => Deno.symlinkSync(link, `${directory}/${PARENT}`));
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
