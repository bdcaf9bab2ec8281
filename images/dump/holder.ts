/**
 * Finds dumps in archives: in directories, in archives inside archives, and in layers of images.
 *
 * @module
 */

import type { Archive } from "../archive/archive.ts";
import type { SizedBytes } from "../archive/bytes.ts";
import type { ArchivedFile } from "../archive/archived_file.ts";
import { readUpTo } from "../archive/bytes.ts";
import { archiveFormatOf, TELLING_BYTES } from "../archive/format.ts";
import { plainPath } from "../bytes/paths.ts";
import { type CritError, dataError } from "../errors.ts";
import { anyValue } from "../oci/any.ts";
import { verify } from "../oci/digest.ts";
import { type Blob, type FileTree, readImages, type StoredImage } from "../oci/layout.ts";
import { typeByFileName } from "../types/registry.ts";
import { archiveTree, type Opener } from "./opener.ts";
import { PARENT, PATH_MAX } from "./source.ts";

/** An archive that may hold dumps: a file, or an archive inside another. */
export interface Holder {
  readonly archive: Archive;
  /** Its address in the file: `""`, `@sha256:…` or `/checkpoint.tar`. */
  readonly address: string;
  /** The image whose layer it is. */
  readonly image: StoredImage | undefined;
  /** Data of the image beside the layer, by the file names that engines use in archives. */
  readonly parts: ReadonlyMap<string, SizedBytes>;
}

/** A directory in an archive. */
export interface Located {
  readonly holder: Holder;
  readonly directory: string;
  /** Why the directory has no dump. */
  readonly fault?: CritError;
}

/** Makes the error for an archive or an OCI image that contains no dump. */
export function noDump(image: string, reason = "the archive holds no dump"): CritError {
  return dataError(reason, { image }, undefined, { code: "no-dump" });
}

/** Most archives inside of one another. */
const MOST_LEVELS = 4;
/** Most files of an archive without a dump that are looked at, whether they are archives. */
const MOST_CANDIDATES = 64;
/** Deepest directory in which they may be. */
const DEEPEST_CANDIDATE = 2;

/** Archives beside a dump, which hold none. */
const OTHER_ARCHIVES = /(^|\/)(rootfs-diff\.tar|devshm-checkpoint\.tar|volumes\/[^/]*)$/;

/**
 * Finds the archives that hold dumps in one that is open: itself, or archives and layers inside.
 *
 * @throws {CritError} `data` when a layer is not what its digest says
 */
export async function holdersIn(
  opener: Opener,
  archive: Archive,
  address = "",
  level = 0,
): Promise<Holder[]> {
  const own: Holder = { archive, address, image: undefined, parts: new Map() };
  if (dumpDirectories(archive).length > 0) return [own];
  if (level >= MOST_LEVELS) return [];
  const tree = archiveTree(archive, opener.path + address);
  const found = await layerHolders(opener, tree, archive, level);
  if (found !== undefined) return found;
  const holders: Holder[] = [];
  for (const [path, file] of candidates(archive)) {
    const inner = await opener.inner(archive, file);
    if (inner === undefined) continue;
    holders.push(...await holdersIn(opener, inner, `${address}/${path}`, level + 1));
  }
  return holders;
}

/** Files of an archive that begin as archives do. */
function candidates(archive: Archive): Array<readonly [path: string, file: ArchivedFile]> {
  const found: Array<readonly [string, ArchivedFile]> = [];
  let left = MOST_CANDIDATES;
  for (const [path, file] of archive.index.files) {
    if (path.split("/").length > DEEPEST_CANDIDATE + 1 || OTHER_ARCHIVES.test(path)) continue;
    if (--left < 0) break;
    const format = archiveFormatOf(readUpTo(archive.open(file), 0, TELLING_BYTES));
    if (format === "tar" || format === "gzip" || format === "zstd") found.push([path, file]);
  }
  return found;
}

/**
 * Finds the layers that hold dumps in a layout of images.
 *
 * @param archive the archive that the layout is in; undefined when it is a directory
 * @returns undefined when there is no such layout
 */
