/**
 * Where a dump's images come from: a directory (`directory.ts`) or an archive (`archive.ts`).
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import { CritError } from "../errors.ts";
import type { Surroundings } from "./surroundings.ts";

/** Name of the link from an incremental dump to its parent. */
export const PARENT = "parent";

/** The error for a file `parent` that is neither a link nor contains the path of one. */
export const EMPTY_PARENT = "it is an empty file and no link";

/** Longest path on Linux, in bytes. */
export const PATH_MAX = 4096;

/** A file of a dump with random access. Reading throws {@link CritError} `file` if it fails. */
export interface ImageFile extends SizedBytes {
  /** Name without directories, such as `core-12.img`. */
  readonly name: string;
  /** Offset of the next data after holes, from an offset on; undefined if holes are unknown. */
  dataFrom?(offset: number): number;
  /**
   * The bytes as one piece of an open file, which the kernel can move; undefined if there is none.
   */
  readonly stored?: Stored | undefined;
}

/** A piece of an open file. */
export interface Stored {
  /** The open file. */
  readonly descriptor: number;
  /** Where it begins, in bytes. */
  readonly offset: number;
}

/** A member of a place that holds a dump, beside or below the dump's own files. */
export type SourceMember =
  /** A file. */
  | {
    readonly place: string;
    readonly size: number;
    /** Permission bits. */
    readonly mode: number;
    open(): ImageFile;
  }
  /** A symbolic link to a directory, to nothing, or out of the place. */
  | { readonly place: string; readonly link: string }
  /** A directory, or what is no regular file, such as a device. */
  | { readonly place: string; readonly kind: "directory" | "other" };

/** A dump's files. */
export interface ImageSource extends Disposable {
  /** The path that leads here, as the user gave it. */
  readonly path: string;
  /** Where the dump was found below the path that the user gave; `""` at its top. */
  readonly place?: string;
  /** Equal for two sources that are the same place. */
  readonly identity: string;
  /** The fault of the place as a whole; files that could be found are listed. */
  readonly fault?: CritError | undefined;
  /** Names of the regular files, in order, with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Names of directories and other special files, if they are known. */
  readonly others?: ReadonlySet<string>;
  /**
   * Opens one of {@link ImageSource.files}.
   *
   * @throws {CritError} `file` when it cannot be opened
   */
  open(name: string): ImageFile;
  /**
   * All members of the place; undefined for a directory on the disk.
   *
   * @param strip number of characters to remove from the beginning of each place
   */
  members?(strip?: number): Iterable<SourceMember>;
  /**
   * Opens one of {@link ImageSource.members} that is a file.
   *
   * @throws {CritError} `file` when there is none at the place
   */
  openMember?(place: string): ImageFile;
  /**
   * Reads the first bytes of one of {@link ImageSource.files}, if that is faster than opening it.
   * Returns their number, which is less than the room only at the end of the file.
   *
   * @throws {CritError} `file` when it cannot be read
   */
  readFirst?(name: string, room: Uint8Array): number;
  /** Target of the link `parent`, as written; undefined if there is no link. */
  readonly parentLink: string | undefined;
  /**
   * Opens the target of the link `parent`.
   *
   * @throws {CritError} `data` when it leads nowhere
   */
  openParent(): ImageSource;
  /** Number of stored bytes of a file, less than its size if it has holes. */
  allocated?(name: string): number | undefined;
  /** Permission bits that a directory and all of its files have in common. */
  readonly mode?: number;
  /** Time of a file's last change in seconds since 1970; undefined if unknown. */
  modified?(name: string): number | undefined;
  /** The files of a container engine beside the dump. */
  readonly beside?: Surroundings | undefined;
}

/** An image file as a stream of bytes, from its beginning to its end. */
export class ImageFileReader implements Disposable {
  #offset = 0;

  constructor(readonly file: ImageFile) {}

  get name(): string {
    return this.file.name;
  }

  get size(): number {
    return this.file.size;
  }

  /** Reads some bytes; `null` at the end. */
  readSync(into: Uint8Array): number | null {
    const count = this.file.read(this.#offset, into);
    this.#offset += count;
    return count === 0 ? null : count;
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

/** A file whose bytes are in memory. */
export class HeldFile implements ImageFile {
  constructor(readonly name: string, readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, into: Uint8Array): number {
    const part = this.bytes.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  }

  [Symbol.dispose](): void {}
}

/** Largest file that is read as a whole, in bytes. */
const LARGEST_WHOLE = 1 << 30;

/**
 * All bytes of an image file.
 *
 * @throws {CritError} `unsupported` when they are too many
 */
export function readWhole(file: ImageFile): Uint8Array<ArrayBuffer> {
  if (file.size > LARGEST_WHOLE) {
    const reason = `${file.size} bytes are too many to be held, ${LARGEST_WHOLE} at most`;
    throw new CritError("unsupported", reason, { image: file.name });
  }
  const bytes = new Uint8Array(file.size);
  const count = file.read(0, bytes);
  return count === bytes.length ? bytes : bytes.subarray(0, count);
}
