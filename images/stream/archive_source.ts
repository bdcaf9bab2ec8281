/**
 * An archive as the place to serve from.
 *
 * @module
 */

import { type ArchiveSource, openArchive } from "../dump/archive.ts";
import { type OpenOptions, type Place, placeIn, rootOf } from "../dump/open.ts";
import { type ImageFile, ImageFileReader, type ImageSource } from "../dump/source.ts";
import type { SeekableDumpSource, SourceFile } from "./store.ts";
import { check, type SystemCalls } from "./system.ts";
import { SystemFile } from "./system_file.ts";

/** Serves the images of a dump in an archive. */
export class ArchivedDumpSource implements SeekableDumpSource {
  private constructor(
    readonly system: SystemCalls,
    readonly file: SystemFile | undefined,
    readonly archive: ArchiveSource,
  ) {}

  /**
   * Opens an archive, or an image of a layout.
   *
   * @throws {CritError} `file` when it cannot be opened, `data` when it is damaged or holds no dump
   */
  static async open(
    system: SystemCalls,
    place: Exclude<Place, { kind: "directory" }>,
    options: OpenOptions = {},
  ): Promise<ArchivedDumpSource> {
    const file = place.kind === "archive" ? openFile(system, place.path) : undefined;
    const root = file === undefined ? rootOf(place) : { file };
    const archive = await openArchive(root, {
      ...placeIn(place, options),
      ...file && { identity: file.identity },
    });
    if (archive.fault !== undefined) {
      archive[Symbol.dispose]();
      throw archive.fault;
    }
    return new ArchivedDumpSource(system, file, archive);
  }

  get names(): readonly string[] {
    return [...this.images.files.keys()];
  }

  get images(): ImageSource {
    return this.archive;
  }

  open(name: string): SourceFile | undefined {
    const { system, archive, file } = this;
    const size = archive.files.get(name);
    if (size === undefined) return undefined;
    const place = archive.placeOf(name);
    if (place === undefined || file === undefined) return new CopiedFile(archive.open(name));
    // Its own way to the file, with a position of its own.
    const own = `/proc/self/fd/${file.descriptor}`;
    const descriptor = check(system, system.open(own, "read"), name);
    check(system, system.seek(descriptor, place), name);
    return new PlacedFile(system, name, descriptor, size);
  }

  close(): void {
    this.archive[Symbol.dispose]();
  }
}

function openFile(system: SystemCalls, path: string): SystemFile {
  return new SystemFile(system, path, check(system, system.open(path, "read"), path));
}

/** An image that is part of a file, from the descriptor's position on. */
class PlacedFile implements SourceFile {
  #left: number;

  constructor(
    readonly system: SystemCalls,
    readonly name: string,
    readonly descriptor: number,
    readonly size: number,
  ) {
    this.#left = size;
  }

  readInto(buffer: Uint8Array): number {
    const piece = buffer.subarray(0, this.#left);
    if (piece.length === 0) return 0;
    const count = check(this.system, this.system.read(this.descriptor, piece), this.name);
    this.#left -= count;
    return count;
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/** An image whose bytes must be put together first. */
class CopiedFile implements SourceFile {
  readonly size: number;
  readonly #reader: ImageFileReader;

  constructor(readonly file: ImageFile) {
    this.size = file.size;
    this.#reader = new ImageFileReader(file);
  }

  readInto(buffer: Uint8Array): number {
    return this.#reader.readSync(buffer) ?? 0;
  }

  close(): void {
    this.file[Symbol.dispose]();
  }
}