export async function layerHolders(
  opener: Opener,
  tree: FileTree,
  archive: Archive | undefined,
  level = 0,
): Promise<Holder[] | undefined> {
  const images = await readImages(tree);
  if (images === undefined) return undefined;
  const holders: Holder[] = [];
  const seen = new Set<string>();
  for (const image of images) {
    const key = image.digest ?? JSON.stringify(image.layers);
    if (seen.has(key)) continue;
    seen.add(key);
    holders.push(...await imageHolders(opener, { tree, archive, image, level }));
  }
  if (holders.length > 0) return holders;
  throw noDump(tree.path, "no image in it holds a dump");
}

/**
 * Finds the object of a digest in a layout of images: an image, a layer or another blob.
 *
 * @param digest a digest, or the beginning of one
 * @throws {CritError} `data` when there is none or several, or no dump in it
 */
export async function digestHolders(
  opener: Opener,
  tree: FileTree,
  archive: Archive | undefined,
  digest: string,
): Promise<Holder[]> {
  const images = await readImages(tree) ?? [];
  const image = images.find((image) => image.digest?.startsWith(digest));
  const place = (image: StoredImage) => ({ tree, archive, image, level: 0 });
  if (image !== undefined) return await imageHolders(opener, place(image));
  for (const image of images) {
    const layer = image.layers.find((layer) => layer.digest?.startsWith(digest));
    const inner = layer && await openLayer(opener, place(image), layer);
    if (inner === undefined) continue;
    const holders = await holdersIn(opener, inner, `@${layer!.digest}`, 1);
    const parts = await partsOf(opener, place(image));
    return holders.map((holder) => ({ ...holder, image, parts }));
  }
  throw dataError(`it has no image and no layer ${digest}`, { image: tree.path });
}

/** An image of a layout, to look into. */
interface ImagePlace {
  readonly tree: FileTree;
  readonly archive: Archive | undefined;
  readonly image: StoredImage;
  readonly level: number;
}

/** The layer of an image that holds a dump, the topmost if several do. */
async function imageHolders(opener: Opener, place: ImagePlace): Promise<Holder[]> {
  const { image, level } = place;
  for (const layer of image.layers.toReversed()) {
    const digest = image.digest ?? layer.digest;
    const address = digest === undefined ? `/${layer.path}` : `@${digest}`;
    const inner = await openLayer(opener, place, layer);
    if (inner === undefined) continue;
    const holders = await holdersIn(opener, inner, address, level + 1);
    if (holders.length === 0) continue;
    const parts = await partsOf(opener, place);
    return holders.map((holder) => ({ ...holder, image, parts }));
  }
  return [];
}

/** What containerd has in blobs of their own. */
async function partsOf(
  opener: Opener,
  { tree, image: { spec, changes } }: ImagePlace,
): Promise<Map<string, SizedBytes>> {
  const parts = new Map<string, SizedBytes>();
  for (const [name, blob] of [["spec.dump", spec], ["rootfs-diff.tar", changes]] as const) {
    const file = blob && tree.open(blob.path);
    if (blob === undefined || file === undefined) continue;
    opener.own(file);
    await verify(file, blob.digest!, `${tree.path}/${blob.path}`);
    const bytes = name === "spec.dump" ? anyValue(file) : file;
    if (bytes !== undefined) parts.set(name, bytes);
  }
  return parts;
}

/** Opens a layer, which must be what its digest says. */
async function openLayer(
  opener: Opener,
  { tree, archive, image }: ImagePlace,
  layer: Blob,
): Promise<Archive | undefined> {
  const where = `${tree.path}/${layer.path}`;
  const blob = tree.open(layer.path);
  if (blob === undefined) {
    const name = image.ref === undefined ? "the image" : image.ref;
    throw dataError(`a layer of ${name} is missing`, { image: where });
  }
  opener.own(blob);
  if (layer.digest !== undefined) await verify(blob, layer.digest, where);
  const file = archive?.fileAt(plainPath(layer.path));
  // A layer in a directory is a file on the disk itself, but not the one that was named.
  if (file === undefined || archive === undefined) return await opener.archive(blob, undefined);
  return await opener.inner(archive, file);
}

/**
 * Directories with the images that every dump has; if there are none, directories with any image.
 */
export function dumpDirectories(archive: Archive): string[] {
  const directories = new Set<string>();
  const others = new Set<string>();
  for (const directory of archive.directories()) {
    const files = archive.filesIn(directory)!;
    if (files.has("inventory.img") || files.has("pstree.img")) directories.add(directory);
    else if (directories.size === 0 && hasImage(files)) others.add(directory);
  }
  return [...directories.size > 0 ? directories : others];
}

