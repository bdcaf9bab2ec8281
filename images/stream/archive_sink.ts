/** Captures a dump into an archive. @module */

import { compress } from "../archive/compress.ts";
import type { Compression } from "../archive/decompress.ts";
import { TAR_END, tarHeader, tarPadding } from "../archive/tar_writer.ts";
import { baseName, directoryOf, temporaryName } from "../bytes/paths.ts";
import { ENGINE_DIRECTORIES } from "../dump/surroundings.ts";
import { CritError } from "../errors.ts";

import { StagedSink, Staging } from "./staging.ts";
import { check, Errno, type SystemCalls, writeFully } from "./system.ts";

/** Options of the archive. */
export interface ArchiveSinkOptions {
  /** The compression; none unless given. */
  readonly compression?: Compression;
  /**
   * Contents of config.dump in a container engine's archive; the images are then in `checkpoint/`.
   */
  readonly config?: Uint8Array | undefined;
  /** Aborts the writing, with the signal's reason as the error. */
  readonly signal?: AbortSignal;
}

/** Permissions of an image in the archive, the same as CRIU's. */
const IMAGE_MODE = 0o600;

/** Bytes of an image that are read at a time. */
const PIECE = 1 << 17;

/** Longest time that writing blocks other events of the program, in milliseconds. */
const TURN = 100;

/**
 * Captures images into an archive. An archive states the size of a file before its contents, and
 * the size is unknown until CRIU has written the image. The images therefore wait in a directory
 * beside the archive, named after it with the suffix `.incomplete`. Once all images are there, they
 * are written to a temporary file, small ones first, which is then renamed to the archive. The
 * archive is complete or absent, and the images are always in one of the two.
 */
export class ArchiveSink extends StagedSink {
  override readonly staging: Staging;
  readonly #directory: number;
  readonly #name: string;
  #unfinished: string | undefined;

  /**
   * Prepares to write an archive.
   *
   * @throws {CritError} `file` if the archive exists or its directory is not writable
   */
  constructor(
    readonly system: SystemCalls,
    readonly path: string,
    readonly options: ArchiveSinkOptions,
  ) {
    super();
    const directory = directoryOf(path);
    this.#name = baseName(path);
    this.#directory = check(system, system.open(directory, "directory"), directory);
    try {
      this.#checkAbsent();
      this.staging = new Staging(system, this.#directory, `${path}.incomplete`);
    } catch (error) {
      system.close(this.#directory);
      throw error;
    }
  }

  override async commit(): Promise<void> {
    const { system, path } = this;
    const name = temporaryName(this.#name);
    const descriptor = check(system, system.openAt(this.#directory, name, "scratch"), path);
    this.#unfinished = name;
    try {
      await this.#write(descriptor);
    } finally {
      system.close(descriptor);
    }
    this.#checkAbsent();
    check(system, system.renameAt(this.#directory, name, this.#directory, this.#name), path);
    this.#unfinished = undefined;
    this.staging.remove();
  }

  override close(): void {
    const { system } = this;
    if (this.#unfinished !== undefined) system.removeAt(this.#directory, this.#unfinished);
    this.staging.close();
    system.close(this.#directory);
  }

  async #write(descriptor: number): Promise<void> {
    const { compression, signal } = this.options;
    let lastTurn = performance.now();
    for await (const bytes of compress(this.#archive(), compression)) {
      writeFully(this.system, descriptor, bytes, this.path);
      if (performance.now() - lastTurn > TURN) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        lastTurn = performance.now();
      }
      signal?.throwIfAborted();
    }
  }

  /** Yields the bytes of the archive; each piece stays valid. */
  *#archive(): Generator<Uint8Array> {
    const modified = Math.floor(Date.now() / 1000);
    const { config } = this.options;
    const top = config === undefined ? "" : `${ENGINE_DIRECTORIES[0]}/`;
    if (config !== undefined) {
      const size = config.length;
      yield tarHeader({ path: "config.dump", size, mode: IMAGE_MODE, modified });
      yield config;
      yield tarPadding(size);
    }
    const sizes = this.staging.names.map((name) => {
      using file = this.staging.open(name);
      return { name, size: file.size };
    });
    for (const { name, size } of sizes.sort((a, b) => a.size - b.size)) {
      yield tarHeader({ path: top + name, size, mode: IMAGE_MODE, modified });
      using file = this.staging.open(name);
      for (let done = 0; done < size; done += PIECE) {
        const piece = new Uint8Array(Math.min(PIECE, size - done));
        if (file.read(done, piece) < piece.length) {
          throw new CritError("file", `${name}: it became shorter while it was archived`);
        }
        yield piece;
      }
      yield tarPadding(size);
    }
    yield TAR_END;
  }

  #checkAbsent(): void {
    const { system, path } = this;
    const status = system.statusAt(this.#directory, this.#name);
    if (typeof status === "object") throw new CritError("file", `${path}: it exists already`);
    if (status !== -Errno.noEntry) check(system, status, path);
  }
}
