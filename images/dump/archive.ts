/**
 * A dump in an archive, as container engines export checkpoints, read without being unpacked.
 *
 * @module
 */

import { type Bytes, readUpTo } from "../archive/bytes.ts";
import { loadDecompressor } from "../archive/decompress.ts";
import { type Format, formatOf, TELLING_BYTES } from "../archive/format.ts";
import {
  ArchivedBytes,
  type ArchivedFile,
  type ArchiveIndex,
  cutFile,
  type Hold,
  readIndex,
} from "../archive/index.ts";
import { UnpackedBytes } from "../archive/unpacked.ts";
import { plainPath } from "../bytes/io.ts";
import { CritError, dataError } from "../errors.ts";
import { typeByFileName } from "../types/registry.ts";
import { type ImageFile, type ImageSource, PARENT, PATH_MAX } from "./source.ts";

/** Where an archive is, and which of its dumps is meant. */
export interface ArchivePlace {
  /** The archive's path, as the user gave it. */
  readonly path: string;
  /** Equal for two paths to the same archive. */
  readonly identity: string;
  /** Directory of the dump in the archive; found by its images unless given. */
  readonly directory?: string;
}

/**
 * Opens a dump in an archive: `.tar`, or that compressed by gzip or zstd, told by its bytes.
 *
 * @param file the archive; closed with the source, or at once when this throws
 * @throws {CritError} `data` when it is no archive or holds no dump, or several of which none
 * builds upon the others; `unsupported` when it is compressed in another way
 */
