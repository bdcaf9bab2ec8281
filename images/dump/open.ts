/**
 * Opens a dump by its path.
 *
 * @module
 */

import { kindOf } from "../bytes/io.ts";
import { CritError } from "../errors.ts";
import type { Checkpoint, Root } from "./archive.ts";
import type { ArchivePlace } from "./archive_source.ts";
import {
  besideDirectory,
  DirectorySource,
  DirectoryTree,
  identityOf,
  isNamedPipe,
  openFile,
  openPipe,
  openStandardInput,
} from "./directory.ts";
import { Dump } from "./dump.ts";
import type { ImageFile, ImageSource } from "./source.ts";
import { dumpIn, hasImages, tipsBelow } from "./unpacked.ts";

/** How a dump is opened. */
export interface OpenOptions {
  /** Path of the parent dump, instead of the target of the link `parent`. */
  readonly parent?: string | undefined;
  /** Most bytes that a compressed archive may decompress to; depends on its size if absent. */
  readonly maxSize?: number | undefined;
}

/**
 * Opens a dump: a directory, or an archive as container engines export checkpoints. A directory
 * in an archive is named as if the archive were unpacked, `ARCHIVE/DIRECTORY`; an image of a layout
 * by its digest, `ARCHIVE@sha256:HEX`. `-` is an archive on standard input.
 *
 * @throws {CritError} `file` when there is nothing at that path, `data` when it holds no dump
 */
export async function openDump(path: string, options: OpenOptions = {}): Promise<Dump> {
  const source = await openSource(path, options);
  try {
    const { parent } = options;
    return new Dump(source, parent === undefined ? undefined : await openSource(parent, options));
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** Opens the source of a dump's images. */
export async function openSource(path: string, options: OpenOptions = {}): Promise<ImageSource> {
  const place = placeAt(path);
  if (place.kind === "directory") return new DirectorySource(place.path);
  const { openArchive } = await import("./archive.ts");
  return await openArchive(rootOf(place), placeIn(place, options));
}

/**
 * Opens a file by its path, which may be that of an image in an archive.
 *
 * @throws {CritError} `file` or `data` when there is no such file
 */
export async function openImageFile(path: string, options: OpenOptions = {}): Promise<ImageFile> {
  if (kindOf(path) !== undefined) return openFile(path).file;
  const place = placeAt(path);
  if (place.kind === "directory") throw new CritError("file", "it is not a file", { image: path });
  const { openArchivedFile } = await import("./archive.ts");
  return await openArchivedFile(rootOf(place), placeIn(place, options));
}

/** Open checkpoints. */
export type Checkpoints = { readonly checkpoints: readonly Checkpoint[] } & Disposable;

/**
 * Opens all checkpoints at a path, each as a dump and the files beside it.
 *
 * @throws {CritError} `file` when there is nothing at that path, `data` when it holds no checkpoint
 */
export async function openCheckpoints(
  path: string,
  options: OpenOptions = {},
): Promise<Checkpoints> {
  const place = placeAt(path, true);
  if (place.kind !== "directory") {
    const { openArchivedCheckpoints } = await import("./archive.ts");
    return await openArchivedCheckpoints(rootOf(place), placeIn(place, options));
  }
  const paths = hasImages(place.path) ? [place.path] : tipsBelow(place.path);
  const checkpoints: Checkpoint[] = paths.map((path) => {
    const source = new DirectorySource(path);
    return { path, source, beside: source.beside };
  });
  const beside = checkpoints.length > 0 ? undefined : besideDirectory(place.path);
  if (beside !== undefined) checkpoints.push({ path, source: undefined, beside });
  return { checkpoints, [Symbol.dispose]: () => {} };
}

/** The target of a path. */
export type DumpAddress =
  | {
    /** A directory of images. */
    readonly kind: "directory";
    readonly path: string;
  }
  | {
    /** A file, a layout of images in a directory, standard input, or another pipe. */
    readonly kind: "archive" | "layout" | "input" | "pipe";
    readonly path: string;
    readonly digest?: string | undefined;
    readonly directory?: string | undefined;
  };

/** Marks the digest of an image in a layout. */
const DIGEST = /^(.*?)@(sha\d+:[0-9a-f]+)(?:\/(.*))?$/s;

/**
 * Splits a path into the path of an archive or layout and the place in it.
 *
 * @param keeps whether a directory is used as it is, instead of the only dump below it
 * @throws {CritError} `file` when there is no file at that path or before it
 */
export function placeAt(path: string, keeps = false): DumpAddress {
  if (path === "-") return { kind: "input", path: "standard input" };
  const kind = kindOf(path);
  if (kind === "directory") return directoryPlace(path, keeps);
  if (kind === "file") return { kind: "archive", path };
  if (kind === "other" && isNamedPipe(path)) return { kind: "pipe", path };
  if (kind === "other") {
    throw new CritError("file", "it is neither a directory nor an archive", { image: path });
  }
  const [, before, digest, directory] = DIGEST.exec(path) ?? [];
  if (before !== undefined) {
    const kind = before === "-" ? "input" : kindOf(before);
    if (kind === "input") return { kind, path: "standard input", digest, directory };
    if (kind === "file") return { kind: "archive", path: before, digest, directory };
    if (kind === "directory") return { kind: "layout", path: before, digest, directory };
  }
  if (path.startsWith("-/")) {
    return { kind: "input", path: "standard input", directory: path.slice(2) };
  }
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const archive = path.slice(0, end);
    const kind = kindOf(archive);
    if (kind === "file") return { kind: "archive", path: archive, directory: path.slice(end + 1) };
    if (kind === "directory" && hasManifest(archive)) {
      return { kind: "layout", path: archive, directory: path.slice(end + 1) };
    }
  }
  throw new CritError("file", "there is no such directory or archive", { image: path });
}

function directoryPlace(path: string, keeps: boolean): DumpAddress {
  if (isLayout(path)) return { kind: "layout", path };
  return { kind: "directory", path: keeps ? path : dumpIn(path) };
}

/** Whether a directory has container images: an OCI layout, or a directory of `skopeo copy`. */
export function isLayout(path: string): boolean {
  return !hasImages(path) && hasManifest(path);
}

function hasManifest(path: string): boolean {
  return kindOf(`${path}/index.json`) === "file" || kindOf(`${path}/manifest.json`) === "file";
}

/** The place in an archive, for the functions that open it. */
export function placeIn(
  place: Exclude<DumpAddress, { kind: "directory" }>,
  options: OpenOptions,
): ArchivePlace {
  const { path, digest, directory, kind } = place;
  const identity = kind === "input" ? "-" : identityOf(path);
  return { path, identity, digest, directory, maxSize: options.maxSize };
}

/** Opens the root of an archive's place. */
export function rootOf({ kind, path }: Exclude<DumpAddress, { kind: "directory" }>): Root {
  if (kind === "layout") return { tree: new DirectoryTree(path) };
  if (kind === "pipe") return { file: openPipe(path) };
  return { file: kind === "input" ? openStandardInput() : openFile(path).file };
}
