/**
 * Where served images come from and where captured ones go. A directory is one such place
 * (`directory.ts`), an archive another (`archive_source.ts`, `archive_sink.ts`).
 *
 * @module
 */

import type { ImageSource } from "../dump/source.ts";

/** A value now or later. */
export type Awaitable<T> = T | Promise<T>;

/** A dump to read images from. */
export interface DumpSource {
  /** File names of the images. */
  readonly names: readonly string[];
  /**
   * Opens an image by its file name.
   *
   * @returns undefined when there is none of that name
   * @throws {CritError} when there is one that cannot be opened
   */
  open(name: string): Awaitable<SourceFile | undefined>;
  /** Releases what the source holds. */
  close(): void;
}

/** A dump whose images can also be read from any place. */
export interface SeekableDumpSource extends DumpSource {
  /** The same images; good for as long as the source is. */
  readonly images: ImageSource;
}

/** An image that is read from its beginning to its end. */
export interface SourceFile {
  /** Size in bytes, where it is known before the file is read. */
  readonly size?: number;
  /**
   * A descriptor whose next `size` bytes are the image, where {@link SourceFile.size} is known:
   * the kernel moves the bytes if the file system lets it, and {@link SourceFile.readInto} is not
   * called.
   */
  readonly descriptor?: number;
  /** Fills at most the whole buffer; gives the number of bytes, 0 at the end. */
  readInto(buffer: Uint8Array): Awaitable<number>;
  /** Called once, also when not all was read. */
  close(): void;
}

/** A dump to write images to. Until {@link DumpSink.commit} it is not to be taken for a dump. */
export interface DumpSink {
  /** Where the images that came stand until the dump is whole, and stay if it never is. */
  readonly incompleteAt: string;
  /**
   * Begins an image.
   *
   * @throws {CritError} when it cannot, or there is already one of that name
   */
  create(name: string): Awaitable<SinkFile>;
  /** All bytes of an image that was written. */
  read(name: string): Awaitable<Uint8Array>;
  /** Gives an image other bytes in the dump; those that were written stay until it is whole. */
  replace(name: string, bytes: Uint8Array): Awaitable<void>;
  /** Makes the dump whole: all images are written. */
  commit(): Awaitable<void>;
  /** Releases what the sink holds; if the dump is not whole, the images that came stay. */
  close(): void;
}

/** An image that is being written. Nothing is written after `close`. */
export interface SinkFile {
  /**
   * A descriptor to which the kernel moves the bytes if the file system lets it; then
   * {@link SinkFile.write} is not called.
   */
  readonly descriptor?: number;
  /** Told how many bytes the kernel moved there. */
  moved?(count: number): void;
  /** Takes all of the bytes; the buffer is the caller's again afterwards. */
  write(bytes: Uint8Array): Awaitable<void>;
  /** Called once, also when the image is incomplete; must not wait. */
  close(): void;
}
