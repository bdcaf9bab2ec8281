/**
 * Files that are read with system calls, alone or as a dump. A directory is opened once and names
 * are looked up in it, so that a path that becomes invalid (`/proc/PID/fd/N`, once CRIU exits) or a
 * renamed parent does no harm.
 *
 * @module
 */

import type { ImageFile, ImageSource, Stored } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import { check, readFully, type SystemCalls, systemError } from "./system.ts";

/** A file that is read with system calls. */
export class SystemFile implements ImageFile {
  readonly size: number;
  readonly identity: string;
  readonly stored: Stored;

  /**
   * Takes an open file.
   *
   * @param descriptor the file, open for reading; closed with this, also if this fails
   * @throws {CritError} `data` if it is not a regular file
   */
  constructor(readonly system: SystemCalls, readonly name: string, readonly descriptor: number) {
    const status = system.status(descriptor);
    if (typeof status === "number" || status.kind !== "file") {
      system.close(descriptor);
      if (typeof status === "number") throw systemError(system, status, name);
      throw dataError("it is not a regular file", { image: name });
    }
    this.size = status.size;
    this.identity = status.identity;
    this.stored = { descriptor, offset: 0 };
  }

  read(offset: number, into: Uint8Array): number {
    return readFully(this.system, this.descriptor, offset, into, this.name);
  }

  [Symbol.dispose](): void {
    this.system.close(this.descriptor);
  }
}

/** The images in a directory. CRIU streams no parent dumps, so there are none. */
export class SystemDirectory implements ImageSource {
  readonly identity: string;
  readonly parentLink = undefined;
  readonly others: Set<string> = new Set();
  readonly #directory: number;
  #files: Map<string, number> | undefined;

  /**
   * Opens a directory.
   *
   * @throws {CritError} `file` if it cannot be opened
   */
  constructor(readonly system: SystemCalls, readonly path: string) {
    this.identity = path;
    this.#directory = check(system, system.open(path, "directory"), path);
  }

  get files(): ReadonlyMap<string, number> {
    return this.#files ??= this.#list();
  }

  open(name: string): SystemFile {
    const { system } = this;
    const descriptor = check(system, system.openAt(this.#directory, name, "read"), name);
    return new SystemFile(system, name, descriptor);
  }

  openParent(): ImageSource {
    throw dataError("a dump that is streamed has no parent", { image: "parent" });
  }

  [Symbol.dispose](): void {
    this.system.close(this.#directory);
  }

  #list(): Map<string, number> {
    const names = this.system.list(this.#directory);
    if (typeof names === "number") throw systemError(this.system, names, this.path);
    const files = new Map<string, number>();
    for (const name of names.sort()) {
      const size = this.#sizeOf(name);
      if (size === undefined) this.others.add(name);
      else files.set(name, size);
    }
    return files;
  }

  /** Size of a regular file, or of one that a link leads to. */
  #sizeOf(name: string): number | undefined {
    const { system } = this;
    let status = system.statusAt(this.#directory, name);
    if (typeof status === "object" && status.kind === "other") {
      const descriptor = system.openAt(this.#directory, name, "read");
      if (descriptor < 0) return undefined;
      status = system.status(descriptor);
      system.close(descriptor);
    }
    return typeof status === "object" && status.kind === "file" ? status.size : undefined;
  }
}