function hasImage(files: ReadonlyMap<string, ArchivedFile>): boolean {
  // Of a container's own files some may be called as images are; engines' own are not dumps.
  for (const name of files.keys()) {
    const type = typeByFileName(name);
    if (type !== undefined && type.framing !== "service") return true;
  }
  return false;
}

/** The dumps of an archive that are not the parent of another: the last dump of each chain. */
export function tipsOf(archive: Archive): string[] {
  const directories = new Set(dumpDirectories(archive));
  for (const usual of ["checkpoint", ""]) if (directories.has(usual)) return [usual];
  const parents = [...directories].map((directory) => parentDirectory(archive, directory));
  const tips = [...directories.difference(new Set(parents))].sort();
  return tips.length > 0 ? tips : [...directories].sort();
}

/** The target of the link `parent` in a directory, as written. */
export function parentLink(archive: Archive, directory: string): string | undefined {
  const path = directory === "" ? PARENT : `${directory}/${PARENT}`;
  const link = archive.index.links.get(path);
  if (link !== undefined) return link;
  if (archive.filesIn(path) !== undefined) return PARENT;
  // Copies that know no links have a file with the path instead, as git writes one.
  const file = archive.index.files.get(path);
  if (file === undefined || file.size >= PATH_MAX) return undefined;
  return new TextDecoder().decode(readUpTo(archive.open(file), 0, file.size)).trim();
}

/** The directory that the link `parent` leads to; undefined if it is not in the archive. */
export function parentDirectory(archive: Archive, directory: string): string | undefined {
  const link = parentLink(archive, directory);
  if (!link || link.startsWith("/")) return undefined;
  const path = archive.resolve(`${directory}/${link}`);
  return path !== undefined && archive.filesIn(path) !== undefined ? path : undefined;
}

/**
 * Follows a path into an archive and into archives inside it.
 *
 * @returns the directory, or the file if the path leads to a file that is not an archive
 * @throws {CritError} `data` when there is nothing at the path
 */
export async function walk(
  opener: Opener,
  holder: Holder,
  path: string,
  level = 0,
): Promise<Located & { readonly file?: ArchivedFile }> {
  const { archive, address } = holder;
  const inner = plainPath(path);
  const there = archive.resolve(inner) ?? inner;
  if (archive.filesIn(there) !== undefined || inner === "") return { holder, directory: there };
  const parts = inner.split("/");
  for (let count = parts.length; count > 0 && level < MOST_LEVELS; count--) {
    const prefix = parts.slice(0, count).join("/");
    const file = archive.fileAt(prefix);
    if (file === undefined) continue;
    const rest = parts.slice(count).join("/");
    const nested = await opener.inner(archive, file);
    if (nested === undefined && rest === "") {
      return { holder, directory: parts.slice(0, -1).join("/"), file };
    }
    if (nested === undefined) break;
    const next: Holder = { ...holder, archive: nested, address: `${address}/${prefix}` };
    if (rest !== "") return await walk(opener, next, rest, level + 1);
    const found = await holdersIn(opener, nested, next.address, level + 1);
    return tipIn(found, opener.path + next.address);
  }
  throw dataError(`the archive has no directory ${inner}`, { image: opener.path + address });
}

/** The place of the only dump, or of the last dump of the only chain. */
export function tipIn(holders: readonly Holder[], path: string): Located {
  const tips = holders.flatMap((holder) =>
    tipsOf(holder.archive).map((directory) => ({ holder, directory }))
  );
  const [tip] = tips;
  if (tip === undefined) throw noDump(path);
  if (tips.length === 1) return tip;
  throw severalDumps(path, tips.map(({ holder, directory }) => holderAddress(holder, directory)));
}

/** The address of a directory in a file: `/2-predump`, `@sha256:…/checkpoint`. */
export function holderAddress({ address }: Holder, directory: string): string {
  return directory === "" ? address : `${address}/${directory}`;
}

function severalDumps(path: string, addresses: readonly string[]): CritError {
  const names = addresses.map((address) => address.replace(/^\//, ""));
  const some = names.slice(0, 4).join(", ") + (names.length > 4 ? ", …" : "");
  const reason = `the archive holds ${names.length} dumps: ${some}`;
  return dataError(reason, { image: path }, `name one of them as ${path}${addresses.at(-1)}`);
}
