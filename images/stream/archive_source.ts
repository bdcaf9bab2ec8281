/**
 * An archive as the place to serve from.
 *
 * @module
 */

import { type ArchivePlace, type ArchiveSource, openArchive } from "../dump/archive.ts";
import { type ImageFile, ImageFileReader } from "../dump/source.ts";
import type { DumpSource, SourceFile } from "./store.ts";
import { check, Errno, type SystemCalls, systemError } from "./system.ts";

/** Serves the images of a dump in an archive. */
export class ArchivedDumpSource implements DumpSource {
  private constructor(
    readonly system: SystemCalls,
    readonly file: SystemFile,
    readonly archive: ArchiveSource,
  ) {}

  /**
   * Opens an archive.
   *
   * @throws {CritError} `file` when it cannot be opened, `data` when it is damaged or holds no dump
   */
  static async open(
    system: SystemCalls,
    place: Omit<ArchivePlace, "identity">,
  ): Promise<ArchivedDumpSource> {
    const file = new SystemFile(system, place.path);
    const archive = await openArchive(file, { ...place, identity: file.identity });
    if (archive.fault !== undefined) {
      archive[Symbol.dispose]();
      throw archive.fault;
    }
    return new ArchivedDumpSource(system, file, archive);
  }

  open(name: string): SourceFile | undefined {
    const { system, archive } = this;
    const size = archive.files.get(name);
    if (size === undefined) return undefined;
    const place = archive.placeOf(name);
    if (place === undefined) return new CopiedFile(archive.open(name));
    // Its own way to the file, with a position of its own.
    const own = `/proc/self/fd/${this.file.descriptor}`;
    const descriptor = check(system, system.open(own, "read"), name);
    check(system, system.seek(descriptor, place), name);
    return new PlacedFile(system, name, descriptor, size);
  }

  close(): void {
    this.archive[Symbol.dispose]();
  }
}

/** A file that is read by system calls. */
class SystemFile implements ImageFile {
  readonly descriptor: number;
  readonly size: number;
  readonly identity: string;

  constructor(readonly system: SystemCalls, readonly name: string) {
    this.descriptor = check(system, system.open(name, "read"), name);
    const status = system.status(this.descriptor);
    if (typeof status === "number") {
      system.close(this.descriptor);
      throw systemError(system, status, name);
    }
    this.size = status.size;
    this.identity = status.identity;
  }

  read(offset: number, into: Uint8Array): number {
    const { system, descriptor, name } = this;
    let filled = 0;
    while (filled < into.length) {
      const count = system.readAt(descriptor, into.subarray(filled), offset + filled);
      if (count === -Errno.interrupted) continue;
      if (check(system, count, name) === 0) break;
      filled += count;
    }
    return filled;
  }

  [Symbol.dispose](): void {
    this.system.close(this.descriptor);
  }
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
