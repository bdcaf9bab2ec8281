/**
 * A dump in an archive, as container engines export checkpoints, read without being unpacked.
 *
 * @module
 */

import { type Archive, noArchive, usualMaxSize } from "../archive/archive.ts";
import type { SizedBytes } from "../archive/bytes.ts";
import type { ArchivedFile } from "../archive/archived_file.ts";
import { readUpTo } from "../archive/bytes.ts";
import { baseName, plainPath } from "../bytes/paths.ts";
import { decodeText } from "../bytes/utf8.ts";
import { dataError } from "../errors.ts";
import type { FileTree } from "../oci/layout.ts";
import {
  ArchivedImage,
  type ArchivePlace,
  ArchiveSource,
  type Opened,
  surroundingsOf,
} from "./archive_source.ts";
import {
  digestHolders,
  type Holder,
  holderAddress,
  holdersIn,
  layerHolders,
  type Located,
  noDump,
  tipIn,
  tipsOf,
  walk,
} from "./holder.ts";
import { archiveTree, Opener } from "./opener.ts";
import type { ImageFile, ImageSource } from "./source.ts";
import { ENGINE_DIRECTORIES, ENGINE_FILES, type Surroundings } from "./surroundings.ts";

/** The target of an address: an archive, or a layout of images in a directory. */
export type Root =
  | {
    readonly file: SizedBytes & Pick<ImageFile, "stored">;
    readonly tree?: undefined;
  }
  | { readonly file?: undefined; readonly tree: FileTree };

/**
 * Opens a dump in an archive (tar, plain or compressed with gzip or zstd, detected by its contents)
 * or in an image of a layout.
 *
 * @param root closed with the source, or at once when this throws
 * @throws {CritError} `data` if it is not an archive, holds no dump, or holds several dumps that do
 * not form a chain; `unsupported` if it is compressed in another way
 */
export async function openArchive(root: Root, place: ArchivePlace): Promise<ArchiveSource> {
  const opened = await openRoot(root, place);
  try {
    const located = await locate(opened, place);
    if ("file" in located && located.file !== undefined) {
      throw noArchive(place.path + holderAddress(located.holder, located.file.path));
    }
    return new ArchiveSource(opened, place, located);
  } catch (error) {
    opened.opener[Symbol.dispose]();
    throw error;
  }
}

/**
 * Opens one file in an archive, such as an image.
 *
 * @param root closed with the file, or at once when this throws
 * @throws {CritError} as {@link openArchive}, and `data` when there is no such file
 */
export async function openArchivedFile(root: Root, place: ArchivePlace): Promise<ImageFile> {
  const opened = await openRoot(root, place);
  try {
    const { holder, file } = { file: undefined, ...await locate(opened, place) };
    if (file === undefined) {
      throw dataError(`it is not a file`, { image: `${place.path}/${place.directory ?? ""}` });
    }
    const name = baseName(file.path);
    return new ArchivedImage(name, holder.archive.bytes, file, { opener: opened.opener });
  } catch (error) {
    opened.opener[Symbol.dispose]();
    throw error;
  }
}

/** A checkpoint: a dump and the files beside it; one of the two may be missing. */
export interface Checkpoint {
  /** As the user would name it. */
  readonly path: string;
  readonly source: ImageSource | undefined;
  readonly beside: Surroundings | undefined;
}

/**
 * Opens every checkpoint in an archive: the last dump of each chain, or the files that an engine
 * left beside a failed dump.
 *
 * @param root closed with the result, or at once when this throws
 * @throws {CritError} as {@link openArchive}
 */
