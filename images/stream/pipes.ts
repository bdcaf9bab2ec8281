/** Pipes to and from CRIU, one for each image that is being transferred. @module */

import type { ImageFile, Stored } from "../dump/source.ts";
import { type CritError, dataError } from "../errors.ts";
import type { Mishap, Waiter } from "./loop.ts";
import type { Awaitable, SinkFile } from "./store.ts";
import { check, Errno, Poll, type SystemCalls } from "./system.ts";

/** Most bytes that one pipe transfers before the others get their turn. */
const BURST = 4 << 20;

/**
 * Capacity of pipes that transfer much data; the largest that an unprivileged user may set by
 * default.
 */
const LARGE_PIPE = 1 << 20;

/** Bytes that are read at a time if the kernel cannot splice: the capacity of a small pipe. */
const PIECE = 64 << 10;

/** Counts over all pipes. */
export interface Tally {
  /** Bytes transferred. */
  bytes: number;
  /** Pipes that CRIU closed before it had read the whole image, which is allowed. */
  closedEarly: number;
}

/** The settings of every pipe. */
export interface PipeSetting {
  /** The system calls to use. */
  readonly system: SystemCalls;
  /** See {@link Waiter.timeout}. */
  readonly timeout: number;
  /** Receives the counts. */
  readonly tally: Tally;
}

/**
 * Writes an image to a pipe that CRIU reads.
 *
 * @param name file name of the image
 * @param pipe the pipe's descriptor, non-blocking; closed at the end
 * @param source the image; closed at the end
 */
export function sendImage(
  setting: PipeSetting,
  name: string,
  pipe: number,
  source: ImageFile,
): Waiter {
  return new PipeWriter(setting, name, pipe, source);
}

/**
 * Writes an image that CRIU sends to a sink.
 *
 * @param name file name of the image
 * @param pipe the pipe's descriptor, non-blocking; closed at the end
 * @param sink receives the image; closed at the end
 * @param whole called when CRIU has written all of it
 */
export function takeImage(
  setting: PipeSetting,
  name: string,
  pipe: number,
  sink: SinkFile,
  whole: () => void,
): Waiter {
  return new PipeReader(setting, name, pipe, sink, whole);
}

/** The common part of both directions: a descriptor that transfers bytes in bursts. */
abstract class PipeEnd implements Waiter {
  abstract readonly events: number;
  readonly timeout: number;
  protected readonly system: SystemCalls;
  protected readonly tally: Tally;
  /** Bytes transferred. */
  protected moved = 0;
  #large = false;

  /**
   * @param name file name of the image
   * @param descriptor the pipe, non-blocking
   */
  constructor(setting: PipeSetting, readonly name: string, readonly descriptor: number) {
    this.system = setting.system;
    this.timeout = setting.timeout;
    this.tally = setting.tally;
  }

  abstract ready(outcome: number): Awaitable<boolean>;

  abstract goesOnAfter(event: Mishap): boolean;

  stalled(): CritError {
    return dataError(`CRIU moved nothing for ${this.timeout / 1000} s`, { image: this.name });
  }

  close(): void {
    this.system.close(this.descriptor);
  }

  /** Counts bytes; enlarges the pipe, if the system allows it, once there are many. */
  protected count(bytes: number): void {
    this.moved += bytes;
    this.tally.bytes += bytes;
    if (this.#large || this.moved < PIECE) return;
    this.#large = true;
    this.system.setPipeSize(this.descriptor, LARGE_PIPE);
  }
}

/** Writes an image to a pipe that CRIU reads. */
class PipeWriter extends PipeEnd {
  readonly events = Poll.out;
  #spliced: Stored | undefined;
  #piece: Uint8Array = new Uint8Array();
  #buffer: Uint8Array | undefined;

  /** @param source the image; closed with the pipe */
  constructor(
    setting: PipeSetting,
    name: string,
    descriptor: number,
    readonly source: ImageFile,
  ) {
    super(setting, name, descriptor);
    this.#spliced = source.stored;
  }

