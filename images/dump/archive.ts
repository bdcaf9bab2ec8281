/**
 * A dump in an archive, as container engines export checkpoints, read without being unpacked.
 *
 * @module
 */

import { type Archive, noArchive, type SizedBytes, usualMaxSize } from "../archive/archive.ts";
import { type Bytes, readUpTo } from "../archive/bytes.ts";
import { ArchivedBytes, type ArchivedFile } from "../archive/archived_file.ts";
import type { DirectoryFiles } from "../archive/directory_files.ts";
import { baseName, below, placeAbove, plainPath } from "../bytes/paths.ts";
import { decodeText } from "../bytes/utf8.ts";
import { CritError, dataError } from "../errors.ts";
import type { FileTree } from "../oci/layout.ts";
import {
  archiveTree,
  digestHolders,
  type Holder,
  holderAddress,
  holdersIn,
  layerHolders,
  type Located,
  NO_DUMP,
  Opener,
  parentDirectory,
  parentLink,
  tipIn,
  tipsOf,
  walk,
} from "./holder.ts";
import {
  EMPTY_PARENT,
  type ImageFile,
  type ImageSource,
  type Member,
  PARENT,
  type Stored,
} from "./source.ts";
import {
  BESIDE_DIRECTORIES,
  type BesideFile,
  ENGINE_DIRECTORIES,
  ENGINE_FILES,
  type Surroundings,
} from "./surroundings.ts";

/** Where an archive is, and which of its dumps is meant. */
export interface ArchivePlace {
  /** The archive's path, as the user gave it. */
  readonly path: string;
  /** Equal for two paths to the same archive. */
  readonly identity: string;
  /** Digest of an image or a blob of a layout, or the beginning of one. */
  readonly digest?: string | undefined;
  /** Path of the dump in the archive, or in that; found by its images unless given. */
  readonly directory?: string | undefined;
  /** Most bytes that compressed data may decompress to; depends on the archive's size if absent. */
  readonly maxSize?: number | undefined;
}

/** What an address leads to: an archive, or a layout of images in a directory. */
export type Root =
  | {
    readonly file: SizedBytes & Pick<ImageFile, "stored">;
    readonly tree?: undefined;
  }
  | { readonly file?: undefined; readonly tree: FileTree };

/** What was opened of a root. */
interface Opened {
  readonly opener: Opener;
  /** The file that was named, if the kernel can read it for somebody else. */
  readonly descriptor: number | undefined;
  /** The archive that was named. */
  readonly archive: Archive | undefined;
  /** Archives that hold dumps. */
  readonly holders: readonly Holder[];
}

/**
 * Opens a dump in an archive: `.tar`, or that compressed by gzip or zstd, told by its bytes; or in
 * an image of a layout.
 *
 * @param root closed with the source, or at once when this throws
 * @throws {CritError} `data` when it is no archive or holds no dump, or several of which none
 * builds upon the others; `unsupported` when it is compressed in another way
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
      throw dataError(`it is no file`, { image: `${place.path}/${place.directory ?? ""}` });
    }
    const name = baseName(file.path);
    return new ArchivedImage(name, holder.archive.bytes, file, { opener: opened.opener });
  } catch (error) {
    opened.opener[Symbol.dispose]();
    throw error;
  }
}

/** A checkpoint: a dump and what stands beside it; one of the two may be missing. */
export interface Checkpoint {
  /** As the user would name it. */
  readonly path: string;
  readonly source: ImageSource | undefined;
  readonly beside: Surroundings | undefined;
}

/**
 * Opens every checkpoint in an archive: dumps that no other one there builds upon, or what an
 * engine left beside one that failed.
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

function noDump(path: string): CritError {
  return dataError(NO_DUMP[0]!, { image: path });
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

/** The images in a directory of an archive. */
export class ArchiveSource implements ImageSource {
  readonly path: string;
  readonly identity: string;
  readonly files: ReadonlyMap<string, number>;
  readonly fault: CritError | undefined;
  readonly #opened: Opened;
  readonly #place: ArchivePlace;
  readonly #located: Located;
  readonly #files: DirectoryFiles | undefined;
  readonly #isOwner: boolean;
  #beside: Surroundings | null | undefined;

  /**
   * @param isOwner whether what was opened is closed with this source
   * @throws {CritError} `data` when there is no such directory
   */
  constructor(opened: Opened, place: ArchivePlace, located: Located, isOwner = true) {
    const { holder, directory } = located;
    const { archive } = holder;
    const files = archive.filesIn(directory);
    if (files === undefined && located.fault === undefined) {
      throw dataError(`the archive has no directory ${directory}`, { image: place.path });
    }
    const isNamed = place.directory !== undefined || place.digest !== undefined;
    this.path = isNamed ? place.path + holderAddress(holder, directory) : place.path;
    this.identity = `${place.identity}\0${holderAddress(holder, directory)}`;
    this.files = files?.sizes(PARENT) ?? new Map();
    this.fault = located.fault ?? archive.index.fault ?? opened.archive?.index.fault;
    this.#opened = opened;
    this.#place = place;
    this.#located = located;
    this.#files = files;
    this.#isOwner = isOwner;
  }

