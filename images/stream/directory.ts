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
import { writeFully } from "./spool.ts";
import type { DumpSink, SeekableDumpSource, SinkFile, SourceFile } from "./store.ts";
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

/** The image whose presence makes a directory a dump: it is moved into place last. */
const INVENTORY = "inventory.img";

/**
 * Takes images into a directory. They are written to the subdirectory {@link INCOMPLETE} and moved
 * up when all are there; a capture that fails or is killed leaves them in it. What an earlier
 * failed capture left is removed.
 */
export class DirectorySink implements DumpSink {
  readonly #directory: number;
  readonly #incomplete: number;
  readonly #names: string[] = [];

  /**
   * Opens a directory and gets it ready.
   *
   * @throws {CritError} `file` when it cannot be written to or already holds a dump
   */
  constructor(readonly system: SystemCalls, readonly path: string) {
    this.#directory = check(system, system.open(path, "directory"), path);
    try {
      const inventory = system.statusAt(this.#directory, INVENTORY);
      if (typeof inventory === "object") {
        throw new CritError("file", `${path}: it already holds a dump`);
      }
      this.#removeLeftovers();
      const inside = `${path}/${INCOMPLETE}`;
      check(system, system.makeDirectoryAt(this.#directory, INCOMPLETE), inside);
      const opened = system.openAt(this.#directory, INCOMPLETE, "directory");
      this.#incomplete = check(system, opened, inside);
    } catch (error) {
      system.close(this.#directory);
      throw error;
    }
  }

  #removeLeftovers(): void {
    const { system } = this;
    const inside = `${this.path}/${INCOMPLETE}`;
    const old = system.openAt(this.#directory, INCOMPLETE, "directory");
    if (old === -Errno.noEntry) return;
    check(system, old, inside);
    try {
      const names = system.list(old);
      if (typeof names === "number") throw systemError(system, names, inside);
      for (const name of names) check(system, system.removeAt(old, name), `${inside}/${name}`);
    } finally {
      system.close(old);
    }
    check(system, system.removeDirectoryAt(this.#directory, INCOMPLETE), inside);
  }

  create(name: string): SinkFile {
    const descriptor = this.system.openAt(this.#incomplete, name, "create");
    if (descriptor === -Errno.exists) {
      throw dataError("CRIU writes it a second time", { image: name });
    }
    this.#names.push(name);
    return new CapturedFile(this.system, name, check(this.system, descriptor, name));
  }

  commit(): void {
    const { system } = this;
    const last = this.#names.filter((name) => name === INVENTORY);
    for (const name of [...this.#names.filter((name) => name !== INVENTORY), ...last]) {
      check(system, system.renameAt(this.#incomplete, name, this.#directory, name), name);
    }
    check(system, system.removeDirectoryAt(this.#directory, INCOMPLETE), INCOMPLETE);
  }

  close(): void {
    this.system.close(this.#incomplete);
    this.system.close(this.#directory);
  }
}

class CapturedFile implements SinkFile {
  constructor(
    readonly system: SystemCalls,
    readonly name: string,
    readonly descriptor: number,
  ) {}

  write(bytes: Uint8Array): void {
    writeFully(this.system, this.descriptor, bytes, this.name);
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}
