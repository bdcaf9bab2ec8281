/**
 * The images in a directory of an archive, and the files beside them.
 *
 * @module
 */

import type { Archive } from "../archive/archive.ts";
import { ArchivedBytes, type ArchivedFile } from "../archive/archived_file.ts";
import type { Bytes } from "../archive/bytes.ts";
import type { DirectoryFiles } from "../archive/directory_files.ts";
import { LazyMap } from "../bytes/lazy_map.ts";
import { baseName, below, placeAbove } from "../bytes/paths.ts";
import { CritError, dataError } from "../errors.ts";
import { type Holder, holderAddress, type Located, parentDirectory, parentLink } from "./holder.ts";
import type { Opener } from "./opener.ts";
import {
  EMPTY_PARENT,
  type ImageFile,
  type ImageSource,
  PARENT,
  type SourceMember,
  type Stored,
} from "./source.ts";
import {
  BESIDE_DIRECTORIES,
  type BesideFile,
  ENGINE_FILES,
  type Surroundings,
} from "./surroundings.ts";

/** The place of a dump in an archive. */
export interface ArchivePlace {
  /** The archive's path, as the user gave it. */
  readonly path: string;
  /** Equal for two paths to the same archive. */
  readonly identity: string;
  /** Digest of an image or a blob of a layout, or the beginning of one. */
  readonly digest?: string | undefined;
  /** Path of the dump in the archive or image; found by its images if undefined. */
  readonly directory?: string | undefined;
  /** Most bytes that compressed data may decompress to; depends on the archive's size if absent. */
  readonly maxSize?: number | undefined;
}

/** An opened root. */
export interface Opened {
  readonly opener: Opener;
  /** Descriptor of the named file, if the kernel can read from it directly. */
  readonly descriptor: number | undefined;
  /** The named archive. */
  readonly archive: Archive | undefined;
  /** Archives that hold dumps. */
  readonly holders: readonly Holder[];
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
   * @param isOwner whether this source closes `opened`
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

  members(strip = 0): Iterable<SourceMember> {
    const { archive, directory } = this.archived;
    return membersBelow(archive, directory, strip);
  }

  openMember(place: string): ImageFile {
    const { archive, directory } = this.archived;
    const file = archive.fileAt(below(directory, place));
    if (file === undefined) throw new CritError("file", "it is not there", { image: place });
    return new ArchivedImage(baseName(place), archive.bytes, file);
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
function* membersBelow(
  archive: Archive,
  directory: string,
  strip: number,
): Generator<SourceMember> {
  const begin = directory === "" ? "" : `${directory}/`;
  const { table } = archive.index;
  for (let number = 0; number < table.count; number++) {
    const path = table.pathOf(number);
    if (!path.startsWith(begin)) continue;
    const place = path.slice(begin.length + strip);
    const isLink = table.isLink(number);
    const file = isLink ? archive.fileAt(path) : archive.index.files.get(path);
    if (file !== undefined) yield memberOf(archive, place, file);
    else if (isLink) yield { place, link: table.targetOf(number) };
    else if (table.isOther(number)) yield { place, kind: "other" };
    if (table.isDirectory(number)) yield { place, kind: "directory" };
  }
}

function memberOf(archive: Archive, place: string, file: ArchivedFile): SourceMember {
  const name = baseName(place);
  const { size, mode } = file;
  return { place, size, mode, open: () => new ArchivedImage(name, archive.bytes, file) };
}

/** A file of an archive as an image. */
export class ArchivedImage extends ArchivedBytes implements ImageFile {
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

/** The files beside a dump in a directory of an archive. */
export function surroundingsOf(
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
  const files = new BesideFiles(holder, place);
  const open = (name: string) => {
    const part = holder.parts.get(name);
    if (part !== undefined || !files.has(name)) return part;
    const file = archive.filesIn(below(place!, placeAbove(name)))?.get(baseName(name));
    return file && archive.open(file);
  };
  const where = path + holderAddress(holder, place ?? "");
  return { path: where, files, image, open };
}

/** The files beside a dump; the dump itself may be among them, with all of its images. */
class BesideFiles extends LazyMap<BesideFile> {
  /** Files of directories by name, with what stands before the names. */
  readonly #layers: readonly (readonly [prefix: string, files: ReadonlyMap<string, BesideFile>])[];

  constructor({ archive, parts }: Holder, place: string | undefined) {
    super();
    const inside = place === undefined ? [] : ["", ...BESIDE_DIRECTORIES];
    const layers = inside.flatMap((name) => {
      const files = archive.filesIn(below(place!, name));
      return files === undefined ? [] : [[name === "" ? "" : `${name}/`, files] as const];
    });
    const blobs = new Map([...parts].map(([name, { size }]) => [name, { size, modified: 0 }]));
    this.#layers = [["", blobs], ...layers];
  }

  get size(): number {
    return [...this.keys()].length;
  }

  get(path: string): BesideFile | undefined {
    for (const [prefix, files] of this.#layers) {
      const file = path.startsWith(prefix) ? files.get(path.slice(prefix.length)) : undefined;
      if (file !== undefined) return file;
    }
    return undefined;
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  *keys(): Generator<string, undefined> {
    const [[, blobs]] = this.#layers as [readonly [string, ReadonlyMap<string, BesideFile>]];
    for (const [prefix, files] of this.#layers) {
      for (const name of files.keys()) {
        if (files === blobs || !blobs.has(prefix + name)) yield prefix + name;
      }
    }
  }
}

/** Files by which a directory is one that an engine has left. */
const BESIDE: readonly string[] = [...ENGINE_FILES, "rootfs-diff.tar", "stats-dump", "dump.log"];
