/**
 * A dump that is derived from another: some images are replaced, added or removed. Nothing is
 * written; all other images are read from the original.
 *
 * @module
 */

import { CritError, dataError } from "../errors.ts";
import { Dump } from "./dump.ts";
import { HeldFile, type ImageFile, type ImageSource, PARENT } from "./source.ts";
import type { Surroundings } from "./surroundings.ts";

/** A replaced or new image. */
export interface DerivedImage {
  /** In bytes. */
  readonly size: number;
  /** Opens it. @throws {CritError} `file` when it cannot be opened */
  open(): ImageFile;
}

/** The changes to the files of a dump. */
export interface Derivation {
  /** Replaced and new images, by name. */
  readonly changed: ReadonlyMap<string, DerivedImage>;
  /** Names of removed files. */
  readonly gone?: ReadonlySet<string>;
  /** Whether the dump no longer needs a parent. */
  readonly standsAlone?: boolean;
}

/** An image whose bytes are in memory. */
export function heldImage(name: string, bytes: Uint8Array): DerivedImage {
  return { size: bytes.length, open: () => new HeldFile(name, bytes) };
}

/** How many were made; no two of them are the same place. */
let count = 0;

/** The files of a derived dump. */
export class DerivedSource implements ImageSource {
  /** Differs from that of every other place. */
  readonly identity: string;
  /** Names of the regular files, in order, with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;

  /**
   * @param original source of all other files
   * @param owns whether this source closes the original
   */
  constructor(
    readonly original: ImageSource,
    readonly derivation: Derivation,
    readonly owns: boolean = false,
  ) {
    this.identity = `${original.identity}\0derived ${++count}`;
    const { changed, gone } = derivation;
    const files = new Map(original.files);
    for (const [name, { size }] of changed) files.set(name, size);
    for (const name of gone ?? []) files.delete(name);
    this.files = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The path that led to the original. */
  get path(): string {
    return this.original.path;
  }

  /** Where the original was found below its path. */
  get place(): string | undefined {
    return this.original.place;
  }

  /** The fault of the original as a whole. */
  get fault(): CritError | undefined {
    return this.original.fault;
  }

  /** How many bytes of a file of the original are stored. */
  allocated(name: string): number | undefined {
    return this.derivation.changed.has(name) ? undefined : this.original.allocated?.(name);
  }

  /** Names in the original that are not regular files. */
  get others(): ReadonlySet<string> | undefined {
    return this.original.others;
  }

  /** Opens one of {@link files}. */
  open(name: string): ImageFile {
    const changed = this.derivation.changed.get(name);
    if (changed !== undefined) return changed.open();
    if (this.files.has(name)) return this.original.open(name);
    throw new CritError("file", "it is not there", { image: name });
  }

  /** Where the original's link leads, if the parent is still needed. */
  get parentLink(): string | undefined {
    return this.derivation.standsAlone ? undefined : this.original.parentLink;
  }

  /** Opens the parent. */
  openParent(): ImageSource {
    if (!this.derivation.standsAlone) return this.original.openParent();
    throw dataError("the dump has no parent", { image: PARENT });
  }

  /** When a file of the original was changed, in seconds since 1970. */
  modified(name: string): number | undefined {
    return this.derivation.changed.has(name) ? undefined : this.original.modified?.(name);
  }

  /** The files beside the original. */
  get beside(): Surroundings | undefined {
    return this.original.beside;
  }

  /** Closes the original if it is owned. */
  [Symbol.dispose](): void {
    if (this.owns) this.original[Symbol.dispose]();
  }
}

/** A derived dump. The original must stay open while this dump is used. */
export class DerivedDump extends Dump {
  /** Replaced and new images, by name. */
  readonly changed: ReadonlyMap<string, DerivedImage>;
  /** Names of files of the original that were removed. */
  readonly gone: ReadonlySet<string>;

  /** Derives a dump from `original`. */
  constructor(readonly original: Dump, derivation: Derivation) {
    // A parent that was given stays the original's to close.
    const { givenParent } = original;
    const parent = derivation.standsAlone || givenParent === undefined
      ? undefined
      : new DerivedSource(givenParent, { changed: new Map() });
    super(new DerivedSource(original.source, derivation), parent);
    this.changed = derivation.changed;
    this.gone = derivation.gone ?? new Set();
  }
}