  /** CRIU would take an incomplete image for a complete one. */
  override goesOnAfter(event: Mishap): boolean {
    return event === "failure";
  }

  override ready(outcome: number): boolean {
    if ((outcome & (Poll.error | Poll.invalid)) !== 0) return this.#readerLeft();
    for (const enough = this.moved + BURST; this.moved < enough;) {
      const written = this.#spliced === undefined
        ? this.#copy()
        : this.#splice(this.#spliced, enough - this.moved);
      if (written === 0) return this.#end();
      if (written === -Errno.again) return true;
      if (written === -Errno.brokenPipe) return this.#readerLeft();
      if (written === -Errno.interrupted) continue;
      this.count(check(this.system, written, this.name));
    }
    return true;
  }

  #splice({ descriptor, offset }: Stored, most: number): number {
    const left = this.source.size - this.moved;
    if (left === 0) return 0;
    const count = Math.min(left, most);
    const moved = this.system.splice(descriptor, this.descriptor, count, offset + this.moved);
    if (moved !== -Errno.invalid || this.moved > 0) return moved;
    // The file system does not support splice.
    this.#spliced = undefined;
    return this.#copy();
  }

  #copy(): number {
    if (this.#piece.length === 0) {
      const left = this.source.size - this.moved;
      if (left === 0) return 0;
      this.#buffer ??= new Uint8Array(Math.min(left, PIECE));
      const room = this.#buffer.subarray(0, Math.min(left, PIECE));
      this.#piece = room.subarray(0, this.source.read(this.moved, room));
      if (this.#piece.length === 0) return 0;
    }
    const written = this.system.write(this.descriptor, this.#piece);
    if (written > 0) this.#piece = this.#piece.subarray(written);
    return written;
  }

  #end(): false {
    const { size } = this.source;
    if (size === this.moved) return false;
    throw dataError(`it ended after ${this.moved} of ${size} bytes`, { image: this.name });
  }

  #readerLeft(): false {
    this.tally.closedEarly++;
    return false;
  }

  override close(): void {
    super.close();
    this.source[Symbol.dispose]();
  }
}

/** Reads an image from a pipe into a sink. */
class PipeReader extends PipeEnd {
  readonly events = Poll.in;
  #spliced: number | undefined;
  #buffer: Uint8Array | undefined;

  /** @param sink receives the image; closed with the pipe */
  constructor(
    setting: PipeSetting,
    name: string,
    descriptor: number,
    readonly sink: SinkFile,
    readonly whole: () => void,
  ) {
    super(setting, name, descriptor);
    this.#spliced = sink.descriptor;
  }

  /** CRIU may have written the whole image by now, and does not learn of the failure. */
  override goesOnAfter(): boolean {
    return true;
  }

  override async ready(): Promise<boolean> {
    for (const enough = this.moved + BURST; this.moved < enough;) {
      const count = await this.#take(enough - this.moved);
      if (count === -Errno.again) return true;
      if (count === -Errno.interrupted) continue;
      if (count === 0) {
        this.whole();
        return false;
      }
      this.count(check(this.system, count, this.name));
    }
    return true;
  }

  /**
   * Transfers at most `most` bytes; returns the number, 0 at the end, or a negative error number.
   */
  #take(most: number): Awaitable<number> {
    if (this.#spliced === undefined) return this.#copy();
    const moved = this.system.splice(this.descriptor, this.#spliced, most);
    if (moved > 0) this.sink.moved?.(moved);
    if (moved !== -Errno.invalid || this.moved > 0) return moved;
    // The file system does not support splice.
    this.#spliced = undefined;
    return this.#copy();
  }

  async #copy(): Promise<number> {
    this.#buffer ??= new Uint8Array(PIECE);
    const count = this.system.read(this.descriptor, this.#buffer);
    if (count > 0) await this.sink.write(this.#buffer.subarray(0, count));
    return count;
  }

  override close(): void {
    super.close();
    this.sink.close();
  }
}
