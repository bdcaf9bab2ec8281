/**
 * Pipes to and from CRIU, one for each image under way.
 *
 * @module
 */

import { type CritError, dataError } from "../errors.ts";
import { joinBytes } from "../objects.ts";
import type { Waiter } from "./loop.ts";
import { type Awaitable, checkEditedSize, type SinkFile, type SourceFile } from "./store.ts";
import { check, Errno, Poll, type SystemCalls } from "./system.ts";

/** Most bytes that one pipe moves before the others get their turn. */
const BURST = 4 << 20;

/** What a pipe is made to hold once it carries much; what a user may ask for by default. */
const LARGE_PIPE = 1 << 20;

/** What is read at a time where the kernel cannot move the bytes itself: a small pipe's worth. */
const PIECE = 64 << 10;

/** What is counted over all pipes. */
export interface Tally {
  /** Bytes that went through pipes. */
  bytes: number;
  /** Pipes that CRIU closed before it had read all of the image; that is its good right. */
  closedEarly: number;
}

/** What every pipe is made from. */
export interface PipeSetting {
  readonly system: SystemCalls;
  /** See {@link Waiter.patience}. */
  readonly patience: number;
  readonly tally: Tally;
}

/** What both directions have in common: a descriptor that moves bytes in bursts. */
abstract class PipeEnd implements Waiter {
  abstract readonly events: number;
  abstract readonly finishesAlone: boolean;
  readonly patience: number;
  protected readonly system: SystemCalls;
  protected readonly tally: Tally;
  /** Bytes that went through the pipe. */
  protected moved = 0;
  #large = false;

  /**
   * @param name file name of the image
   * @param descriptor the pipe, non-blocking
   */
  constructor(setting: PipeSetting, readonly name: string, readonly descriptor: number) {
    this.system = setting.system;
    this.patience = setting.patience;
    this.tally = setting.tally;
  }

  abstract ready(outcome: number): Awaitable<boolean>;

  stalled(): CritError {
    return dataError(`CRIU moved nothing for ${this.patience / 1000} s`, { image: this.name });
  }

  close(): void {
    this.system.close(this.descriptor);
  }

  /** Counts bytes; makes the pipe large, if the system lets us, when there are many. */
  protected count(bytes: number): void {
    this.moved += bytes;
    this.tally.bytes += bytes;
    if (this.#large || this.moved < PIECE) return;
    this.#large = true;
    this.system.setPipeSize(this.descriptor, LARGE_PIPE);
  }
}

/** Writes an image into a pipe that CRIU reads. */
export class PipeWriter extends PipeEnd {
  readonly events = Poll.out;
  readonly finishesAlone = true;
  #spliced: number | undefined;
  #piece: Uint8Array = new Uint8Array();
  #buffer: Uint8Array | undefined;

  /** @param source the image; closed with the pipe */
  constructor(
    setting: PipeSetting,
    name: string,
    descriptor: number,
    readonly source: SourceFile,
  ) {
    super(setting, name, descriptor);
    this.#spliced = source.descriptor;
  }

  override async ready(outcome: number): Promise<boolean> {
    if ((outcome & (Poll.error | Poll.invalid)) !== 0) return this.#readerLeft();
    for (const enough = this.moved + BURST; this.moved < enough;) {
      const written = this.#spliced === undefined
        ? await this.#copy()
        : await this.#splice(this.#spliced, enough - this.moved);
      if (written === 0) return this.#end();
      if (written === -Errno.again) return true;
      if (written === -Errno.brokenPipe) return this.#readerLeft();
      if (written === -Errno.interrupted) continue;
      this.count(check(this.system, written, this.name));
    }
    return true;
  }

  #splice(from: number, most: number): Awaitable<number> {
    const left = (this.source.size ?? Infinity) - this.moved;
    if (left === 0) return 0;
    const moved = this.system.splice(from, this.descriptor, Math.min(left, most));
    if (moved !== -Errno.invalid || this.moved > 0) return moved;
    // The file system cannot do it.
    this.#spliced = undefined;
    return this.#copy();
  }

