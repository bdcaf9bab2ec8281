/**
 * Where captured images go: a directory (`directory.ts`) or an archive (`archive_sink.ts`).
 *
 * @module
 */

/** A value now or later. */
export type Awaitable<T> = T | Promise<T>;

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
