/**
 * Dump directories as places to serve from and to capture to.
 *
 * A directory is opened once and names are looked up in it from then on, so that a path that ends
 * to be valid (`/proc/PID/fd/N`, once CRIU exits) or a renamed parent does no harm.
 *
 * @module
 */

import type { ImageSource } from "../dump/source.ts";
import { CritError, dataError } from "../errors.ts";
import { INVENTORY, StagedSink, Staging } from "./staging.ts";
import type { SeekableDumpSource, SourceFile } from "./store.ts";
import { check, Errno, type SystemCalls, systemError } from "./system.ts";
import { SystemDirectory } from "./system_file.ts";

/** Serves the images in a directory. */
export class DirectorySource implements SeekableDumpSource {
  readonly #directory: number;

  /**
   * Opens a directory.
   *
   * @throws {CritError} `file` when it cannot be opened
   */
  constructor(readonly system: SystemCalls, readonly path: string) {
    this.#directory = check(system, system.open(path, "directory"), path);
  }

  get names(): readonly string[] {
    return [...this.images.files.keys()];
  }

  get images(): ImageSource {
    return new SystemDirectory(this.system, this.path, this.#directory);
  }

  open(name: string): SourceFile | undefined {
    const { system } = this;
    const descriptor = system.openAt(this.#directory, name, "read");
    if (descriptor === -Errno.noEntry) return undefined;
    check(system, descriptor, name);
    const status = system.status(descriptor);
    if (typeof status === "object" && status.kind === "file") {
      return new DirectoryFile(system, name, descriptor, status.size);
    }
    system.close(descriptor);
    if (typeof status === "number") throw systemError(system, status, name);
    throw dataError("it is not a regular file", { image: name });
  }

  close(): void {
    this.system.close(this.#directory);
  }
}

class DirectoryFile implements SourceFile {
  constructor(
    readonly system: SystemCalls,
    readonly name: string,
    readonly descriptor: number,
    readonly size: number,
  ) {}

  readInto(buffer: Uint8Array): number {
    return check(this.system, this.system.read(this.descriptor, buffer), this.name);
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/** Where the images of a capture stand, inside its directory, until all are there. */
export const INCOMPLETE = "capture.incomplete";

/**
 * Takes images into a directory. They are written to the subdirectory {@link INCOMPLETE} and moved
 * up when all are there; a capture that fails or is killed leaves them in it.
 */
export class DirectorySink extends StagedSink {
  override readonly staging: Staging;
  readonly #directory: number;

  /**
   * Opens a directory and gets it ready.
   *
   * @throws {CritError} `file` when it cannot be written to, already holds a dump, or holds the
   * images of a capture that failed
   */
  constructor(readonly system: SystemCalls, readonly path: string) {
    super();
    this.#directory = check(system, system.open(path, "directory"), path);
    try {
      const inventory = system.statusAt(this.#directory, INVENTORY);
      if (typeof inventory === "object") {
        throw new CritError("file", `${path}: it already holds a dump`);
      }
      this.staging = new Staging(system, this.#directory, `${path}/${INCOMPLETE}`);
    } catch (error) {
      system.close(this.#directory);
      throw error;
    }
  }

  override commit(): void {
    this.staging.moveTo(this.#directory);
  }

  override close(): void {
    this.staging.close();
    this.system.close(this.#directory);
  }
}
