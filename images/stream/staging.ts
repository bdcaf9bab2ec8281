/**
 * Holds the images of a capture until all have arrived, in a directory whose name shows that they
 * are incomplete.
 *
 * @module
 */

import { baseName } from "../bytes/paths.ts";
import { checkEditedSize } from "../edit/size.ts";
import { CritError, dataError } from "../errors.ts";
import type { DumpSink, SinkFile } from "./store.ts";
import { check, Errno, type SystemCalls, systemError, writeFully } from "./system.ts";
import { SystemFile } from "./system_file.ts";

/** Subdirectory with the images that edits have changed. */
const EDITED = "edited";

/** The image that makes a directory a dump; it is moved into place last. */
export const INVENTORY = "inventory.img";

/**
 * Images that wait in a directory. Images from CRIU are never overwritten: an edited image is
 * stored beside the original until the dump is complete. After any failure, the originals remain.
 */
export class Staging {
  /** The directory's name in its parent. */
  readonly name: string;
  readonly #inside: number;
  readonly #names: string[] = [];
  readonly #edited = new Set<string>();
  #editedDirectory: number | undefined;

  /**
   * Creates the directory.
   *
   * @param parent descriptor of the parent directory; stays open
   * @param path the directory's path, for messages; its last part is the name
   * @throws {CritError} `file` if it cannot be created, or contains images of an earlier capture
   */
  constructor(
    readonly system: SystemCalls,
    readonly parent: number,
    readonly path: string,
  ) {
    const name = this.name = baseName(path);
    const made = system.makeDirectoryAt(parent, name);
    if (made !== -Errno.exists) check(system, made, this.path);
    this.#inside = check(system, system.openAt(parent, name, "directory"), this.path);
    try {
      this.#checkEmpty();
    } catch (error) {
      system.close(this.#inside);
      throw error;
    }
  }

  #checkEmpty(): void {
    const { system, path } = this;
    const names = system.list(this.#inside);
    if (typeof names === "number") throw systemError(system, names, path);
    const left = names.filter((name) => name !== EDITED).length;
    if (names.length === 0) return;
    const images = left === 1 ? "1 image" : `${left} images`;
    const reason = `${path}: it holds ${images} of an earlier capture, perhaps of a process that ` +
      "is dead by now";
    const hint = names.includes(INVENTORY)
      ? `crit check ${path} says whether they are whole, and criu restore -D ${path} restores ` +
        `them; move them away, or remove them with rm -r ${path}`
      : `they are not whole: there is no ${INVENTORY}; remove them with rm -r ${path}`;
    throw new CritError("file", reason, {}, hint);
  }

  /** Names of the images in order of arrival. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Creates an image. */
  create(name: string): SinkFile {
    const descriptor = this.system.openAt(this.#inside, name, "scratch");
    if (descriptor === -Errno.exists) {
      throw dataError("CRIU writes it a second time", { image: name });
    }
    check(this.system, descriptor, name);
    this.#names.push(name);
    return new StagedFile(this.system, name, descriptor);
  }

  /** Opens an image for the dump: the edited one, if there is one. */
  open(name: string): SystemFile {
    const { system } = this;
    const directory = this.#edited.has(name) ? this.#editedDirectory! : this.#inside;
    const descriptor = check(system, system.openAt(directory, name, "read"), name);
    return new SystemFile(system, name, descriptor);
  }

  /**
   * All bytes of an image.
   *
   * @throws {CritError} `unsupported` if it is too large to edit
   */
  read(name: string): Uint8Array {
    using file = this.open(name);
    checkEditedSize(name, file.size);
    const bytes = new Uint8Array(file.size);
    return bytes.subarray(0, file.read(0, bytes));
  }

  /** Replaces the bytes of an image in the dump; the original remains. */
  replace(name: string, bytes: Uint8Array): void {
    const { system } = this;
    if (this.#editedDirectory === undefined) {
      check(system, system.makeDirectoryAt(this.#inside, EDITED), this.path);
      const opened = system.openAt(this.#inside, EDITED, "directory");
      this.#editedDirectory = check(system, opened, this.path);
    }
    const directory = this.#editedDirectory;
    const descriptor = check(system, system.openAt(directory, name, "scratch"), name);
    this.#edited.add(name);
    try {
      writeFully(system, descriptor, bytes, name);
    } finally {
      system.close(descriptor);
    }
  }

  /** Moves the images into a directory, the inventory last, and removes the rest. */
  moveTo(directory: number): void {
    const { system } = this;
    const last = this.#names.filter((name) => name === INVENTORY);
    for (const name of [...this.#names.filter((name) => name !== INVENTORY), ...last]) {
      const from = this.#edited.has(name) ? this.#editedDirectory! : this.#inside;
      check(system, system.renameAt(from, name, directory, name), name);
    }
    this.remove();
  }

  /** Removes the directory and its contents. */
  remove(): void {
    const { system } = this;
    this.discardEdits();
    for (const name of this.#names) system.removeAt(this.#inside, name);
    this.#names.length = 0;
  }

  /** Discards the edits; only the originals remain. */
  discardEdits(): void {
    const { system } = this;
    if (this.#editedDirectory === undefined) return;
    for (const name of this.#edited) system.removeAt(this.#editedDirectory, name);
    this.#edited.clear();
    system.close(this.#editedDirectory);
    this.#editedDirectory = undefined;
    system.removeDirectoryAt(this.#inside, EDITED);
  }

  /** Closes the directory, and removes it if it is empty. */
  close(): void {
    const { system } = this;
    this.discardEdits();
    system.close(this.#inside);
    if (this.#names.length === 0) system.removeDirectoryAt(this.parent, this.name);
  }
}

/** A sink whose images are staged. */
export abstract class StagedSink implements DumpSink {
  abstract readonly staging: Staging;

  get incompleteAt(): string {
    return this.staging.path;
  }

  create(name: string): SinkFile {
    return this.staging.create(name);
  }

  read(name: string): Uint8Array {
    return this.staging.read(name);
  }

  replace(name: string, bytes: Uint8Array): void {
    this.staging.replace(name, bytes);
  }

  abstract commit(): void | Promise<void>;
  abstract close(): void;
}

class StagedFile implements SinkFile {
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
