/**
 * Destination of captured images: a directory (`directory.ts`) or an archive (`archive_sink.ts`).
 *
 * @module
 */

/** A value or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** A dump to which images are written. It is not a valid dump until {@link DumpSink.commit}. */
export interface DumpSink {
  /** Path of the images until the dump is complete; they remain there if it never is. */
  readonly incompleteAt: string;
  /**
   * Creates an image.
   *
   * @throws {CritError} if it cannot be created, or one of that name exists
   */
  create(name: string): Awaitable<SinkFile>;
  /** All bytes of a written image. */
  read(name: string): Awaitable<Uint8Array>;
  /**
   * Replaces the bytes of an image in the dump; the original remains until the dump is complete.
   */
  replace(name: string, bytes: Uint8Array): Awaitable<void>;
  /** Commits the dump; all images have been written. */
  commit(): Awaitable<void>;
  /** Releases all resources; if the dump is incomplete, the images remain. */
  close(): void;
}

/** An image that is being written. No call follows `close`. */
export interface SinkFile {
  /**
   * A descriptor to which the kernel splices the bytes if the file system supports it; {@link
   * SinkFile.write} is then not called.
   */
  readonly descriptor?: number;
  /** Called with the number of bytes that the kernel spliced. */
  moved?(count: number): void;
  /** Writes all of the bytes; the caller may reuse the buffer afterwards. */
  write(bytes: Uint8Array): Awaitable<void>;
  /** Called once, also for an incomplete image; must not block. */
  close(): void;
}