export async function openArchivedCheckpoints(
  root: Root,
  place: ArchivePlace,
): Promise<{ readonly checkpoints: readonly Checkpoint[] } & Disposable> {
  const opened = await openRoot(root, place);
  const { opener, archive } = opened;
  const close = () => opener[Symbol.dispose]();
  try {
    const located = place.directory === undefined
      ? opened.holders.flatMap((holder) =>
        tipsOf(holder.archive).map((directory) => ({ holder, directory }))
      )
      : [await locate(opened, place)];
    const isNamed = located.length > 1;
    const checkpoints: Checkpoint[] = located.map((located) => {
      const named = isNamed ? { ...place, directory: located.directory } : place;
      const source = new ArchiveSource(opened, named, located, false);
      return { path: source.path, source, beside: source.beside };
    });
    if (checkpoints.length === 0 && archive !== undefined) {
      const beside = surroundingsOf(ownHolder(archive), "", place.path);
      if (beside === undefined) throw archive.index.fault ?? noDump(place.path);
      checkpoints.push({ path: place.path, source: undefined, beside });
    }
    return { checkpoints, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

async function openRoot(root: Root, place: ArchivePlace): Promise<Opened> {
  const { path, digest, directory } = place;
  const maxSize = place.maxSize ??
    (root.file === undefined ? DIRECTORY_SIZE : usualMaxSize(root.file.size));
  const opener = new Opener(path, maxSize);
  try {
    if (root.tree !== undefined) {
      const holders = digest === undefined
        ? await layerHolders(opener, root.tree, undefined)
        : await digestHolders(opener, root.tree, undefined, digest);
      return { opener, descriptor: undefined, archive: undefined, holders: holders ?? [] };
    }
    const archive = await opener.archive(opener.own(root.file), 0);
    if (archive === undefined) throw noArchive(path);
    const isDirect = directory !== undefined && digest === undefined &&
      hasBegin(archive, directory);
    const holders = digest !== undefined
      ? await digestHolders(opener, archiveTree(archive, path), archive, digest)
      : isDirect
      ? []
      : await holdersIn(opener, archive);
    return { opener, descriptor: root.file.stored?.descriptor, archive, holders };
  } catch (error) {
    opener[Symbol.dispose]();
    throw error;
  }
}

/** Most that the images of a directory may decompress to: no file there limits it. */
const DIRECTORY_SIZE = 2 ** 40;

/** Whether the first name of a path is there in an archive. */
function hasBegin({ index }: Archive, path: string): boolean {
  const [first] = plainPath(path).split("/");
  if (first === "" || index.files.has(first!) || index.links.has(first!)) return true;
  for (const name of index.files.keys()) if (name.startsWith(`${first}/`)) return true;
  return false;
}

/** Finds what a place means in what was opened. */
async function locate(
  opened: Opened,
  { path, directory }: ArchivePlace,
): Promise<Located & { readonly file?: ArchivedFile }> {
  const { opener, archive, holders } = opened;
  if (directory === undefined) {
    if (holders.length > 0) return tipIn(holders, path);
    const failed = failedDump(opened);
    if (failed === undefined) throw archive?.index.fault ?? noDump(path);
    return failed;
  }
  if (holders.length > 1) tipIn(holders, path);
  const holder = holders[0] ?? (archive && ownHolder(archive));
  if (holder === undefined) throw noDump(path);
  return await walk(opener, holder, directory);
}

/** Where the dump should be in an archive of a container engine that has none. */
function failedDump({ archive, opener }: Opened): Located | undefined {
  const isEngines = archive !== undefined && archive.index.fault === undefined &&
    ENGINE_FILES.some((name) => archive.index.files.has(name));
  if (!isEngines) return undefined;
  const files = ENGINE_FILES.filter((name) => archive.index.files.has(name)).join(", ");
  const log = lastError(archive);
  const said = log === undefined ? "" : `; dump.log in it says "${log}"`;
  const reason = `the archive of a container engine (${files}) without images${said}`;
  const hint = "dumping failed, or images-dir in CRIU's configuration led the images elsewhere";
  const fault = dataError(reason, { image: opener.path }, hint);
  return { holder: ownHolder(archive), directory: ENGINE_DIRECTORIES[0]!, fault };
}

/** Most of the end of a log that is looked at, in bytes. */
const LOG_END = 1 << 16;

/** The last error in dump.log, or its last line when there is none. */
function lastError(archive: Archive): string | undefined {
  const file = archive.fileAt("dump.log");
  if (file === undefined) return undefined;
  const bytes = archive.open(file);
  const end = readUpTo(bytes, Math.max(0, bytes.size - LOG_END), LOG_END);
  const lines = decodeText(end).split("\n").filter((line) => line.trim() !== "");
  // The very last error only says that dumping failed.
  const line = lines.findLast((line) => /Error \(.*(?<!Dumping FAILED\.)$/.test(line)) ??
    lines.at(-1);
  return line?.replace(/^\(\d+\.\d+\)\s*/, "").slice(0, 200);
}

function ownHolder(archive: Archive): Holder {
  return { archive, address: "", image: undefined, parts: new Map() };
}