  async #copy(): Promise<number> {
    if (this.#piece.length === 0) {
      this.#buffer ??= new Uint8Array(Math.min(this.source.size ?? PIECE, PIECE));
      if (this.#buffer.length === 0) return 0;
      const count = await this.source.readInto(this.#buffer);
      this.#piece = this.#buffer.subarray(0, count);
      if (count === 0) return 0;
    }
    const written = this.system.write(this.descriptor, this.#piece);
    if (written > 0) this.#piece = this.#piece.subarray(written);
    return written;
  }

  #end(): false {
    const { size } = this.source;
    if (size === undefined || size === this.moved) return false;
    throw dataError(`it ended after ${this.moved} of ${size} bytes`, { image: this.name });
  }

  #readerLeft(): false {
    this.tally.closedEarly++;
    return false;
  }

  override close(): void {
    super.close();
    this.source.close();
  }
}

/** Takes an image out of a pipe that CRIU writes. */
export abstract class PipeReader extends PipeEnd {
  readonly events = Poll.in;
  readonly finishesAlone = false;

  override async ready(): Promise<boolean> {
    for (const enough = this.moved + BURST; this.moved < enough;) {
      const count = await this.take(enough - this.moved);
      if (count === -Errno.again) return true;
      if (count === -Errno.interrupted) continue;
      if (count === 0) {
        await this.finish();
        return false;
      }
      this.count(check(this.system, count, this.name));
    }
    return true;
  }

  /** Takes at most so many bytes; gives how many, 0 at the end, or a negative error number. */
  protected abstract take(most: number): Awaitable<number>;

  /** CRIU has written all of it. */
  protected abstract finish(): Awaitable<void>;
}

/** Takes an image into a file as it is. */
export class PassingReader extends PipeReader {
  #spliced: number | undefined;
  #buffer: Uint8Array | undefined;

  /** @param sink takes the image; closed with the pipe */
  constructor(
    setting: PipeSetting,
    name: string,
    descriptor: number,
    readonly sink: SinkFile,
  ) {
    super(setting, name, descriptor);
    this.#spliced = sink.descriptor;
  }

  protected override take(most: number): Awaitable<number> {
    if (this.#spliced === undefined) return this.#copy();
    const moved = this.system.splice(this.descriptor, this.#spliced, most);
    if (moved !== -Errno.invalid || this.moved > 0) return moved;
    // The file system cannot do it.
    this.#spliced = undefined;
    return this.#copy();
  }

  async #copy(): Promise<number> {
    this.#buffer ??= new Uint8Array(PIECE);
    const count = this.system.read(this.descriptor, this.#buffer);
    if (count > 0) await this.sink.write(this.#buffer.subarray(0, count));
    return count;
  }

  protected override finish(): void {}

  override close(): void {
    super.close();
    this.sink.close();
  }
}

/** Takes an image into memory and hands it on when it is whole. */
export class CollectingReader extends PipeReader {
  #pieces: Uint8Array[] = [];

  /** @param whole takes the image */
  constructor(
    setting: PipeSetting,
    name: string,
    descriptor: number,
    readonly whole: (bytes: Uint8Array) => Awaitable<void>,
  ) {
    super(setting, name, descriptor);
  }

  protected override take(): number {
    const piece = new Uint8Array(PIECE);
    const count = this.system.read(this.descriptor, piece);
    if (count > 0) {
      checkEditedSize(this.name, this.moved + count);
      this.#pieces.push(piece.length === count ? piece : piece.slice(0, count));
    }
    return count;
  }

  protected override async finish(): Promise<void> {
    const bytes = joinBytes(this.#pieces);
    this.#pieces = [];
    await this.whole(bytes);
  }
}
