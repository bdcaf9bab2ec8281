/**
 * Where images wait until all of them are there: one file without a name, to which the images that
 * come in at once are written in turns.
 *
 * @module
 */

import type { SinkFile } from "./store.ts";
import { check, Errno, type SystemCalls } from "./system.ts";

/** What is read of an image at a time, in bytes. */
const PIECE = 1 << 17;

/** A run of bytes of the spool. */
interface Run {
  readonly offset: number;
  length: number;
}

/** An image in the spool. */
export class SpooledImage implements SinkFile {
  readonly #runs: Run[] = [];
  #size = 0;

  constructor(readonly spool: Spool, readonly name: string) {}

  get descriptor(): number {
    return this.spool.descriptor;
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): void {
    const { system, descriptor } = this.spool;
    writeFully(system, descriptor, bytes, this.name);
    this.moved(bytes.length);
  }

  moved(count: number): void {
    const offset = this.spool.advance(count);
    const last = this.#runs.at(-1);
    if (last !== undefined && last.offset + last.length === offset) last.length += count;
    else this.#runs.push({ offset, length: count });
    this.#size += count;
  }

  /** The image's bytes in pieces that keep them. */
  *read(): Generator<Uint8Array> {
    for (const { offset, length } of this.#runs) {
      for (let done = 0; done < length; done += PIECE) {
        const piece = new Uint8Array(Math.min(PIECE, length - done));
        this.spool.read(offset + done, piece);
        yield piece;
      }
    }
  }

  close(): void {}
}

/** A file without a name that takes images. */
export class Spool {
  #end = 0;

  /** @param descriptor an empty file, to be read and written; closed with the spool */
  constructor(readonly system: SystemCalls, readonly descriptor: number) {}

  /** Takes note that bytes were written at the end; gives where they begin. */
  advance(count: number): number {
    const begin = this.#end;
    this.#end += count;
    return begin;
  }

  /** Reads bytes that were written. */
  read(offset: number, into: Uint8Array): void {
    const { system, descriptor } = this;
    for (let done = 0; done < into.length;) {
      const count = system.readAt(descriptor, into.subarray(done), offset + done);
      if (count === -Errno.interrupted) continue;
      done += check(system, count, "the temporary file");
      if (count === 0) throw new Error("the temporary file is shorter than what was written");
    }
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/** Writes all of the bytes to a file. @throws {CritError} `file` when it cannot */
export function writeFully(
  system: SystemCalls,
  descriptor: number,
  bytes: Uint8Array,
  what: string,
): void {
  let rest = bytes;
  while (rest.length > 0) {
    const written = system.write(descriptor, rest);
    if (written === -Errno.interrupted) continue;
    rest = rest.subarray(check(system, written, what));
  }
}
