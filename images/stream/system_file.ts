/**
 * Files that are read from any place by system calls, alone or as a dump.
 *
 * @module
 */

import type { ImageFile, ImageSource } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import { check, Errno, type SystemCalls, systemError } from "./system.ts";

/** A file that is read by system calls. */
export class SystemFile implements ImageFile {
  readonly size: number;
  readonly identity: string;

  /** @param descriptor the file, open for reading; closed with this, also when this fails */
  constructor(
    readonly system: SystemCalls,
    readonly name: string,
    readonly descriptor: number,
  ) {
    const status = system.status(descriptor);
    if (typeof status === "number") {
      system.close(descriptor);
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

/** The images in a directory. CRIU streams no parent dumps, so that there are none. */
export class SystemDirectory implements ImageSource {
  readonly identity: string;
  readonly parentLink = undefined;
  #files: Map<string, number> | undefined;

  /** @param descriptor the directory; stays open */
  constructor(readonly system: SystemCalls, readonly path: string, readonly descriptor: number) {
    this.identity = path;
  }

  get files(): ReadonlyMap<string, number> {
    return this.#files ??= this.#list();
  }

  open(name: string): ImageFile {
    const { system } = this;
    const descriptor = check(system, system.openAt(this.descriptor, name, "read"), name);
    return new SystemFile(system, name, descriptor);
  }

  openParent(): ImageSource {
    throw dataError("a dump that is streamed has no parent", { image: "parent" });
  }

  [Symbol.dispose](): void {}

  #list(): Map<string, number> {
    const { system, descriptor, path } = this;
    const names = system.list(descriptor);
    if (typeof names === "number") throw systemError(system, names, path);
    const files = new Map<string, number>();
    for (const name of names.sort()) {
      const status = system.statusAt(descriptor, name);
      if (typeof status === "object" && status.kind === "file") files.set(name, status.size);
    }
    return files;
  }
}