  get beside(): Surroundings | undefined {
    const { holder, directory } = this.#located;
    this.#beside ??= surroundingsOf(holder, directory, this.#place.path) ?? null;
    return this.#beside ?? undefined;
  }

  allocated(name: string): number | undefined {
    return this.#files?.get(name)?.storedSize;
  }

  modified(name: string): number | undefined {
    return this.#files?.get(name)?.modified;
  }

  /** The archive, and the directory that {@link members} are below. */
  get archived(): { readonly archive: Archive; readonly directory: string } {
    const { holder, directory } = this.#located;
    return { archive: holder.archive, directory: this.place === "" ? directory : "" };
  }

  get place(): string {
    return this.#place.directory === undefined ? this.#located.directory : "";
  }

  members(): Iterable<Member> {
    const { holder, directory } = this.#located;
    return membersBelow(holder.archive, this.place === "" ? directory : "");
  }

  open(name: string): ImageFile {
    const file = this.#files?.get(name);
    if (file === undefined) throw new CritError("file", "it is not there", { image: name });
    const { archive } = this.#located.holder;
    return new ArchivedImage(name, archive.bytes, file, { stored: this.#storedOf(file) });
  }

  get parentLink(): string | undefined {
    const { holder, directory } = this.#located;
    return parentLink(holder.archive, directory);
  }

  openParent(): ImageSource {
    const { holder } = this.#located;
    if (this.parentLink === "") throw dataError(EMPTY_PARENT, { image: PARENT });
    const directory = parentDirectory(holder.archive, this.#located.directory);
    if (directory === undefined) {
      const reason = `it leads to ${this.parentLink}, which is not in the archive`;
      throw dataError(reason, { image: PARENT });
    }
    const place = { ...this.#place, directory };
    return new ArchiveSource(this.#opened, place, { holder, directory }, false);
  }

  /** Where a file's bytes are in the archive, in one piece unless it is compressed or has holes. */
  #storedOf({ offset, segments }: ArchivedFile): Stored | undefined {
    const { descriptor } = this.#opened;
    const { base } = this.#located.holder.archive;
    if (descriptor === undefined || base === undefined || segments !== undefined) return undefined;
    return { descriptor, offset: base + offset };
  }

  [Symbol.dispose](): void {
    if (this.#isOwner) this.#opened.opener[Symbol.dispose]();
  }
}

/** All that is in an archive below a directory. */
function* membersBelow(archive: Archive, directory: string): Generator<Member> {
  const begin = directory === "" ? "" : `${directory}/`;
  const { table } = archive.index;
  for (let number = 0; number < table.count; number++) {
    const path = table.pathOf(number);
    if (!path.startsWith(begin)) continue;
    const place = path.slice(begin.length);
    const isLink = table.isLink(number);
    const file = isLink ? archive.fileAt(path) : archive.index.files.get(path);
    if (file !== undefined) yield memberOf(archive, place, file);
    else if (isLink) yield { place, link: table.targetOf(number) };
    else if (table.isOther(number)) yield { place, kind: "other" };
    if (table.isDirectory(number)) yield { place, kind: "directory" };
  }
}

function memberOf(archive: Archive, place: string, file: ArchivedFile): Member {
  const name = baseName(place);
  const { size, mode } = file;
  return { place, size, mode, open: () => new ArchivedImage(name, archive.bytes, file) };
}

/** A file of an archive as an image. */
class ArchivedImage extends ArchivedBytes implements ImageFile {
  constructor(
    readonly name: string,
    bytes: Bytes,
    file: ArchivedFile,
    readonly options: { readonly opener?: Disposable; readonly stored?: Stored | undefined } = {},
  ) {
    super(bytes, file);
  }

  get stored(): Stored | undefined {
    return this.options.stored;
  }

  get size(): number {
    return this.file.size;
  }

  [Symbol.dispose](): void {
    this.options.opener?.[Symbol.dispose]();
  }
}

/** What stands beside a dump in a directory of an archive. */
function surroundingsOf(
  holder: Holder,
  directory: string,
  path: string,
): Surroundings | undefined {
  const { archive, image } = holder;
  const places = directory === "" ? [""] : [placeAbove(directory), directory];
  const place = places.find((place) => {
    const files = archive.filesIn(place);
    return files !== undefined && BESIDE.some((name) => files.has(name));
  });
  if (place === undefined && image === undefined) return undefined;
  const files = new Map<string, BesideFile>();
  if (place !== undefined) {
    for (const [name, file] of archive.filesIn(place) ?? []) files.set(name, file);
    for (const inside of BESIDE_DIRECTORIES) {
      for (const [name, file] of archive.filesIn(below(place, inside)) ?? []) {
        files.set(`${inside}/${name}`, file);
      }
    }
  }
  for (const [name, { size }] of holder.parts) files.set(name, { size, modified: 0 });
  const open = (name: string) => {
    const part = holder.parts.get(name);
    if (part !== undefined || !files.has(name)) return part;
    const file = archive.filesIn(below(place!, placeAbove(name)))?.get(baseName(name));
    return file && archive.open(file);
  };
  const where = path + holderAddress(holder, place ?? "");
  return { path: where, files, image, open };
}

/** Files by which a directory is one that an engine has left. */
const BESIDE: readonly string[] = [...ENGINE_FILES, "rootfs-diff.tar", "stats-dump", "dump.log"];
