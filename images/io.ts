/**
 * The synchronous file loop: files in and out of the streaming core in large chunks.
 *
 * @module
 */

/** A byte source that is read into a given buffer, as `Deno.FsFile` is. */
export interface SyncReader {
  /** Reads some bytes; `null` at the end. */
  readSync(into: Uint8Array): number | null;
}

/** A byte sink, as `Deno.FsFile` is. */
export interface SyncWriter {
  /** Writes some of the bytes and returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/** What is fed by {@link feed}: gives room for bytes, and takes note of how many came. */
export interface Feedable {
  room(): Uint8Array<ArrayBuffer>;
  advance(count: number): void;
  finish(): void;
}

/** Reads all of `source` into `target` and finishes it. */
export function feed(source: SyncReader, target: Feedable, onRead?: (count: number) => void): void {
  for (;;) {
    const count = source.readSync(target.room());
    if (count === null) break;
    target.advance(count);
    onRead?.(count);
  }
  target.finish();
}

/** Writes all of `bytes`. */
export function writeAll(target: SyncWriter, bytes: Uint8Array): void {
  for (let pos = 0; pos < bytes.length;) pos += target.writeSync(bytes.subarray(pos));
}