export async function openArchive(file: ImageFile, place: ArchivePlace): Promise<ArchiveSource> {
  try {
    const archive = await readArchive(file, place.path);
    const directory = place.directory ?? dumpDirectory(archive, place.path);
    return new ArchiveSource(archive, place, plainPath(directory));
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

/** An archive that is open. */
class Archive implements Disposable {
  readonly #directories = new Map<string, Map<string, ArchivedFile>>();
  /** How many more steps are taken to follow links; an archive may be made to need endless ones. */
  #stepsLeft = 1 << 18;

  /** @param bytes the archive after decompression */
  constructor(
    readonly file: ImageFile,
    readonly bytes: Bytes,
    readonly index: ArchiveIndex,
    readonly isPlain: boolean,
    readonly close: () => void,
  ) {
    for (const file of index.files.values()) this.#add(file.path, file);
    for (const path of index.links.keys()) {
      const target = index.files.get(this.resolve(path) ?? "");
      if (target !== undefined) this.#add(path, target);
    }
  }

  /** Directories that have files. */
  get directories(): Iterable<string> {
    return this.#directories.keys();
  }

  /** Files of a directory by name. */
  filesIn(directory: string): ReadonlyMap<string, ArchivedFile> | undefined {
    return this.#directories.get(directory);
  }

  /** Where a path leads by way of links; undefined when that is out of the archive. */
  resolve(path: string): string | undefined {
    let at = "";
    const todo: string[] = [];
    const follow = (to: string) => to.length < PATH_MAX && todo.push(...to.split("/").reverse());
    if (!follow(path)) return undefined;
    for (let links = 0; todo.length > 0;) {
      if (--this.#stepsLeft < 0) return undefined;
      const part = todo.pop()!;
      if (part === "" || part === ".") continue;
      if (part === ".." && at === "") return undefined;
      at = part === ".." ? parentOf(at) : at === "" ? part : `${at}/${part}`;
      const link = this.index.links.get(at);
      if (link === undefined) continue;
      if (link.startsWith("/") || ++links > MOST_LINKS || !follow(link)) return undefined;
      at = parentOf(at);
    }
    return at;
  }

  [Symbol.dispose](): void {
    this.close();
    this.file[Symbol.dispose]();
  }

  #add(path: string, file: ArchivedFile): void {
    const directory = parentOf(path);
    let files = this.#directories.get(directory);
    if (files === undefined) this.#directories.set(directory, files = new Map());
    files.set(path.slice(directory === "" ? 0 : directory.length + 1), file);
  }
}

/** Most links that lead to one another, as in Linux. */
const MOST_LINKS = 40;

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

async function readArchive(file: ImageFile, path: string): Promise<Archive> {
  const format = formatOf(readUpTo(file, 0, TELLING_BYTES));
  if (format === "tar") {
    const index = readIndex(file, () => false);
    return new Archive(file, file, wholeIndex(index, path, file.size), true, () => {});
  }
  if (format !== "gzip" && format !== "zstd") throw notReadable(format, path);
  const bytes = new UnpackedBytes(file, await loadDecompressor(format));
  const { fault, ...index } = readIndex(bytes, smallFiles());
  bytes.readToEnd();
  const whole = wholeIndex({ ...index, fault: bytes.fault ?? fault }, path, bytes.size!);
  return new Archive(file, bytes, whole, false, () => bytes.close());
}

function notReadable(format: Format | undefined, path: string): CritError {
  if (format === undefined) return dataError("it is no archive and no directory", { image: path });
  const reason = `an archive compressed with ${format} cannot be read`;
  const hint = `decompress it first, or compress it with zstd or gzip`;
  return new CritError("unsupported", reason, { image: path }, hint);
}

/** An index whose files end where the archive does, and whose fault names the archive. */
function wholeIndex(
  { files, links, fault }: ArchiveIndex,
  path: string,
  size: number,
): ArchiveIndex {
  const cut = [...files].map(([path, file]) => [path, cutFile(file, size)] as const);
  return { files: new Map(cut), links, fault: fault?.at({ image: path }) };
}

/** Most bytes of images with entries that are held of a compressed archive. */
const MOST_ENTRIES = 128 << 20;
/** Most bytes of its other files that are held: pages, above all. */
const MOST_OTHERS = 64 << 20;

/**
 * Which files of a compressed archive are held in memory: as many as fit, those with entries
 * before others. The rest is decompressed again where it is read.
 */
function smallFiles(): Hold {
  let entries = MOST_ENTRIES;
  let others = MOST_OTHERS;
  return (path, size) => {
    const type = typeByFileName(path.slice(path.lastIndexOf("/") + 1));
    const hasEntries = type !== undefined && type.raw === undefined;
    if (size > (hasEntries ? entries : others)) return false;
    if (hasEntries) entries -= size;
    else others -= size;
    return true;
  };
}

/** Where container engines put the images. */
const ENGINES_DIRECTORY = "checkpoint";

/** Finds the directory of the images: of a chain of dumps, the one that builds upon the others. */
function dumpDirectory(archive: Archive, path: string): string {
  const candidates = new Set(dumpDirectories(archive));
  if (candidates.size === 0) {
    throw archive.index.fault ?? dataError("the archive holds no dump", { image: path });
  }
  for (const usual of [ENGINES_DIRECTORY, ""]) if (candidates.has(usual)) return usual;
  const parents = [...candidates].map((directory) => parentDirectory(archive, directory));
  const tips = candidates.difference(new Set(parents));
  const [tip] = tips;
  if (tips.size === 1) return tip!;
  const names = [...candidates].sort();
  const some = names.slice(0, 4).join(", ") + (names.length > 4 ? ", …" : "");
  const reason = `the archive holds ${names.length} dumps: ${some}`;
  throw dataError(reason, { image: path }, `name one of them as ${path}/${names.at(-1)}`);
}

/** Directories with the images that every dump has; if there are none, those with any image. */
function dumpDirectories(archive: Archive): string[] {
  const directories = [...archive.directories];
  const whole = directories.filter((directory) => {
    const files = archive.filesIn(directory)!;
    return files.has("inventory.img") || files.has("pstree.img");
  });
  if (whole.length > 0) return whole;
  return directories.filter((directory) =>
    [...archive.filesIn(directory)!.keys()].some((name) => typeByFileName(name) !== undefined)
  );
}

/** What the link `parent` of a directory leads to, as it is written there. */
function parentLink(archive: Archive, directory: string): string | undefined {
  const path = directory === "" ? PARENT : `${directory}/${PARENT}`;
  const link = archive.index.links.get(path);
  if (link !== undefined) return link;
  if (archive.filesIn(path) !== undefined) return PARENT;
  // Copies that know no links have a file with the path instead, as git writes one.
  const file = archive.index.files.get(path);
  if (file === undefined || file.size >= PATH_MAX) return undefined;
  const text = readUpTo(new ArchivedBytes(archive.bytes, file), 0, file.size);
  return new TextDecoder().decode(text).trim();
}

/** The directory that the link `parent` leads to; undefined when that is not in the archive. */
function parentDirectory(archive: Archive, directory: string): string | undefined {
  const link = parentLink(archive, directory);
  if (link === undefined || link.startsWith("/")) return undefined;
  const path = archive.resolve(`${directory}/${link}`);
  return path !== undefined && archive.filesIn(path) !== undefined ? path : undefined;
}

/** The images in a directory of an archive. */
export class ArchiveSource implements ImageSource {
  readonly path: string;
  readonly identity: string;
  readonly files: ReadonlyMap<string, number>;
  readonly fault: CritError | undefined;
  readonly #archive: Archive;
  readonly #place: ArchivePlace;
  readonly #directory: string;
  readonly #files: ReadonlyMap<string, ArchivedFile>;
  readonly #isOwner: boolean;

  /**
   * @param directory in the archive
   * @param isOwner whether the archive is closed with this source
   * @throws {CritError} `data` when there is no such directory
   */
  constructor(archive: Archive, place: ArchivePlace, directory: string, isOwner = true) {
    const files = archive.filesIn(directory);
    if (files === undefined) {
      throw dataError(`the archive has no directory ${directory}`, { image: place.path });
    }
    const isNamed = place.directory !== undefined || !isOwner;
    this.path = isNamed ? `${place.path}/${directory}` : place.path;
    this.identity = `${place.identity}\0${directory}`;
    const named = [...files].filter(([name]) => name !== PARENT);
    named.sort(([a], [b]) => (a < b ? -1 : 1));
    this.files = new Map(named.map(([name, { size }]) => [name, size]));
    this.fault = isOwner ? archive.index.fault : undefined;
    this.#archive = archive;
    this.#place = place;
    this.#directory = directory;
    this.#files = files;
    this.#isOwner = isOwner;
  }

  open(name: string): ImageFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new CritError("file", "it is not there", { image: name });
    return new ArchivedImage(name, this.#archive.bytes, file);
  }

  /**
   * Where the bytes of a file are in the archive, in bytes from its beginning; undefined where
   * they are not there in one piece, as in a compressed archive.
   */
  placeOf(name: string): number | undefined {
    const file = this.#files.get(name);
    return this.#archive.isPlain && file?.segments === undefined ? file?.offset : undefined;
  }

  get parentLink(): string | undefined {
    return parentLink(this.#archive, this.#directory);
  }

  openParent(): ImageSource {
    const directory = parentDirectory(this.#archive, this.#directory);
    if (directory === undefined) {
      const reason = `it leads to ${this.parentLink}, which is not in the archive`;
      throw dataError(reason, { image: PARENT });
    }
    return new ArchiveSource(this.#archive, this.#place, directory, false);
  }

  [Symbol.dispose](): void {
    if (this.#isOwner) this.#archive[Symbol.dispose]();
  }
}

/** A file of an archive as an image. */
class ArchivedImage extends ArchivedBytes implements ImageFile {
  constructor(readonly name: string, bytes: Bytes, file: ArchivedFile) {
    super(bytes, file);
  }

  get size(): number {
    return this.file.size;
  }

  [Symbol.dispose](): void {}
}
